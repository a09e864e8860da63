"""One leader per service and duty, by a session advisory lock that a dead process cannot keep."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from kernel.database import Connection, Database, lock_key

RETRY_SECONDS = 1.0
HOLD_SECONDS = 5.0
logger = structlog.get_logger()


async def lead(database: Database, duty: str, term: Callable[[], Awaitable[None]]) -> None:
    """Runs `term` whenever this process wins `duty`, for ever; a fault ends the term and the next one starts over."""
    while True:
        try:
            async with await database.connect() as connection:
                if await _won(connection, database, duty):
                    async with asyncio.TaskGroup() as group:
                        group.create_task(_hold(connection))
                        group.create_task(_ends(term))
        except* Exception as faults:
            for fault in faults.exceptions:
                logger.warning("term ended", service=database.schema, duty=duty, error=repr(fault))
        await asyncio.sleep(RETRY_SECONDS)


async def _won(connection: Connection, database: Database, duty: str) -> bool:
    cursor = await connection.execute("SELECT pg_try_advisory_lock(%s)", (lock_key(database.schema, duty),))
    row = await cursor.fetchone()
    return bool(row and row[0])


async def _hold(connection: Connection) -> None:
    """Raises once the connection that holds the lock is gone."""
    while True:
        await asyncio.sleep(HOLD_SECONDS)
        await connection.execute("SELECT 1")


async def _ends(term: Callable[[], Awaitable[None]]) -> None:
    await term()
    raise RuntimeError("the duty returned; it is meant to run until it is cancelled")
