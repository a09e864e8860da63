"""Event logs of both kinds for the contract suite."""

from collections.abc import AsyncIterator

import pytest
from nats.aio.client import Client

from kernel.broker import connect_broker
from kernel.database import Database, provision
from kernel.events import EventTypes
from kernel.log import EventLog
from kernel.memory_log import MemoryLog
from kernel.postgres_log import PostgresLog
from neuralforge.workspace.v1 import events_pb2
from tests.conftest import RunningServers
from tests.databases import empty_broker, fresh_database

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


@pytest.fixture(params=["memory", "postgres"])
def log(request: pytest.FixtureRequest) -> EventLog:
    if request.param == "memory":
        return MemoryLog(TYPES)
    found: EventLog = request.getfixturevalue("postgres_log")
    return found
