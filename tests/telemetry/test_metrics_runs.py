"""The queue, the slots, device time as the ledger has it, jobs, consumers: on one platform that these tests share."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from neuralforge.billing.v1 import service_pb2 as billing
from neuralforge.billing.v1.service_pb2_grpc import UsageServiceStub
from neuralforge.dataset.v1 import service_pb2 as dataset
from neuralforge.dataset.v1.service_pb2_grpc import DatasetServiceStub
from neuralforge.training.v1.service_pb2 import RunState
from tests.conftest import RunningServers
from tests.gateway.conftest import visiting
from tests.gateway.web import Visitor
from tests.services.dataset.ingesting import PlayedJob
from tests.services.launchers import IdleLauncher
from tests.services.platform import platform
from tests.services.training.lab import Lab, lab_of
from tests.telemetry.exposed import Exposed, scraped

pytestmark = pytest.mark.asyncio(loop_scope="module")
SERVICES = ("graph", "dataset", "billing", "training")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def visitor(servers: RunningServers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Visitor]:
    folder = tmp_path_factory.mktemp("metrics")
    async with (
        platform(servers.addresses, folder, *SERVICES, launcher=IdleLauncher()) as running,
        visiting(running) as visitor,
    ):
        visitor.platform = running
        yield visitor


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lab(visitor: Visitor) -> Lab:
    return await lab_of(visitor.platform)


async def until(visitor: Visitor, name: str, wanted: float, **labels: str) -> Exposed:
    """The first scrape in which that metric has that value."""

    async def probe() -> Exposed | None:
        now = await scraped(visitor)
        return now if now.values(name, **labels) == [wanted] else None

    found: Exposed = await visitor.platform.eventually(probe)
    return found


async def test_a_run_waits_in_the_queue_and_another_has_the_slot(visitor: Visitor, lab: Lab) -> None:
    _, worker = await lab.running()
    second = await lab.start()
    now = await until(visitor, "neuralforge_runs_open", 1, state="queued")
    assert now.total("neuralforge_runs_open") == 2
    assert now.value("neuralforge_runs_longest_wait_seconds") > 0
    assert now.value("neuralforge_device_slots", device="cpu", kind="cpu") == 1
    assert now.value("neuralforge_device_slots_used", device="cpu", kind="cpu") == 1
    await lab.cancel(second.id)
    now = await until(visitor, "neuralforge_runs_open", 0, state="queued")
    assert now.value("neuralforge_runs_longest_wait_seconds") == 0
    await worker.complete()
    await until(visitor, "neuralforge_device_slots_used", 0, device="cpu")


async def held_and_metered(lab: Lab) -> tuple[int, int]:
    """Milliseconds, as the organisation's own ledger tells them."""
    answer = await lab.person.call(UsageServiceStub, "GetTrialBalance", billing.GetTrialBalanceRequest())
    cpu = [balance for balance in answer.balances if balance.unit == "ms:cpu"]
    held = sum(balance.amount for balance in cpu if balance.account.endswith(":held"))
    return held, sum(balance.amount for balance in cpu if ":metered:" in balance.account)


async def told(visitor: Visitor) -> tuple[int, int]:
    """Milliseconds held and metered, as Prometheus is told."""
    now = await scraped(visitor)
    metered = now.total("neuralforge_metered_device_seconds_total", kind="cpu")
    return round(1000 * now.total("neuralforge_held_device_seconds", kind="cpu")), round(1000 * metered)


async def test_device_time_is_what_the_ledger_says(visitor: Visitor, lab: Lab) -> None:
    run, worker = await lab.running()

    async def held() -> bool:
        return (await told(visitor))[0] > 0 and await told(visitor) == await held_and_metered(lab)

    assert await visitor.platform.eventually(held)
    metered_before = (await told(visitor))[1]
    await worker.complete()
    await lab.until(run.id, RunState.RUN_STATE_COMPLETED)

    async def settled() -> bool:
        held, metered = await told(visitor)
        return held == 0 and metered > metered_before and (held, metered) == await held_and_metered(lab)

    assert await visitor.platform.eventually(settled)


async def test_an_ingest_is_open_until_it_has_ended(visitor: Visitor, lab: Lab) -> None:
    await until(visitor, "neuralforge_jobs_open", 0, context="dataset")
    request = dataset.CreateDatasetRequest(project_id=lab.project_id, builtin="digits", name="again")
    created = await lab.person.call(DatasetServiceStub, "CreateDataset", request)
    now = await until(visitor, "neuralforge_jobs_open", 1, context="dataset")
    assert now.value("neuralforge_jobs_oldest_seconds", context="dataset") >= 0
    await (await PlayedJob.of(lab.person, created.dataset.id)).finish()
    now = await until(visitor, "neuralforge_jobs_open", 0, context="dataset")
    assert now.value("neuralforge_jobs_oldest_seconds", context="dataset") == 0


async def test_consumers_come_to_have_nothing_before_them(visitor: Visitor, lab: Lab) -> None:
    await until(visitor, "neuralforge_consumer_lag_events", 0, consumer="graph-from-workspace")
    await until(visitor, "neuralforge_consumer_lag_events", 0, consumer="billing-from-training")


async def test_labels_name_nobody(visitor: Visitor, lab: Lab) -> None:
    text = (await visitor.http.get("/metrics")).text
    for name in (lab.person.tenant, lab.person.id, lab.person.email, lab.project_id, lab.architecture_id):
        assert name not in text
