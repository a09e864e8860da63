"""A stream that nats-server keeps answering for and no longer stores to, as once its disk was full."""

import asyncio

import pytest
from nats.aio.client import Client
from nats.js.api import PubAck

from kernel import relay
from kernel.database import Database
from kernel.log import Recorded
from kernel.postgres_log import PostgresLog
from kernel.relay import Relay
from tests.kernel.test_relay import STREAM, append, relaying, until_published

pytestmark = pytest.mark.usefixtures("quick")


async def test_a_stream_that_answers_and_stores_nothing_is_made_anew(
    postgres_log: PostgresLog, database: Database, broker: Client, monkeypatch: pytest.MonkeyPatch
):
    """Played by acknowledgements that do not come."""
    await append(postgres_log, "ada")
    async with relaying(postgres_log, database, broker):
        await until_published(broker, 1)
    broken = (await broker.jetstream().stream_info(STREAM)).created
    sent = Relay._send

    async def unstored(self: Relay, event: Recorded) -> "asyncio.Future[PubAck]":
        if (await broker.jetstream().stream_info(STREAM)).created == broken:
            return asyncio.get_running_loop().create_future()
        return await sent(self, event)

    monkeypatch.setattr(Relay, "_send", unstored)
    monkeypatch.setattr(relay, "ACK_SECONDS", 0.2)
    await append(postgres_log, "grace")
    async with relaying(postgres_log, database, broker):
        assert await until_published(broker, 2) == [1, 2]
    assert (await broker.jetstream().stream_info(STREAM)).created != broken
