"""What reaches JetStream: every event, in order, whatever happens to the broker and to what it kept."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import psutil
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig
from nats.js.errors import NotFoundError

from kernel import jetstream, relay
from kernel.database import Database
from kernel.jetstream import ensure_stream, stream_name
from kernel.log import ANY_VERSION, Append, Write
from kernel.postgres_log import PostgresLog
from kernel.relay import Relay
from neuralforge.workspace.v1.events_pb2 import EmailReserved
from tests.conftest import RunningServers

STREAM = stream_name("workspace")
TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
pytestmark = pytest.mark.usefixtures("quick")


@asynccontextmanager
async def relaying(log: PostgresLog, database: Database, broker: Client) -> AsyncIterator[None]:
    running = asyncio.create_task(Relay("workspace", log, database, broker).run())
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def append(log: PostgresLog, *ids: str) -> None:
    events = [EmailReserved(user_id=id) for id in ids]
    meta = {"traceparent": f"00-{TRACE}-{SPAN}-01"}
    await log.append(Append([Write("acme", "email-a", ANY_VERSION, events)], meta=meta))


async def published(broker: Client) -> Sequence[Msg]:
    """Every message of the stream, in its order."""
    stream = broker.jetstream()
    try:
        state = (await stream.stream_info(STREAM)).state
    except NotFoundError:
        return []
    if not state.messages:
        return []
    config = ConsumerConfig(ack_policy=AckPolicy.NONE)
    subscription = await stream.pull_subscribe("nf.workspace.>", stream=STREAM, config=config)
    messages: list[Msg] = []
    while len(messages) < state.messages:
        messages += await subscription.fetch(state.messages - len(messages), timeout=5)
    await subscription.unsubscribe()
    return messages


def positions(messages: Sequence[Msg]) -> list[int]:
    return [int((message.headers or {})["ce-position"]) for message in messages]


async def until_published(broker: Client, position: int, seconds: float = 40) -> list[int]:
    """The positions in the stream once `position` is among them."""
    async with asyncio.timeout(seconds):
        while True:
            try:
                if position in (found := positions(await published(broker))):
                    return found
            except Exception:
                await asyncio.sleep(0.1)  # the broker is away
            await asyncio.sleep(0.1)


def taken(found: Sequence[int]) -> list[int]:
    """What a consumer takes that passes over everything up to the highest position it has taken."""
    highest, kept = 0, []
    for position in found:
        if position > highest:
            highest = position
            kept.append(position)
    return kept


async def test_every_event_becomes_one_cloud_event(
    postgres_log: PostgresLog, database: Database, broker: Client
) -> None:
    await append(postgres_log, *(f"u{number}" for number in range(600)))
    async with relaying(postgres_log, database, broker):
        await until_published(broker, 600)
        await append(postgres_log, "late")
        await until_published(broker, 601)
    messages = await published(broker)
    events = await postgres_log.read_all(after=0, limit=1000)
    assert positions(messages) == list(range(1, 602))
    first, last = messages[0], events[0]
    assert first.subject == "nf.workspace.email.EmailReserved"
    assert EmailReserved.FromString(first.data) == EmailReserved(user_id="u0")
    headers = dict(first.headers or {})
    _, trace, span, _ = headers.pop("ce-traceparent").split("-")
    assert (trace, span != SPAN) == (TRACE, True), "it is sent in a span of its own, in the trace it was recorded in"
    assert headers == {
        "Nats-Expected-Last-Sequence": "0",
        "Nats-Msg-Id": str(last.id),
        "Nats-Expected-Stream": STREAM,
        "ce-specversion": "1.0",
        "ce-id": str(last.id),
        "ce-source": "/neuralforge/workspace",
        "ce-type": "workspace.EmailReserved.v1",
        "ce-subject": "email-a",
        "ce-time": last.recorded_at.isoformat(),
        "ce-datacontenttype": "application/protobuf",
        "ce-tenant": "acme",
        "ce-position": "1",
        "ce-streamversion": "1",
    }


async def test_a_relay_that_starts_again_publishes_nothing_twice(
    postgres_log: PostgresLog, database: Database, broker: Client
) -> None:
    for number in range(3):
        await append(postgres_log, f"u{number}")
        async with relaying(postgres_log, database, broker):
            await until_published(broker, number + 1)
    assert positions(await published(broker)) == [1, 2, 3]


async def test_a_relay_goes_on_after_the_broker_forgot_what_it_was_sent_last(
    postgres_log: PostgresLog,
    database: Database,
    broker: Client,
    servers: RunningServers,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The broker recognises a duplicate within its window only; a lost checkpoint then repeats events, no more."""
    monkeypatch.setattr(jetstream, "DUPLICATE_WINDOW_SECONDS", 0.2)
    async with relaying(postgres_log, database, broker):
        await append(postgres_log, *(f"u{number}" for number in range(10)))
        await until_published(broker, 10)
        await asyncio.sleep(0.3)
        await servers.restart("nats")
        await append(postgres_log, "after the restart")
        await until_published(broker, 11)
    await database.execute("UPDATE checkpoints SET position = 5 WHERE name = 'relay'")
    await asyncio.sleep(0.3)
    await append(postgres_log, "after the loss")
    async with relaying(postgres_log, database, broker):
        found = await until_published(broker, 12)
    assert found == [*range(1, 12), *range(6, 13)]


