"""`neuralforge` as people start it: a process of its own, its output, its signals, and what it leaves behind."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import psutil

import cli

CODE = Path(cli.__file__).resolve().parents[1]
START_SECONDS = 120
QUICK_PORTS = {"NF_HTTP_PORT": "0", "NF_GRPC_PORT": "0"}


class Command:
    """A running `python -m cli ...` whose data lie in `folder`. Use as an async context manager: leaving kills it."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        self.folder = folder
        self.lines: list[str] = []
        self._arguments = arguments
        self._environment = environment
        self._reading: asyncio.Task[None] | None = None
        self._grown = asyncio.Condition()
        self.process: asyncio.subprocess.Process

    async def __aenter__(self) -> "Command":
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "cli",
            *self._arguments,
            cwd=self.folder.parent,
            env=environment(self.folder) | self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.ended()

    async def _read(self) -> None:
        assert self.process.stdout
        async for line in self.process.stdout:
            async with self._grown:
                self.lines.append(line.decode())
                self._grown.notify_all()
        async with self._grown:
            self._grown.notify_all()

    async def says(self, text: str, seconds: float = START_SECONDS) -> str:
        """The first line of its output that holds `text`; fails where it ends without one."""
        assert self._reading
        async with asyncio.timeout(seconds), self._grown:
            while not (found := [line for line in self.lines if text in line]):
                assert not self._reading.done(), f"it ended without saying {text!r}:\n{self.output}"
                await self._grown.wait()
        return found[0].strip()

    @property
    def output(self) -> str:
        return "".join(self.lines)

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def ended(self, seconds: float = 60) -> int:
        """Its exit code."""
        assert self._reading
        async with asyncio.timeout(seconds):
            code = await self.process.wait()
            await self._reading
        return code


class Up(Command):
    """`neuralforge up` on free ports, ready on entering."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        super().__init__(folder, "up", *arguments, **QUICK_PORTS)
        self.url = ""

    async def __aenter__(self) -> "Up":
        await super().__aenter__()
        await self.says("ready; Ctrl-C stops it")
        self.url = (await self.says("HTTP")).split()[1].rstrip("/")
        return self


def environment(folder: Path) -> dict[str, str]:
    """What a command needs to run from this checkout on data in `folder`."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return kept | {"PYTHONPATH": str(CODE), "NF_DATA_DIR": str(folder), "COLUMNS": "200"}


def processes_of(folder: Path) -> Sequence[str]:
    """The command lines of all processes that work in or on the folder, this one's apart."""
    return [line for process in psutil.process_iter() if (line := _works_on(process, str(folder.resolve())))]


def _works_on(process: psutil.Process, folder: str) -> str:
    """The process's command line where it names the folder, works in it, or was told of it; else nothing."""
    with contextlib.suppress(psutil.Error):
        if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
            return ""
        line = " ".join(process.cmdline())
        told = [line, process.cwd(), *process.environ().values()]
        return line if any(folder in text for text in told) else ""
    return ""


async def nothing_left(folder: Path, seconds: float = 20) -> None:
    """Returns once no process works on the folder; fails naming those that do."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while processes_of(folder):
                await asyncio.sleep(0.1)
    assert not processes_of(folder)
