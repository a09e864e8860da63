"""Parts of the platform as processes of their own, found by name: started, killed, started again when they end."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import psutil

import kernel
from kernel.processes import Child, Command

CODE = Path(kernel.__file__).resolve().parents[1]
AGAIN_SECONDS = 0.1
STOP_SECONDS = 20.0


class Part:
    """One process of ours, `python -m <module>`; whatever ends it, it comes back until it is stopped."""

    def __init__(self, name: str, module: str, environment: Mapping[str, str], folder: Path) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._module = module
        self._environment = {**environment, "PYTHONPATH": str(CODE), "PYTHONUNBUFFERED": "1"}
        self._record = folder / f"{name}.json"
        self._child: Child | None = None
        self._keeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self._launch()
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.name}")

    async def stop(self) -> None:
        """In order, as SIGTERM asks for."""
        if self._keeper:
            self._keeper.cancel()
            await asyncio.wait([self._keeper])
        if self._child:
            await self._child.stop(signal.SIGTERM, STOP_SECONDS)

    @property
    def pid(self) -> int:
        assert self._child
        return self._child.pid

    async def _keep(self) -> None:
        while True:
            assert self._child
            await self._child.wait()
            await asyncio.sleep(AGAIN_SECONDS)
            await self._launch()

    async def _launch(self) -> None:
        command = Command((sys.executable, "-m", self._module), f"-m {self._module}", self._environment)
        with self.log.open("ab") as log:
            self._child = await Child.start(command, output=log, record=self._record)


def workers_of(part: Part) -> list[psutil.Process]:
    """The live jobs that a service has launched, oldest first."""
    found: list[psutil.Process] = []
    with contextlib.suppress(psutil.Error):
        for process in psutil.Process(part.pid).children():
            with contextlib.suppress(psutil.Error):
                if any(word.endswith(".worker") for word in process.cmdline()):
                    found.append(process)
    return found


def kill(pid: int) -> bool:
    """SIGKILL; False where the process had ended."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True
