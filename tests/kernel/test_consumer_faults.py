"""Effects happen once, whatever fails between the event and its acknowledgement."""

import asyncio
from collections.abc import Sequence

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from kernel import consumer, leader
from kernel.database import Connection, Database
from kernel.errors import Unavailable
from kernel.jetstream import stream_name
from kernel.log import Recorded
from kernel.postgres_log import PostgresLog
from tests.conftest import RunningServers
from tests.kernel.consuming import append, consuming, dead_letters, note, noted, running, until_passed

pytestmark = pytest.mark.usefixtures("quick", "effects")


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


async def test_the_broker_is_told_while_an_effect_takes_long(
    postgres_log: PostgresLog, database: Database, broker: Client, relaying: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So it waits for work that goes on, and need not wait long for a process that died."""
    monkeypatch.setattr(consumer, "ACK_SECONDS", 0.5)
    in_progress, told = Msg.in_progress, asyncio.Semaphore(0)

    async def counted(message: Msg) -> None:
        await in_progress(message)
        told.release()

    async def slowly(recorded: Recorded, connection: Connection) -> None:
        for _ in range(4):
            await told.acquire()
        await note(recorded, connection)

    monkeypatch.setattr(Msg, "in_progress", counted)
    last = await append(postgres_log, "u1")
    async with running(consuming(database, broker, slowly).run):
        assert await until_passed(database, last) == ["u1"]


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
