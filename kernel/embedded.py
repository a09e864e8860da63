"""The real parts on one machine: PostgreSQL, nats-server and an S3 server as child processes of this one.

All data lives in one folder, all ports are free ones on loopback and stay the same from start to start, secrets are
files only their owner reads. A parent killed with -9 takes its servers along (Linux); where one survives, the next
start on the folder stops it. Nothing on disk ever has to be removed by hand.
"""

import asyncio
import fcntl
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from kernel.embedded_nats import Nats
from kernel.embedded_postgres import Postgres
from kernel.embedded_s3 import S3, S3Address
from kernel.embedded_server import EmbeddedError, Supervised
from kernel.processes import write_private

__all__ = ["Addresses", "EmbeddedError", "EmbeddedServers", "S3Address", "ServerName"]

ServerName = Literal["postgres", "nats", "s3"]


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the parts listen. The PostgreSQL and NATS addresses carry their passwords: never log them."""

    postgres: str
    nats: str
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
        for name in ("run", "logs", "secrets"):
            (self._folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = lock(self._folder)
        postgres = Postgres(self._folder, self._secret("postgres"))
        nats = Nats(self._folder, self._secret("nats"))
        s3 = S3(self._folder, self._secret("s3"))
        self._servers = {
            "postgres": Supervised(postgres, self._folder, self._say),
            "nats": Supervised(nats, self._folder, self._say),
            "s3": Supervised(s3, self._folder, self._say),
        }
        try:
            await self._start_all()
        except BaseException:
            await asyncio.shield(self.stop())
            raise
        ports = {name: server.ports for name, server in self._servers.items()}
        return Addresses(postgres.address(ports["postgres"]), nats.address(ports["nats"]), s3.address(ports["s3"]))

    async def stop(self) -> None:
        """Stop broker and object store first, the database last; kill what outstays its grace. Twice is once."""
        servers, self._servers = self._servers, {}
        await asyncio.gather(*(server.stop() for name, server in servers.items() if name != "postgres"))
        if "postgres" in servers:
            await servers["postgres"].stop()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    async def kill(self, name: ServerName) -> None:
        """For fault tests: SIGKILL, and no restart until `restart` is called."""
        await self._servers[name].kill()

    async def restart(self, name: ServerName, *, wipe: bool = False) -> None:
        """Start it again on its port; `wipe` deletes its data first."""
        await self._servers[name].restart(wipe=wipe)

    async def _start_all(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for server in self._servers.values():
                    group.create_task(server.start())
        except* EmbeddedError as errors:
            raise errors.exceptions[0] from None

    def _secret(self, name: str) -> str:
        path = self._folder / "secrets" / name
        if not path.exists():
            write_private(path, secrets.token_hex(24))
        return path.read_text().strip()


def lock(folder: Path) -> IO[str]:
    """Hold the folder for this process. The kernel lets go of it when the process ends, however it ends."""
    file = (folder / "run" / "lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        pid = file.read().strip()
        file.close()
        raise EmbeddedError(
            f"the folder {folder} is in use by process {pid}; stop that one or choose another folder with NF_DATA_DIR"
        ) from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def _say_nothing(message: str) -> None:
    pass
