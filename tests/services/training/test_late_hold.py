"""A run that billing hears of only after its hold lapsed: it starts with another hold, or not at all."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from neuralforge.billing.v1 import service_pb2 as billing
from neuralforge.billing.v1.service_pb2_grpc import HoldServiceStub, UsageServiceStub
from neuralforge.training.v1 import service_pb2 as api
from neuralforge.training.v1.service_pb2 import RunState
from services.billing import __main__ as billing_service
from services.billing.domain import LAPSE_AFTER
from tests.conftest import RunningServers
from tests.flow.logs import dead_letters, published
from tests.services.billing.conftest import MovableClock
from tests.services.conftest import Hosted
from tests.services.launchers import IdleLauncher
from tests.services.training.conftest import CONTEXTS
from tests.services.training.lab import Lab, PlayedWorker, lab_of

SECOND = 1_000
TEN_MINUTES = """
default = "small"
[plans.small]
title = "Small"
[plans.small.devices.cpu]
micro_dollars_per_hour = 0
milliseconds_per_month = 600_000
"""


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
async def lab(
    hosted: Hosted, clock: MovableClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Lab]:
    """On a plan of ten minutes a month; jobs are played."""
    plans = tmp_path / "plans.toml"
    plans.write_text(TEN_MINUTES)
    build = partial(billing_service.build, plans_file=plans)
    monkeypatch.setattr(billing_service, "SPEC", replace(billing_service.SPEC, build=build))
    async with hosted(*CONTEXTS, launcher=IdleLauncher(), clock=clock) as platform:
        yield await lab_of(platform)


async def hold(lab: Lab, id: str) -> billing.Hold:
    found: billing.Hold = (await lab.person.call(HoldServiceStub, "GetHold", billing.GetHoldRequest(hold_id=id))).hold
    return found


async def unheard(lab: Lab, clock: MovableClock) -> tuple[api.Run, PlayedWorker]:
    """A queued run of five minutes whose hold has lapsed, and the worker that has the only slot."""
    _, worker = await lab.running(limit_milliseconds=200 * SECOND)
    late = await lab.start(limit_milliseconds=300 * SECOND)
    clock.ahead += LAPSE_AFTER + timedelta(seconds=1)

    async def lapsed() -> bool:
        await worker.report()  # it lives
        return (await hold(lab, late.id)).state == billing.HOLD_STATE_VOIDED

    await lab.platform.eventually(lapsed, timeout=60)
    return late, worker


async def heard(lab: Lab) -> None:
    """Returns when billing has taken all that training told."""

    async def taken() -> bool:
        database = lab.platform.database("billing")
        await database.pool.open()
        try:
            row = await database.fetch_one("SELECT position FROM checkpoints WHERE name = 'billing-from-training'")
        finally:
            await database.close()
        source = lab.platform.database("training")
        await source.pool.open()
        try:
            head = await source.fetch_one("SELECT max(position) FROM events")
        finally:
            await source.close()
        return bool(row and head and row[0] == head[0]) and await published(lab.platform, "training")

    await lab.platform.eventually(taken, timeout=90)


async def test_it_fails_with_billings_sentence_where_the_quota_went(
    lab: Lab, clock: MovableClock, servers: RunningServers
):
    await servers.kill("nats")
    try:
        late, worker = await unheard(lab, clock)
        other = billing.PlaceHoldRequest(hold_id="other", device_kind="cpu", milliseconds=300 * SECOND)
        await lab.person.call(HoldServiceStub, "PlaceHold", other)
        await worker.complete()
        failed = await lab.until(late.id, RunState.RUN_STATE_FAILED)
    finally:
        await servers.restart("nats")
    assert "not started, for its device time was given back while it waited: needs 5 min of cpu time" in failed.reason
    assert (failed.attempt, failed.device_milliseconds) == (0, 0)
    await heard(lab)
    assert not await dead_letters(lab.platform)
    assert (await hold(lab, late.id)).state == billing.HOLD_STATE_VOIDED
    balance = await lab.person.call(UsageServiceStub, "GetTrialBalance", billing.GetTrialBalanceRequest())
    assert balance.balanced


async def test_it_starts_with_its_hold_placed_again_where_there_is_room(
    lab: Lab, clock: MovableClock, servers: RunningServers
):
    await servers.kill("nats")
    try:
        late, worker = await unheard(lab, clock)
        await worker.complete()
        await lab.until(late.id, RunState.RUN_STATE_STARTING)
        assert (await hold(lab, late.id)).state == billing.HOLD_STATE_HELD
    finally:
        await servers.restart("nats")
    again = await lab.worker(late.id)
    await again.attach()
    await again.complete()
    await heard(lab)
    assert not await dead_letters(lab.platform)
    assert (await hold(lab, late.id)).state == billing.HOLD_STATE_SETTLED
