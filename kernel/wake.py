"""Wakes readers of a log after appends: at once within the process, by a coalesced NOTIFY across processes.

The NOTIFY is sent after the commit on a connection of its own, because inside the transaction it costs ten
times the append. Readers poll as well, so that a lost wake-up only costs a second.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import psycopg
from psycopg import sql

from kernel.cancellation import cancel
from kernel.database import Connection, Database
from kernel.errors import Unavailable
from kernel.watch import Watches

COALESCE_SECONDS = 0.005
RECONNECT_SECONDS = 1.0


class Wake(Watches):
    """`call` after a commit rings every watch of every process."""

    def __init__(self, database: Database, channel: str) -> None:
        super().__init__()
        self._database = database
        self._channel = sql.Identifier(channel)
        self._due = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        self._tasks = [asyncio.create_task(self._forever(role)) for role in (self._listen, self._notify)]

    async def close(self) -> None:
        await cancel(*self._tasks)

    def call(self) -> None:
        """There is something new."""
        self.ring()
        self._due.set()

    async def _forever(self, role: Callable[[Connection], Awaitable[None]]) -> None:
        while True:
            with contextlib.suppress(psycopg.Error, OSError, Unavailable):
                async with await self._database.connect() as connection:
                    await role(connection)
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self, connection: Connection) -> None:
        await connection.execute(sql.SQL("LISTEN {}").format(self._channel))
        async for _ in connection.notifies():
            self.ring()

    async def _notify(self, connection: Connection) -> None:
        notify = sql.SQL("NOTIFY {}").format(self._channel)
        while True:
            await self._due.wait()
            self._due.clear()
            await connection.execute(notify)
            await asyncio.sleep(COALESCE_SECONDS)
