"""Child processes seen from the parent: start, remember on disk, stop, recognise what a killed predecessor left.

Every child leads its own session, so a terminal's Ctrl-C reaches the parent only, and the parent decides the order in
which things end. A record (process id, start time, command marker) lets the next parent find a child that outlived
this one, and never mistake an unrelated process with a reused id for it.
"""

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import signal
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

import psutil

from kernel import children

POLL_SECONDS = 0.02
START_TOLERANCE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Command:
    """A program to run. `marker` is a part of the command line that nobody else's process would carry.

    It inherits the open files `descriptors` under the same numbers.
    """

    argv: Sequence[str]
    marker: str
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    drop_root: bool = False
    death_signal: signal.Signals = signal.SIGTERM
    descriptors: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """Which process it is: `started` counts seconds from boot, so setting the clock changes nothing."""

    pid: int
    started: float
    marker: str

    @classmethod
    def of(cls, pid: int, marker: str) -> "Record":
        return cls(pid, psutil.Process(pid).create_time() - psutil.boot_time(), marker)

    @classmethod
    def read(cls, path: Path) -> "Record | None":
        try:
            return cls(**json.loads(path.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, path: Path) -> None:
        write_private(path, json.dumps(asdict(self)))

    def process(self) -> psutil.Process | None:
        """The live process this record names; None if it ended, even if its id belongs to another one now."""
        try:
            process = psutil.Process(self.pid)
            age = process.create_time() - psutil.boot_time() - self.started
            same = abs(age) < START_TOLERANCE_SECONDS and self.marker in " ".join(process.cmdline())
        except psutil.Error:
            return None
        return process if same else None


class Child:
    """One running child: the head of a session of its own, reaped by this event loop."""

    def __init__(self, process: asyncio.subprocess.Process, record: Path) -> None:
        self._process = process
        self._record = record

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative for a signal."""
        return self._process.returncode

    @classmethod
    async def start(cls, command: Command, *, output: int | IO[bytes], record: Path) -> "Child":
        """Start the command, which writes to the open file `output`, and remember it in `record`.

        The child dies with the thread that starts it, so call this from a thread that lives as long as the service.
        """
        process = await asyncio.create_subprocess_exec(
            *_wrapped(command),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            env=_minimal_environment() | dict(command.environment),
            cwd=command.folder,
            start_new_session=True,
            pass_fds=command.descriptors,
        )
        with contextlib.suppress(psutil.Error):  # ended already: nothing to remember
            Record.of(process.pid, command.marker).write(record)
        return cls(process, record)

    async def wait(self) -> int:
        """Its exit code, once it has ended; whatever it left in its session is killed."""
        code = await self._process.wait()
        self._end_session()
        forget(self._record)
        return code

    async def stop(self, stop_signal: signal.Signals, grace_seconds: float) -> int:
        """Ask it to end; kill it with its whole session after the grace."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(stop_signal)
        try:
            return await asyncio.wait_for(self.wait(), grace_seconds)
        except TimeoutError:
            return await self.kill()

    async def kill(self) -> int:
        if self.exit_code is None:
            self._end_session()
        return await self.wait()

    def _end_session(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)


async def stop_leftover(record: Path, stop_signal: signal.Signals, grace_seconds: float) -> bool:
    """Stop the process a dead parent left under this record, if it still runs; True if there was one."""
    remembered = Record.read(record)
    process = remembered.process() if remembered else None
    if process is not None:
        with contextlib.suppress(psutil.Error):
            process.send_signal(stop_signal)
        await end([process], grace_seconds)
    forget(record)
    return process is not None


async def end(processes: Sequence[psutil.Process], grace_seconds: float) -> None:
    """Wait for processes that are not our children to end, and kill those that outstay the grace."""
    deadline = asyncio.get_running_loop().time() + grace_seconds
    while any(map(alive, processes)):
        if asyncio.get_running_loop().time() >= deadline:
            for process in processes:
                with contextlib.suppress(psutil.Error):
                    process.kill()
        await asyncio.sleep(POLL_SECONDS)


def alive(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def forget(record: Path) -> None:
    record.unlink(missing_ok=True)


def write_private(path: Path, text: str) -> None:
    """Replace a file at once, readable by its owner alone."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


def secret(path: Path) -> str:
    """The secret kept in a file that only its owner reads; made on the first call."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        write_private(path, secrets.token_hex(24))
    return path.read_text().strip()


def program(name: str) -> str:
    """The path of a program that pip installed beside this Python, or one on the PATH."""
    path = shutil.which(name, path=sysconfig.get_path("scripts")) or shutil.which(name)
    if path is None:
        raise FileNotFoundError(f"the program {name} is not installed; run `make setup`")
    return path


def _wrapped(command: Command) -> list[str]:
    privileges = "drop" if command.drop_root else "keep"
    start = [
        sys.executable,
        "-I",
        "-S",
        children.__file__,
        str(os.getpid()),
        str(int(command.death_signal)),
        privileges,
    ]
    return [*start, *command.argv]


def _minimal_environment() -> dict[str, str]:
    """Nothing of the parent's secrets: only what a program needs to find its files and its language."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ", "TMPDIR") if name in os.environ}
