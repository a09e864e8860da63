"""Events that a consumer could not take: kept for an operator, and taken again when one says so.

A dead letter is taken out of order, after what came behind it: reactions have to bear that, as they bear repeats.
"""

import time
from collections.abc import Awaitable, Callable

import structlog
from nats.aio.msg import Msg
from psycopg.types.json import Jsonb

from kernel.cloud_events import received
from kernel.database import Connection, Database
from kernel.errors import Unavailable
from kernel.events import EventTypes
from kernel.log import Recorded

React = Callable[[Recorded, Connection], Awaitable[None]]
LOOK_SECONDS = 1.0
logger = structlog.get_logger()


class DeadLetters:
    """Those of one consumer, in the database of its service."""

    def __init__(self, consumer: str, types: EventTypes, database: Database) -> None:
        self._consumer = consumer
        self._types = types
        self._database = database
        self._next_look = 0.0

    async def keep(self, connection: Connection, message: Msg, position: int, error: Exception) -> None:
        await connection.execute(
            "INSERT INTO dead_letters (consumer, subject, position, headers, data, error) "
            "VALUES (%s, %s, %s, %s, %s, %s)",
            (self._consumer, message.subject, position, Jsonb(dict(message.headers or {})), message.data, repr(error)),
        )

    async def take_requested(self, react: React) -> int:
        """Takes again what an operator has asked for; returns how many that were. What fails once more is kept.

        It looks once a second at most, however often it is called.
        """
        if time.monotonic() < self._next_look:
            return 0
        self._next_look = time.monotonic() + LOOK_SECONDS
        rows = await self._database.fetch(
            "SELECT id FROM dead_letters WHERE consumer = %s AND retry_requested_at IS NOT NULL ORDER BY id",
            self._consumer,
        )
        for (id,) in rows:
            try:
                await self._take(id, react)
                logger.info("dead letter taken", consumer=self._consumer, id=id)
            except Unavailable:
                raise
            except Exception as error:
                await self._refuse(id, error)
        return len(rows)

    async def _take(self, id: int, react: React) -> None:
        async with self._database.transaction() as connection:
            query = "DELETE FROM dead_letters WHERE id = %s RETURNING headers, data"
            row = await (await connection.execute(query, (id,))).fetchone()
            if row:
                await react(received(row[0], row[1], self._types), connection)

    async def _refuse(self, id: int, error: Exception) -> None:
        logger.warning("dead letter not taken", consumer=self._consumer, id=id, error=repr(error))
        await self._database.execute(
            "UPDATE dead_letters SET retry_requested_at = NULL, retries = retries + 1, error = %s WHERE id = %s",
            repr(error),
            id,
        )
