"""Reactions to another context's events: in order, and what cannot be taken does not hold up the rest."""

import asyncio

import pytest
from nats.aio.client import Client

from kernel import consumer
from kernel.database import Connection, Database
from kernel.log import Recorded
from kernel.postgres_log import PostgresLog
from neuralforge.workspace.v1.events_pb2 import ProjectNameReserved
from tests.kernel.consuming import (
    append,
    append_events,
    consuming,
    dead_letters,
    named,
    note,
    running,
    until_passed,
)

pytestmark = pytest.mark.usefixtures("quick", "effects")


async def test_events_are_taken_in_order(
    postgres_log: PostgresLog, database: Database, broker: Client, relaying: None
) -> None:
    names = [f"u{number}" for number in range(100)]
    async with running(consuming(database, broker).run):
        last = 0
        for name in names:
            last = await append(postgres_log, name)
        assert await until_passed(database, last) == names


async def test_the_event_arrives_as_it_was_written(
    postgres_log: PostgresLog, database: Database, broker: Client, relaying: None
) -> None:
    seen: list[Recorded] = []

    async def react(recorded: Recorded, connection: Connection) -> None:
        seen.append(recorded)

    last = await append(postgres_log, "u1")
    async with running(consuming(database, broker, react).run):
        await until_passed(database, last)
    assert seen == [*await postgres_log.read_all(after=0, limit=10)]


async def test_only_what_the_filter_names_is_taken_also_by_the_next_release(
    postgres_log: PostgresLog, database: Database, broker: Client, relaying: None
) -> None:
    await append_events(postgres_log, ProjectNameReserved(project_id="p1"), stream="project_name-a")
    last = await append(postgres_log, "u1")
    async with running(consuming(database, broker, filter="email.>").run):
        assert await until_passed(database, last) == ["u1"]
    last = await append_events(postgres_log, ProjectNameReserved(project_id="p2"), stream="project_name-a")
    async with running(consuming(database, broker, filter=">").run):
        assert await until_passed(database, last) == ["u1", "p2"]


async def test_an_event_that_fails_at_first_keeps_its_place(
    postgres_log: PostgresLog, database: Database, broker: Client, relaying: None
) -> None:
    failures = {"u1": 3, "u4": 5}

    async def react(recorded: Recorded, connection: Connection) -> None:
        await note(recorded, connection)
        if failures.get(named(recorded), 0):
            failures[named(recorded)] -= 1
            raise RuntimeError("not yet")

    last = await append(postgres_log, *(f"u{number}" for number in range(6)))
    async with running(consuming(database, broker, react).run):
        assert await until_passed(database, last) == [f"u{number}" for number in range(6)]
    assert await dead_letters(database) == []


async def test_what_never_works_is_buried_and_the_rest_goes_on(
    postgres_log: PostgresLog, database: Database, broker: Client, relaying: None
) -> None:
    tried = 0

    async def react(recorded: Recorded, connection: Connection) -> None:
        nonlocal tried
        await note(recorded, connection)
        if named(recorded) == "poison":
            tried += 1
            raise ValueError("cannot be digested")

    last = await append(postgres_log, "u1", "poison", "u2")
    async with running(consuming(database, broker, react).run):
        assert await until_passed(database, last) == ["u1", "u2"]
    assert tried == consumer.MOST_DELIVERIES
    assert await dead_letters(database) == [("graph-from-workspace", 2, "ValueError('cannot be digested')")]


async def test_what_is_no_event_of_ours_is_buried(
    postgres_log: PostgresLog, database: Database, broker: Client, relaying: None
) -> None:
    async with running(consuming(database, broker).run):
        await until_passed(database, await append(postgres_log, "u1"))
        for headers in (None, {"ce-position": "soon"}, {"ce-position": "7"}):
            await broker.jetstream().publish("nf.workspace.x.Y", b"?", headers=headers)
        async with asyncio.timeout(20):
            while len(await dead_letters(database)) < 3:
                await asyncio.sleep(0.05)
