"""One leader per service and duty, by a session advisory lock that a dead process cannot keep."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

import psycopg
import structlog

from kernel.cancellation import cancel
from kernel.database import Connection, Database, lock_key
from kernel.metrics import LEADS, TERMS_ENDED

RETRY_SECONDS = 1.0
HOLD_SECONDS = 10.0
WAIT_SECONDS = 10.0
Term = Callable[[], Coroutine[Any, Any, None]]
logger = structlog.get_logger()


async def lead(database: Database, duty: str, term: Term) -> None:
    """Runs `term` whenever this process wins `duty`, for ever; a fault ends the term and the next one starts over."""
    leads = LEADS.labels(database.schema, duty)
    leads.inc(0)  # shown from the beginning
    while True:
        try:
            async with await database.connect() as connection:
                await _win(connection, database, duty)
                with leads.track_inprogress():
                    await _serve(connection, term)
        except Exception as fault:
            TERMS_ENDED.labels(database.schema, duty).inc()
            logger.warning("term ended", service=database.schema, duty=duty, error=repr(fault))
        await asyncio.sleep(RETRY_SECONDS)


async def _win(connection: Connection, database: Database, duty: str) -> None:
    """Returns as soon as whoever holds the duty lets go or dies.

    It asks anew now and then: a statement that waits for ever keeps dead rows alive and hears of no lost server.
    """
    await connection.execute("SELECT set_config('lock_timeout', %s, false)", (f"{WAIT_SECONDS:.0f}s",))
    while True:
        with contextlib.suppress(psycopg.errors.LockNotAvailable):
            async with asyncio.timeout(2 * WAIT_SECONDS):
                await connection.execute("SELECT pg_advisory_lock(%s)", (lock_key(database.schema, duty),))
            return


async def _serve(connection: Connection, term: Term) -> None:
    """Runs the term while the lock holds; raises what ended either.

    Not a TaskGroup: on Python 3.11 that drops a cancellation from outside when a child fails at the same time.
    """
    tasks = [asyncio.create_task(_hold(connection)), asyncio.create_task(term())]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await cancel(*tasks)
        await asyncio.gather(*tasks, return_exceptions=True)  # looked at, or Python complains that nobody did
    for task in done:
        task.result()
    raise RuntimeError("the duty returned; it is meant to run until it is cancelled")


async def _hold(connection: Connection) -> None:
    """Raises once the connection that holds the lock is gone."""
    while True:
        await asyncio.sleep(HOLD_SECONDS)
        await connection.execute("SELECT 1")
