"""What is cleaned up is what nobody can miss: old answers, and messages that every consumer has taken."""

from typing import Any

import pytest
from nats.aio.client import Client
from nats.js.api import StreamState

from kernel import jetstream, retention
from kernel.database import Database
from kernel.jetstream import stream_name, trim
from kernel.log import Append, Key, Write
from kernel.postgres_log import PostgresLog
from kernel.retention import Retention
from neuralforge.workspace.v1.events_pb2 import EmailReserved
from tests.kernel.consuming import append, consuming, noted, running, until_passed

STREAM = stream_name("workspace")
AGE = "UPDATE commands SET recorded_at = now() - make_interval(days => %s) WHERE key LIKE %s"


async def state(broker: Client) -> StreamState:
    found: StreamState = (await broker.jetstream().stream_info(STREAM)).state
    return found


async def test_answers_older_than_a_month_go_and_the_others_stay(
    postgres_log: PostgresLog, database: Database, broker: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 3)
    for number in range(10):
        name = f"old-{number}" if number < 8 else f"new-{number}"
        write = Write("acme", f"email-{number}", 0, [EmailReserved(user_id=name)])
        await postgres_log.append(Append([write], Key("acme", name, b"hash"), b"answer"))
    await database.execute(AGE, 31, "old-%")
    await database.execute(AGE, 29, "new-%")
    assert await Retention("workspace", database, broker).clean() == 8
    assert await postgres_log.replay(Key("acme", "new-8", b"hash")) is not None
    assert await postgres_log.replay(Key("acme", "old-1", b"hash")) is None
    assert len(await postgres_log.read_all(after=0, limit=99)) == 10, "events are for ever"


@pytest.mark.usefixtures("quick", "effects", "relaying")
async def test_only_what_every_consumer_has_taken_is_dropped(
    postgres_log: PostgresLog, database: Database, broker: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jetstream, "MOST_KEPT", 2)
    last = await append(postgres_log, *(f"u{number}" for number in range(10)))
    async with running(consuming(database, broker).run):
        await until_passed(database, last)
    late = [f"late{number}" for number in range(5)]
    await append(postgres_log, *late)  # while the consumer is away
    while (await state(broker)).last_seq < 15:
        await broker.flush()
    await trim(broker.jetstream(), "workspace")
    assert (await state(broker)).first_seq in (10, 11)
    async with running(consuming(database, broker).run):
        assert await until_passed(database, last + 5) == [*(f"u{number}" for number in range(10)), *late]
        while (await broker.jetstream().consumer_info(STREAM, "graph-from-workspace")).num_ack_pending:
            await broker.flush()
    await trim(broker.jetstream(), "workspace")
    assert (await state(broker)).first_seq == 14, "the newest two stay"


@pytest.mark.usefixtures("quick", "effects", "relaying")
async def test_a_consumer_that_comes_after_a_trim_gets_everything(
    postgres_log: PostgresLog, database: Database, broker: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jetstream, "MOST_KEPT", 2)
    last = await append(postgres_log, *(f"u{number}" for number in range(10)))
    while not (await broker.jetstream().streams_info()) or (await state(broker)).last_seq < 10:
        await broker.flush()
    await trim(broker.jetstream(), "workspace")
    assert (await state(broker)).first_seq == 9
    async with running(consuming(database, broker).run):
        assert await until_passed(database, last) == [f"u{number}" for number in range(10)]
        more = await append(postgres_log, "u10")
        assert await until_passed(database, more) == [f"u{number}" for number in range(11)]
    assert len(await noted(database)) == 11


@pytest.mark.usefixtures("quick", "effects", "relaying")
async def test_a_consumer_made_during_a_trim_misses_nothing(
    postgres_log: PostgresLog, database: Database, broker: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jetstream, "MOST_KEPT", 2)
    last = await append(postgres_log, *(f"u{number}" for number in range(10)))
    while not (await broker.jetstream().streams_info()) or (await state(broker)).last_seq < 10:
        await broker.flush()
    context = broker.jetstream()
    purge = context.purge_stream

    async def purge_late(*arguments: Any, **options: Any) -> bool:
        await consuming(database, broker)._subscribe()
        done: bool = await purge(*arguments, **options)
        return done

    monkeypatch.setattr(context, "purge_stream", purge_late)
    await trim(context, "workspace")
    async with running(consuming(database, broker).run):
        assert await until_passed(database, last) == [f"u{number}" for number in range(10)]
