"""One process of a split platform under supervision: started, started again when it ends, its lines passed on."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path

from kernel.cancellation import cancel
from kernel.processes import Child, Command, stop_leftover
from kernel.ready import READY_VARIABLE

FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 5.0
STEADY_SECONDS = 30.0
GRACE_SECONDS = 15.0
POLL_SECONDS = 0.02
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Run:
    """One life of a part. `ready` tells whether it came to serve before it ended."""

    child: Child
    ready: asyncio.Task[bool]
    reading: asyncio.Task[None]


class Part:
    """`start` it once; from then on it is kept running until `stop`.

    With `overlap`, a restart waits for the new process before it stops the old one: both share a listener.
    """

    def __init__(self, name: str, command: Command, records: Path, say: Say, *, overlap: bool = False) -> None:
        self.name = name
        self.last_line = ""
        self._command = command
        self._records = records
        self._say = say
        self._overlap = overlap
        self._lives = 0
        self._latest: Run | None = None
        self._leaving: Run | None = None
        self._keeper: asyncio.Task[None] | None = None

    @property
    def _run(self) -> Run:
        assert self._latest, f"{self.name} has not been started"
        return self._latest

    @property
    def pid(self) -> int:
        """Of the process that runs now."""
        return self._run.child.pid

    @property
    def kept(self) -> bool:
        """Whether it is kept running: between `start` and `stop`."""
        return self._keeper is not None

    @property
    def serving(self) -> bool:
        """Whether the process that runs now has come to serve."""
        return self._run.ready.done() and self._run.ready.result()

    async def start(self) -> None:
        """Stops what a killed predecessor left, and begins. `ready` tells when it serves."""
        for leftover in self._records.glob(f"{self.name}.*.json"):
            await stop_leftover(leftover, signal.SIGKILL, 0)
        await self._begin()
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.name}")

    async def ready(self) -> None:
        """Returns once it serves, however often it had to be started for that."""
        while True:
            run = self._run
            if await asyncio.shield(run.ready):
                return
            await self._replaced(run)

    async def restart(self) -> None:
        """Stops it in order and returns when its successor serves."""
        old = self._leaving = self._run
        if self._overlap:
            successor = await self._launch()
            await successor.ready
            self._latest = successor
        await old.child.stop(signal.SIGTERM, GRACE_SECONDS)
        await self._replaced(old)
        await self.ready()

    def kill(self) -> None:
        """Ends it as a power cut would; it is started again."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    async def stop(self) -> None:
        if self._keeper is not None:
            await cancel(self._keeper)
            self._keeper = None
        if self._latest is not None:
            await self._run.child.stop(signal.SIGTERM, GRACE_SECONDS)
            await asyncio.wait([self._run.reading], timeout=1)
            self._run.reading.cancel()

    async def _replaced(self, run: Run) -> None:
        while self._run is run:
            await asyncio.sleep(POLL_SECONDS)

    async def _keep(self) -> None:
        loop, pause = asyncio.get_running_loop(), FIRST_PAUSE_SECONDS
        while True:
            run, began = self._run, loop.time()
            code = await run.child.wait()
            if run is not self._run:
                continue  # a restart has put its successor in its place
            if run is not self._leaving:
                pause = FIRST_PAUSE_SECONDS if loop.time() - began > STEADY_SECONDS else pause
                self._say(f"{self.name} {_ending(code)} unexpectedly; starting it again")
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            await self._begin()

    async def _begin(self) -> None:
        """Begins a life that `stop` finds, even where it comes meanwhile."""
        launching = asyncio.ensure_future(self._launch())
        try:
            self._latest = await asyncio.shield(launching)
        except asyncio.CancelledError:
            self._latest = await launching
            raise

    async def _launch(self) -> Run:
        self._lives += 1
        (output, output_end), (ready, ready_end) = os.pipe(), os.pipe()
        try:
            command = replace(
                self._command,
                environment={**self._command.environment, READY_VARIABLE: str(ready_end)},
                descriptors=(*self._command.descriptors, ready_end),
            )
            record = self._records / f"{self.name}.{self._lives}.json"
            child = await Child.start(command, output=output_end, record=record)
        finally:
            os.close(output_end)
            os.close(ready_end)
        return Run(child, asyncio.create_task(_told(ready)), asyncio.create_task(self._read(output)))

    async def _read(self, output: int) -> None:
        async for line in _lines(output):
            self.last_line = line
            self._say(f"{self.name:<12} | {line}")


async def _told(descriptor: int) -> bool:
    async for _ in _lines(descriptor):
        return True
    return False


async def _lines(descriptor: int) -> AsyncIterator[str]:
    """What comes through a pipe, until its other end is closed."""
    reader = asyncio.StreamReader(limit=1 << 20)
    pipe = os.fdopen(descriptor, "rb", buffering=0)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    with contextlib.closing(transport):
        while line := await reader.readline():
            yield line.decode(errors="replace").rstrip()


def _ending(code: int) -> str:
    return f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
