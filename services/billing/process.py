"""What billing does by itself: follows runs from queue to end, and voids holds whose run was never queued.

A run's id is its hold's id. Runs that end are metered by the training service's clock; one that never got a device is
settled with 0 ms. A voided hold means that no run came, or that one came too late and did not start. An event about a
hold that was never placed is a fault, not a habit: it is refused and ends among the dead letters, where an operator
finds it.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from google.protobuf.message import Message

from kernel.aggregate import Aggregate
from kernel.clock import Clock
from kernel.database import Connection
from kernel.events import EventTypes
from kernel.log import Key, Recorded
from kernel.tenancy import TenantDatabase, acting_for
from neuralforge.billing.v1 import service_pb2 as api
from neuralforge.training.v1 import events_pb2 as training
from services.billing.domain import LAPSE_AFTER, Account, confirm_queued, lapse_hold, settle_hold
from services.billing.messages import hold_message
from services.billing.plans import Plans
from services.billing.projection import waiting_holds

TRAINING = EventTypes(training)
RUNS = "run.>"
SWEEP_SECONDS = 5.0
Decide = Callable[[Account], Sequence[Message]]
logger = structlog.get_logger()


class RunFollower:
    """Confirms holds of queued runs and settles those of ended ones."""

    def __init__(self, accounts: Aggregate[Account], plans: Plans, clock: Clock) -> None:
        self._accounts = accounts
        self._plans = plans
        self._clock = clock

    async def react(self, recorded: Recorded, connection: Connection) -> None:
        """Takes effect once per event: its id is the idempotency key."""
        event, now = recorded.event, self._clock()
        match event:
            case training.RunQueued(run_id=run_id):
                await self._decide(recorded, run_id, lambda account: confirm_queued(account, self._plans, run_id, now))
            case training.RunCompleted() | training.RunFailed() | training.RunCancelled():
                run_id, used = event.run_id, event.device_milliseconds
                await self._decide(recorded, run_id, lambda account: settle_hold(account, run_id, used, now))

    async def _decide(self, recorded: Recorded, hold_id: str, decide: Decide) -> None:
        key = Key(recorded.tenant, f"billing-{recorded.id}", recorded.id.bytes)
        await self._accounts.handle(
            recorded.tenant,
            recorded.tenant,
            decide,
            lambda account: hold_message(account.holds[hold_id]),
            key=key,
        )


class Sweeper:
    """Voids holds that have lapsed. Any number may sweep at once: each decision folds the account."""

    def __init__(self, accounts: Aggregate[Account], database: TenantDatabase, clock: Clock) -> None:
        self._accounts = accounts
        self._database = database
        self._clock = clock

    async def run(self) -> None:
        while True:
            await self.sweep()
            await asyncio.sleep(SWEEP_SECONDS)

    async def sweep(self) -> None:
        now = self._clock()
        for tenant, hold_id in await waiting_holds(self._database.every_tenant, now - LAPSE_AFTER):
            with acting_for(tenant):
                hold = await self._lapse(tenant, hold_id, now)
            logger.info("hold waited too long", tenant=tenant, hold=hold_id, state=api.HoldState.Name(hold.state))

    async def _lapse(self, tenant: str, hold_id: str, now: datetime) -> api.Hold:
        return await self._accounts.handle(
            tenant,
            tenant,
            lambda account: lapse_hold(account, hold_id, now),
            lambda account: hold_message(account.holds[hold_id]),
        )
