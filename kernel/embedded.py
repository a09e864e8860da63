"""The real parts on one machine: PostgreSQL, nats-server and an S3 server as child processes of this one.

All data lives in one folder, all ports are free ones on loopback and stay the same from start to start, secrets are
files only their owner reads. On Linux the servers are told to end with a parent that was killed; one that survives is
stopped by the next start on the folder. Nothing on disk ever has to be removed by hand.
"""

import asyncio
import fcntl
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from kernel.embedded_nats import Nats
from kernel.embedded_postgres import Postgres
from kernel.embedded_s3 import S3, S3Address
from kernel.embedded_server import EmbeddedError, Server, ServerName, Supervised
from kernel.processes import secret

__all__ = ["Addresses", "EmbeddedError", "EmbeddedServers", "S3Address", "ServerName", "running_postgres"]


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the parts listen. The PostgreSQL and NATS addresses carry their passwords, hence no repr."""

    postgres: str = field(repr=False)
    nats: str = field(repr=False)
    s3: S3Address


class EmbeddedServers:
    """Start, supervise and stop the three servers of one folder, from an event loop that outlives them."""

    def __init__(self, folder: Path, *, on_progress: Callable[[str], None] | None = None) -> None:
        self._folder = folder.resolve()
        self._say = on_progress or _say_nothing
        self._lock: IO[str] | None = None
        self._servers: dict[ServerName, Supervised] = {}

    async def start(self) -> Addresses:
        """Start the three side by side; return when each has answered. Cancelled or failed, nothing is left running.

        Raises EmbeddedError when another process runs on the folder or a server cannot start.
        """
        self._lock = lock(self._folder)
        try:
            return await self._start_all()
        except BaseException as error:
            await asyncio.shield(self.stop())
            if isinstance(error, OSError):
                raise EmbeddedError(f"the folder {self._folder} cannot be used: {error}") from error
            raise

    async def stop(self) -> None:
        """Stop broker and object store first, the database last; kill what outstays its grace. Twice is once."""
        await asyncio.gather(*(server.stop() for name, server in self._servers.items() if name != "postgres"))
        if "postgres" in self._servers:
            await self._servers["postgres"].stop()
        self._servers = {}
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    async def kill(self, name: ServerName) -> None:
        """For fault tests: SIGKILL, and no restart until `restart` is called."""
        await self._servers[name].kill()

    async def restart(self, name: ServerName, *, wipe: bool = False) -> None:
        """Start it again on its port; `wipe` deletes its data first."""
        await self._servers[name].restart(wipe=wipe)

    async def _start_all(self) -> Addresses:
        postgres = Postgres(self._folder, self._secret("postgres"))
        nats = Nats(self._folder, self._secret("nats"))
        s3 = S3(self._folder, self._secret("s3"))
        servers: tuple[Server, ...] = (postgres, nats, s3)
        (self._folder / "logs").mkdir(mode=0o700, exist_ok=True)
        self._servers = {server.name: Supervised(server, self._folder, self._say) for server in servers}
        await self._start_side_by_side()
        ports = {name: server.ports for name, server in self._servers.items()}
        return Addresses(postgres.address(ports["postgres"]), nats.address(ports["nats"]), s3.address(ports["s3"]))

    async def _start_side_by_side(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for server in self._servers.values():
                    group.create_task(server.start())
        except BaseExceptionGroup as errors:
            raise errors.exceptions[0] from None

    def _secret(self, name: str) -> str:
        return secret(self._folder / "secrets" / name)


def running_postgres(folder: Path) -> str | None:
    """The superuser URL of the database that another process runs in `folder`; None when none does."""
    try:
        lock(folder).close()
    except EmbeddedError:
        ports = json.loads((folder / "run" / "postgres.ports").read_text())
        return Postgres(folder, secret(folder / "secrets" / "postgres")).address(ports)
    return None


def lock(folder: Path) -> IO[str]:
    """Hold the folder for this process. The kernel lets go of it when the process ends, however it ends."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / "run").mkdir(mode=0o700, exist_ok=True)
        file = (folder / "run" / "lock").open("a+")
    except OSError as error:
        raise EmbeddedError(f"the folder {folder} cannot be used: {error}; choose another with NF_DATA_DIR") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise EmbeddedError(
            f"the folder {folder} is in use by process {_holder(file)}; stop it or choose another with NF_DATA_DIR"
        ) from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def _holder(file: IO[str]) -> str:
    with file:
        file.seek(0)
        return file.read().strip() or "(unknown)"


def _say_nothing(message: str) -> None:
    pass
