"""Billing hosted beside workspace, under a clock that the test moves, and a training context that publishes runs."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from google.protobuf.message import Message
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from kernel.broker import connect_broker
from kernel.cancellation import cancel
from kernel.database import Database, provision
from kernel.events import EventTypes
from kernel.log import ANY_VERSION, Append, Write
from kernel.postgres_log import PostgresLog
from kernel.relay import Relay
from neuralforge.billing.v1 import service_pb2 as api
from neuralforge.billing.v1 import service_pb2_grpc as rpc
from neuralforge.training.v1 import events_pb2 as training
from tests.services.conftest import Hosted
from tests.services.platform import Person, Platform

TYPES = EventTypes(training)


class MovableClock:
    """Now, or as much later as the test says."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass(frozen=True)
class Customer:
    """Somebody who uses billing."""

    person: Person

    async def place(
        self, hold_id: str = "run-1", milliseconds: int = 3_600_000, kind: str = "cpu", key: str = ""
    ) -> api.PlaceHoldResponse:
        request = api.PlaceHoldRequest(hold_id=hold_id, device_kind=kind, milliseconds=milliseconds)
        answer: api.PlaceHoldResponse = await self.person.call(rpc.HoldServiceStub, "PlaceHold", request, key=key)
        return answer

    async def hold(self, hold_id: str = "run-1") -> api.Hold:
        request = api.GetHoldRequest(hold_id=hold_id)
        answer: api.GetHoldResponse = await self.person.call(rpc.HoldServiceStub, "GetHold", request)
        return answer.hold

    async def state(self, hold_id: str = "run-1") -> str:
        return api.HoldState.Name((await self.hold(hold_id)).state).removeprefix("HOLD_STATE_")

    async def usage(self, kind: str) -> api.Usage:
        answer = await self.person.call(rpc.UsageServiceStub, "GetUsage", api.GetUsageRequest())
        (found,) = (usage for usage in answer.usages if usage.device_kind == kind)
        return found  # type: ignore[no-any-return]

    async def entries(self, after: int = 0, **fields: object) -> api.ListEntriesResponse:
        request = api.ListEntriesRequest(**fields)  # type: ignore[arg-type]
        answer: api.ListEntriesResponse = await self.person.call(
            rpc.UsageServiceStub, "ListEntries", request, after=after
        )
        return answer

    async def balances(self, after: int = 0) -> dict[tuple[str, str], int]:
        """Amounts by (account without the tenant, unit); asserts that they sum to zero."""
        request = api.GetTrialBalanceRequest()
        answer = await self.person.call(rpc.UsageServiceStub, "GetTrialBalance", request, after=after)
        assert answer.balanced
        prefix = f"{self.person.tenant}:"
        return {(balance.account.removeprefix(prefix), balance.unit): balance.amount for balance in answer.balances}


class TrainingContext:
    """The training service's log and relay, without the service."""

    def __init__(self, log: PostgresLog, tenant: str) -> None:
        self._log = log
        self._tenant = tenant

    async def publish(self, run_id: str, *events: Message, tenant: str = "") -> None:
        write = Write(tenant or self._tenant, f"run-{run_id}", ANY_VERSION, events)
        await self._log.append(Append([write]))


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
async def billing(hosted: Hosted, clock: MovableClock) -> AsyncIterator[Platform]:
    async with hosted("billing", clock=clock) as running:
        yield running


@pytest.fixture
async def database(billing: Platform) -> AsyncIterator[Database]:
    """The service's own database."""
    opened = billing.database("billing")
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def ada(billing: Platform) -> Customer:
    return Customer(await billing.person("ada"))


@pytest.fixture
async def runs(billing: Platform, ada: Customer) -> AsyncIterator[TrainingContext]:
    """Publishes what happens to ada's runs."""
    name = conninfo_to_dict(billing.databases["billing"])["dbname"]
    admin = make_conninfo(billing.addresses.postgres, dbname=name)
    database = Database(await provision(admin, "training", "secret"), "training")
    async with contextlib.AsyncExitStack() as stack:
        await database.open()
        stack.push_async_callback(database.close)
        log = PostgresLog(database, TYPES)
        await log.open()
        stack.push_async_callback(log.close)
        broker = await connect_broker(billing.addresses.nats, "training")
        stack.push_async_callback(broker.close)
        relay = asyncio.create_task(Relay("training", log, database, broker).run())
        yield TrainingContext(log, ada.person.tenant)
        await cancel(relay)
