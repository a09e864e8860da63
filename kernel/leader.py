"""One leader per service and duty, by a session advisory lock that a dead process cannot keep."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from kernel.cancellation import cancel
from kernel.database import Connection, Database, lock_key

RETRY_SECONDS = 1.0
HOLD_SECONDS = 10.0
Term = Callable[[], Coroutine[Any, Any, None]]
logger = structlog.get_logger()


async def lead(database: Database, duty: str, term: Term) -> None:
    """Runs `term` whenever this process wins `duty`, for ever; a fault ends the term and the next one starts over."""
    while True:
        try:
            async with await database.connect() as connection:
                if await _won(connection, database, duty):
                    await _serve(connection, term)
        except Exception as fault:
            logger.warning("term ended", service=database.schema, duty=duty, error=repr(fault))
        await asyncio.sleep(RETRY_SECONDS)


async def _won(connection: Connection, database: Database, duty: str) -> bool:
    cursor = await connection.execute("SELECT pg_try_advisory_lock(%s)", (lock_key(database.schema, duty),))
    row = await cursor.fetchone()
    return bool(row and row[0])


async def _serve(connection: Connection, term: Term) -> None:
    """Runs the term while the lock holds; raises what ended either.

    Not a TaskGroup: on Python 3.11 that drops a cancellation from outside when a child fails at the same time.
    """
    tasks = [asyncio.create_task(_hold(connection)), asyncio.create_task(term())]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await cancel(*tasks)
    for task in done:
        task.result()
    raise RuntimeError("the duty returned; it is meant to run until it is cancelled")


async def _hold(connection: Connection) -> None:
    """Raises once the connection that holds the lock is gone."""
    while True:
        await asyncio.sleep(HOLD_SECONDS)
        await connection.execute("SELECT 1")