async def test_of_two_relays_one_leads_and_the_other_takes_over(
    postgres_log: PostgresLog, database: Database, broker: Client
) -> None:
    async with relaying(postgres_log, database, broker):
        async with relaying(postgres_log, database, broker):
            for number in range(50):
                await append(postgres_log, f"u{number}")
            await until_published(broker, 50)
        await append(postgres_log, "after one has gone")
        await until_published(broker, 51)
    assert positions(await published(broker)) == list(range(1, 52))


async def test_nothing_is_lost_when_the_broker_is_killed_again_and_again(
    postgres_log: PostgresLog, database: Database, broker: Client, servers: RunningServers
) -> None:
    async def write() -> None:
        for number in range(300):
            await append(postgres_log, *(f"{number}/{part}" for part in range(5)))
            await asyncio.sleep(0.01)

    async with relaying(postgres_log, database, broker):
        writing = asyncio.create_task(write())
        for _ in range(3):
            await asyncio.sleep(0.5)
            await servers.kill("nats")
            await servers.restart("nats")
        await writing
        found = await until_published(broker, 1500)
    assert taken(found) == list(range(1, 1501))


async def test_what_was_in_the_pipe_when_the_broker_died_does_not_arrive_before_what_was_lost(
    postgres_log: PostgresLog,
    database: Database,
    broker: Client,
    servers: RunningServers,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The start of a batch is lost in the dead server's sockets, the rest waits in the client and is sent at once."""
    monkeypatch.setattr(relay, "CHECK_SECONDS", 60)  # no look at the stream while the server does not answer
    async with relaying(postgres_log, database, broker):
        await append(postgres_log, "first")
        await until_published(broker, 1)
        os.kill(nats_server().pid, signal.SIGSTOP)
        await append(postgres_log, *(f"{number}" + "x" * 80_000 for number in range(200)))
        await asyncio.sleep(1)  # the client fills the sockets of the server that no longer reads
        await servers.kill("nats")
        await servers.restart("nats")
        found = await until_published(broker, 201)
    assert taken(found) == list(range(1, 202))


def nats_server() -> psutil.Process:
    children = psutil.Process().children(recursive=True)
    return next(process for process in children if process.name().startswith("nats-server"))


async def test_everything_is_published_again_when_the_broker_lost_its_data(
    postgres_log: PostgresLog, database: Database, broker: Client, servers: RunningServers
) -> None:
    async with relaying(postgres_log, database, broker):
        await append(postgres_log, *(f"u{number}" for number in range(300)))
        await until_published(broker, 300)
        await servers.restart("nats", wipe=True)
        await append(postgres_log, "after")
        assert await until_published(broker, 301) == list(range(1, 302))


async def test_everything_is_published_again_when_the_stream_was_deleted(
    postgres_log: PostgresLog, database: Database, broker: Client
) -> None:
    async with relaying(postgres_log, database, broker):
        await append(postgres_log, *(f"u{number}" for number in range(10)))
        await until_published(broker, 10)
        await broker.jetstream().delete_stream(STREAM)
        assert await until_published(broker, 10) == list(range(1, 11))


async def test_nothing_is_published_to_a_stream_that_somebody_else_made_anew_before_what_is_missing(
    postgres_log: PostgresLog, database: Database, broker: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "CHECK_SECONDS", 60)
    async with relaying(postgres_log, database, broker):
        await append(postgres_log, *(f"u{number}" for number in range(10)))
        await until_published(broker, 10)
        await broker.jetstream().delete_stream(STREAM)
        await ensure_stream(broker.jetstream(), "workspace")
        await append(postgres_log, "after")
        assert await until_published(broker, 11) == list(range(1, 12))


async def test_everything_is_published_again_when_the_stream_was_cut_short(
    postgres_log: PostgresLog, database: Database, broker: Client, servers: RunningServers
) -> None:
    """As after a restore of an older copy of the broker's data: the same stream, with less in it."""
    data = servers.embedded._folder / "nats"
    copy = data.with_name("nats.copy")
    async with relaying(postgres_log, database, broker):
        await append(postgres_log, "u1", "u2", "u3")
        await until_published(broker, 3)
        await servers.kill("nats")
        shutil.copytree(data, copy)
        await servers.restart("nats")
        await append(postgres_log, "u4", "u5")
        await until_published(broker, 5)
        await servers.kill("nats")
        shutil.rmtree(data)
        shutil.move(copy, data)
        await servers.restart("nats")
        found = await until_published(broker, 5)
    assert taken(found) == [1, 2, 3, 4, 5]


async def test_events_of_many_megabytes_get_through(
    postgres_log: PostgresLog, database: Database, broker: Client
) -> None:
    for number in range(40):
        await append(postgres_log, f"{number}" + "x" * 5_000_000)
    async with relaying(postgres_log, database, broker):
        async with asyncio.timeout(60):
            while await last_sequence(broker) < 40:
                await asyncio.sleep(0.2)


async def last_sequence(broker: Client) -> int:
    try:
        return int((await broker.jetstream().stream_info(STREAM)).state.last_seq)
    except NotFoundError:
        return 0
