"""One embedded server under supervision: its ports, its process, its recovery.

A server that ends by itself is started again on the same ports, so that clients simply reconnect; its ports stay below
the range the system lends to outgoing connections, where a reconnecting client could otherwise take them.
"""

import asyncio
import contextlib
import json
import random
import shutil
import signal
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, Protocol

from kernel.processes import Child, Command, stop_leftover, write_private

READY_SECONDS = 60
PING_SECONDS = 5
GRACE_SECONDS = 10
POLL_SECONDS = 0.05
PORT_RANGE = range(15_000, 32_000)
ATTEMPTS = 3
PORT_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 5.0
LOG_LIMIT_BYTES = 10_000_000


ServerName = Literal["postgres", "nats", "s3"]


class EmbeddedError(RuntimeError):
    """An embedded server could not be started; the message is one sentence for people."""


class Server(Protocol):
    """What supervision needs to know of a server."""

    @property
    def name(self) -> ServerName: ...
    @property
    def port_count(self) -> int: ...
    @property
    def stop_signal(self) -> signal.Signals: ...
    @property
    def data(self) -> Path: ...

    async def prepare(self, ports: Sequence[int]) -> Command:
        """Make data folder and configuration; nobody else runs on them now."""

    async def ping(self, ports: Sequence[int]) -> None:
        """Return once the server does its work; raise anything while it does not."""

    def clean(self, ports: Sequence[int]) -> None:
        """Remove what a killed server leaves outside its folder."""


class Supervised:
    def __init__(self, server: Server, folder: Path, say: Callable[[str], None]) -> None:
        self._server = server
        self._record = folder / "run" / f"{server.name}.json"
        self._port_file = folder / "run" / f"{server.name}.ports"
        self._log = folder / "logs" / f"{server.name}.log"
        self._say = say
        self._child: Child | None = None
        self._keeper: asyncio.Task[None] | None = None
        self.ports: list[int] = []

    async def start(self) -> None:
        """Ready means that the server has answered. Ports in use by others are replaced by free ones."""
        self._say(f"starting {self._server.name}")
        killed = self._record.exists()
        if await stop_leftover(self._record, self._server.stop_signal, GRACE_SECONDS):
            self._say(f"stopped the {self._server.name} that a killed predecessor left")
        self._trim_log()
        await self._choose_ports(patience=PORT_SECONDS if killed else 0)
        for attempt in range(ATTEMPTS):
            try:
                await self._launch()
                break
            except EmbeddedError:
                if attempt + 1 == ATTEMPTS or all(map(is_free, self.ports)):
                    raise
                await self._choose_ports(patience=0)  # somebody took one between our look and the server's
        self._keep()
        self._say(f"{self._server.name} is ready")

    async def stop(self) -> None:
        await self._release()
        if self._child is not None:
            await self._child.stop(self._server.stop_signal, GRACE_SECONDS)
            self._server.clean(self.ports)
            self._child = None

    async def kill(self) -> None:
        """End it as a power cut would, and leave it ended."""
        await self._release()
        if self._child is not None:
            await self._child.kill()
            self._child = None

    async def restart(self, *, wipe: bool) -> None:
        await self.stop()
        if wipe:
            shutil.rmtree(self._server.data)
        await self._launch()
        self._keep()

    async def _launch(self) -> None:
        self._server.clean(self.ports)
        try:
            command = await self._server.prepare(self.ports)
            with self._log.open("ab") as log:
                self._child = await Child.start(command, output=log, record=self._record)
            async with asyncio.timeout(READY_SECONDS):
                await self._answer(self._child)
        except (OSError, RuntimeError) as error:  # TimeoutError is an OSError
            if self._child is not None:
                await self._child.kill()
                self._child = None
            raise EmbeddedError(self._failure(error)) from error

    async def _answer(self, child: Child) -> None:
        while True:
            try:
                async with asyncio.timeout(PING_SECONDS):
                    await listens(self.ports[0])  # client libraries take seconds over a refused connection
                    return await self._server.ping(self.ports)
            except Exception:
                await asyncio.sleep(POLL_SECONDS)
            if child.exit_code is not None:
                raise RuntimeError(f"it ended with exit code {child.exit_code}")

    def _keep(self) -> None:
        self._keeper = asyncio.create_task(self._keep_running(), name=f"keep {self._server.name}")

    async def _keep_running(self) -> None:
        pause = POLL_SECONDS
        while True:
            if self._child is not None:
                code = await self._child.wait()
                self._say(f"{self._server.name} ended unexpectedly (exit code {code}); starting it again")
            try:
                await self._launch()
                pause = POLL_SECONDS
            except EmbeddedError as error:
                self._say(str(error))
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    async def _release(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait([self._keeper])
            self._keeper = None

    async def _choose_ports(self, patience: float) -> None:
        """The ports of the last start where they are free, after some patience with a dying predecessor."""
        ports = self._remembered_ports()
        for _ in range(int(patience / POLL_SECONDS)):
            if all(map(is_free, ports)):
                break
            await asyncio.sleep(POLL_SECONDS)
        self.ports = ports if ports and all(map(is_free, ports)) else free_ports(self._server.port_count)
        write_private(self._port_file, json.dumps(self.ports))

    def _remembered_ports(self) -> list[int]:
        with contextlib.suppress(OSError, ValueError):
            ports = [int(port) for port in json.loads(self._port_file.read_text())]
            return ports if len(ports) == self._server.port_count else []
        return []

    def _failure(self, error: Exception) -> str:
        reason = str(error) or f"it did not answer within {READY_SECONDS} s"
        return f"{self._server.name} did not start: {reason}; its log {self._log} ends with: {last_line(self._log)}"

    def _trim_log(self) -> None:
        if self._log.exists() and self._log.stat().st_size > LOG_LIMIT_BYTES:
            self._log.replace(self._log.with_suffix(".log.1"))


def free_ports(count: int) -> list[int]:
    free = (port for port in random.sample(PORT_RANGE, len(PORT_RANGE)) if is_free(port))
    return [next(free) for _ in range(count)]


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # sockets in TIME_WAIT are no obstacle
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


async def listens(port: int) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
    await writer.wait_closed()


def last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1] if lines else "(nothing)"
