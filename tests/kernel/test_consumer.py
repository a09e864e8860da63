"""Reactions to another context's events: in order, taking effect once, whatever fails on the way."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from kernel import consumer, leader, relay
from kernel.consumer import Consumer, React
from kernel.database import Connection, Database
from kernel.errors import Unavailable
from kernel.jetstream import stream_name
from kernel.log import ANY_VERSION, Append, Recorded, Write
from kernel.postgres_log import PostgresLog
from kernel.relay import Relay
from neuralforge.workspace.v1.events_pb2 import EmailReserved, ProjectNameReserved
from tests.conftest import RunningServers
from tests.kernel.conftest import TYPES


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leader, "RETRY_SECONDS", 0.1)
    monkeypatch.setattr(leader, "HOLD_SECONDS", 0.2)
    monkeypatch.setattr(relay, "CHECK_SECONDS", 0.3)
    monkeypatch.setattr(consumer, "FETCH_SECONDS", 0.5)
    monkeypatch.setattr(consumer, "ACK_SECONDS", 3.0)
    monkeypatch.setattr(consumer, "BACK_OFF_SECONDS", (0.01,))


@pytest.fixture(autouse=True)
async def effects(database: Database) -> None:
    await database.execute("CREATE TABLE effects (id serial, who text)")


@asynccontextmanager
async def running(*loops: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    tasks = [asyncio.ensure_future(loop()) for loop in loops]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def relaying(postgres_log: PostgresLog, database: Database, broker: Client) -> AsyncIterator[None]:
    async with running(Relay("workspace", postgres_log, database, broker).run):
        yield


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
            try:
                row = await database.fetch_one(query)
                if row and row[0] >= position:
                    return await noted(database)
            except Unavailable:
                pass
            await asyncio.sleep(0.05)


async def dead_letters(database: Database) -> list[tuple[Any, ...]]:
    return await database.fetch("SELECT consumer, position, error FROM dead_letters ORDER BY id")


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


async def test_a_lost_acknowledgement_has_no_second_effect(
    postgres_log: PostgresLog, database: Database, broker: Client, relaying: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    acknowledge, lost = Msg.ack, []

    async def lose_each_first(message: Msg) -> None:
        if message.metadata.num_delivered == 1:
            lost.append(message)
            raise ConnectionError("the acknowledgement is lost")
        await acknowledge(message)

    monkeypatch.setattr(Msg, "ack", lose_each_first)
    monkeypatch.setattr(consumer, "ACK_SECONDS", 0.3)
    last = await append(postgres_log, "u1", "u2", "u3")
    async with running(consuming(database, broker).run):
        assert await until_passed(database, last) == ["u1", "u2", "u3"]
    assert len(lost) >= 3


async def test_an_effect_that_was_interrupted_happens_once(
    postgres_log: PostgresLog, database: Database, broker: Client, relaying: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process ends between the effect's statements and its commit, more often than a fault would be tried again."""
    monkeypatch.setattr(consumer, "ACK_SECONDS", 0.2)
    reached = asyncio.Event()

    async def hang(recorded: Recorded, connection: Connection) -> None:
        await note(recorded, connection)
        reached.set()
        await asyncio.sleep(60)

    last = await append(postgres_log, "u1", "u2")
    for _ in range(2 * consumer.MOST_DELIVERIES + 1):
        reached.clear()
        async with running(consuming(database, broker, hang).run):
            async with asyncio.timeout(10):
                await reached.wait()
    async with running(consuming(database, broker).run):
        assert await until_passed(database, last) == ["u1", "u2"]
    assert await dead_letters(database) == []


async def test_a_stream_published_again_from_the_start_has_no_second_effect(
    postgres_log: PostgresLog, database: Database, broker: Client, relaying: None
) -> None:
    names = [f"u{number}" for number in range(30)]
    async with running(consuming(database, broker).run):
        last = await append(postgres_log, *names)
        await until_passed(database, last)
        await broker.jetstream().delete_stream(stream_name("workspace"))
        last = await append(postgres_log, "after")
        assert await until_passed(database, last) == [*names, "after"]


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


async def test_a_neighbour_that_is_away_for_long_buries_nothing(
    postgres_log: PostgresLog, database: Database, broker: Client, relaying: None
) -> None:
    tried = 0

    async def react(recorded: Recorded, connection: Connection) -> None:
        nonlocal tried
        tried += 1
        if tried < 3 * consumer.MOST_DELIVERIES:
            raise Unavailable("billing does not answer")
        await note(recorded, connection)

    last = await append(postgres_log, "u1", "u2")
    async with running(consuming(database, broker, react).run):
        assert await until_passed(database, last) == ["u1", "u2"]
    assert await dead_letters(database) == []


@pytest.mark.parametrize("wipe", [False, True], ids=["killed", "wiped"])
async def test_a_broker_that_fails_loses_nothing_and_doubles_nothing(
    postgres_log: PostgresLog, database: Database, broker: Client, relaying: None, servers: RunningServers, wipe: bool
) -> None:
    names = [f"u{number}" for number in range(150)]

    async def write() -> int:
        last = 0
        for name in names:
            last = await append(postgres_log, name)
            await asyncio.sleep(0.01)
        return last

    async with running(consuming(database, broker).run):
        writing = asyncio.create_task(write())
        for _ in range(2):
            await asyncio.sleep(0.4)
            await servers.kill("nats")
            await servers.restart("nats", wipe=wipe)
        assert await until_passed(database, await writing) == names


async def test_a_database_that_crashes_loses_nothing_and_doubles_nothing(
    postgres_log: PostgresLog, database: Database, broker: Client, relaying: None, servers: RunningServers
) -> None:
    names = [f"u{number}" for number in range(100)]
    last = await append(postgres_log, *names)
    async with running(consuming(database, broker).run):
        await until_passed(database, 20)
        await servers.kill("postgres")
        await asyncio.sleep(0.5)
        await servers.restart("postgres")
        assert await until_passed(database, last) == names
    assert await dead_letters(database) == []


async def test_two_consumers_that_both_believe_to_lead_react_once(
    postgres_log: PostgresLog, database: Database, broker: Client, relaying: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock's session was lost and the broker's consumer with it, while the first one was at work."""
    monkeypatch.setattr(leader, "HOLD_SECONDS", 60)
    at_work, finish = asyncio.Semaphore(0), asyncio.Event()

    async def slowly(recorded: Recorded, connection: Connection) -> None:
        await note(recorded, connection)
        at_work.release()
        await finish.wait()

    last = await append(postgres_log, "u1")
    async with running(consuming(database, broker, slowly).run), asyncio.timeout(20):
        await at_work.acquire()
        await end_sessions_that_lead(database)
        await broker.jetstream().delete_consumer(stream_name("workspace"), "graph-from-workspace")
        async with running(consuming(database, broker, slowly).run):
            await at_work.acquire()
            finish.set()
            await until_passed(database, last)
            await until_passed(database, await append(postgres_log, "u2"))
    assert await noted(database) == ["u1", "u2"]


async def end_sessions_that_lead(database: Database) -> Sequence[object]:
    return await database.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = "
        "(SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid()"
    )
