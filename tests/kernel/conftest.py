"""Event logs of both kinds for the contract suite."""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from nats.aio.client import Client

from kernel import consumer, leader, relay
from kernel.broker import connect_broker
from kernel.database import Database, provision
from kernel.events import EventTypes
from kernel.kurrent_log import KurrentLog
from kernel.log import EventLog
from kernel.memory_log import MemoryLog
from kernel.postgres_log import PostgresLog
from kernel.relay import Relay
from neuralforge.workspace.v1 import events_pb2
from tests.conftest import RunningServers
from tests.databases import empty_broker, fresh_database
from tests.kernel.consuming import running
from tests.kernel.kurrent_server import stand_in
from tests.kernel.scripted import Scripted, scripted

TYPES = EventTypes(events_pb2)


@pytest.fixture
async def database(servers: RunningServers) -> AsyncIterator[Database]:
    async with fresh_database(servers.addresses) as admin:
        database = Database(await provision(admin, "workspace", "secret"), "workspace")
        await database.open()
        yield database
        await database.close()


@pytest.fixture
async def postgres_log(database: Database) -> AsyncIterator[PostgresLog]:
    log = PostgresLog(database, TYPES)
    await log.open()
    yield log
    await log.close()


@pytest.fixture
async def broker(servers: RunningServers) -> AsyncIterator[Client]:
    """A connection to a nats-server that keeps nothing of earlier tests."""
    await empty_broker(servers.addresses)
    client = await connect_broker(servers.addresses.nats, "test")
    yield client
    await client.close()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Faults are noticed and tried again sooner than in earnest."""
    monkeypatch.setattr(leader, "RETRY_SECONDS", 0.1)
    monkeypatch.setattr(leader, "HOLD_SECONDS", 0.2)
    monkeypatch.setattr(relay, "CHECK_SECONDS", 0.3)
    monkeypatch.setattr(relay, "ACK_SECONDS", 2.0)
    monkeypatch.setattr(consumer, "FETCH_SECONDS", 0.5)
    monkeypatch.setattr(consumer, "ACK_SECONDS", 3.0)
    monkeypatch.setattr(consumer, "EFFECT_SECONDS", 2.7)
    monkeypatch.setattr(consumer, "BACK_OFF_SECONDS", (0.01,))


@pytest.fixture
async def effects(database: Database) -> None:
    """The table in which a consumer under test notes what it takes."""
    await database.execute("CREATE TABLE effects (id serial, who text)")


@pytest.fixture
async def relaying(postgres_log: PostgresLog, database: Database, broker: Client) -> AsyncIterator[None]:
    async with running(Relay("workspace", postgres_log, database, broker).run):
        yield


@pytest.fixture
async def service(servers: RunningServers, tmp_path: Path) -> AsyncIterator[Scripted]:
    async with scripted(servers.addresses, tmp_path) as found:
        yield found


@pytest.fixture
async def stand_in_log() -> AsyncIterator[KurrentLog]:
    async with stand_in() as (uri, _), opened_log(uri) as log:
        yield log


@pytest.fixture
async def kurrent_log() -> AsyncIterator[KurrentLog]:
    """In a real KurrentDB, under a context that nobody else uses."""
    async with opened_log(os.environ["KURRENTDB_URI"], f"test-{secrets.token_hex(6)}") as log:
        yield log


@asynccontextmanager
async def opened_log(uri: str, context: str = "workspace") -> AsyncIterator[KurrentLog]:
    log = KurrentLog(uri, context, TYPES)
    await log.open()
    try:
        yield log
    finally:
        await log.close()


LOGS = ["memory_log", "postgres_log", "stand_in_log", *(["kurrent_log"] if "KURRENTDB_URI" in os.environ else [])]


@pytest.fixture
def memory_log() -> MemoryLog:
    return MemoryLog(TYPES)


@pytest.fixture(params=LOGS)
def log(request: pytest.FixtureRequest) -> EventLog:
    found: EventLog = request.getfixturevalue(request.param)
    return found
