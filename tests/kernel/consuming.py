"""A consumer under test: it notes the events it takes in a table, in the transaction that is its effect."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from nats.aio.client import Client

from kernel.consumer import Consumer, React
from kernel.database import Connection, Database
from kernel.errors import Unavailable
from kernel.events import EventTypes
from kernel.log import ANY_VERSION, Append, Recorded, Write
from kernel.postgres_log import PostgresLog
from neuralforge.workspace.v1 import events_pb2
from neuralforge.workspace.v1.events_pb2 import EmailReserved

TYPES = EventTypes(events_pb2)


@asynccontextmanager
async def running(*loops: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    tasks = [asyncio.ensure_future(loop()) for loop in loops]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def named(recorded: Recorded) -> str:
    return str(getattr(recorded.event, "user_id", "") or getattr(recorded.event, "project_id", ""))


async def note(recorded: Recorded, connection: Connection) -> None:
    await connection.execute("INSERT INTO effects (who) VALUES (%s)", (named(recorded),))


def consuming(database: Database, broker: Client, react: React = note, filter: str = ">") -> Consumer:
    return Consumer("graph", "workspace", TYPES, react, database, broker, filter)


async def append(log: PostgresLog, *ids: str) -> int:
    return await append_events(log, *(EmailReserved(user_id=id) for id in ids))


async def append_events(log: PostgresLog, *events: Any, stream: str = "email-a") -> int:
    return (await log.append(Append([Write("acme", stream, ANY_VERSION, events)]))).position


async def noted(database: Database) -> list[str]:
    return [row[0] for row in await database.fetch("SELECT who FROM effects ORDER BY id")]


async def until_passed(database: Database, position: int, seconds: float = 30) -> list[str]:
    """What was noted once the consumer has passed `position`."""
    query = "SELECT position FROM checkpoints WHERE name = 'graph-from-workspace'"
    async with asyncio.timeout(seconds):
        while True:
            with suppress(Unavailable):  # some tests take the database away for a while
                row = await database.fetch_one(query)
                if row and row[0] >= position:
                    return await noted(database)
            await asyncio.sleep(0.05)


async def dead_letters(database: Database) -> list[tuple[Any, ...]]:
    return await database.fetch("SELECT consumer, position, error FROM dead_letters ORDER BY id")
