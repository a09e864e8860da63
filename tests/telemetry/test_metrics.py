"""Values move as they must: positions, lags while a part is away, queue and slots, device time as the ledger has it."""

import asyncio

from neuralforge.billing.v1 import service_pb2 as billing
from neuralforge.billing.v1.service_pb2_grpc import UsageServiceStub
from neuralforge.training.v1.service_pb2 import RunState
from tests.conftest import RunningServers
from tests.gateway.conftest import Opened, Studio
from tests.gateway.web import Visitor
from tests.services.training.lab import Lab
from tests.telemetry.exposed import Exposed, scraped


async def test_positions_follow_the_log(opened: Opened) -> None:
    async with opened() as visitor:
        before = await scraped(visitor)
        await visitor.register("ada")
        log = visitor.platform.database("workspace")
        await log.open()
        try:
            row = await log.fetch_one("SELECT max(position) FROM events")
        finally:
            await log.close()

        async def caught_up() -> Exposed | None:
            now = await scraped(visitor)
            at = [now.value(f"neuralforge_{name}_position", context="workspace") for name in ("projection", "relay")]
            return now if at == [row and row[0]] * 2 else None

        now = await visitor.platform.eventually(caught_up)
        assert now.value("neuralforge_log_position", context="workspace") == (row and row[0])
        assert now.value("neuralforge_log_position", context="workspace") > before.value(
            "neuralforge_log_position", context="workspace"
        )
        for name in ("projection_lag_events", "projection_lag_seconds", "relay_lag_events", "relay_lag_seconds"):
            assert now.value(f"neuralforge_{name}", context="workspace") == 0
        assert now.value("neuralforge_leader", context="workspace", duty="relay") == 1


async def test_the_relay_lags_while_nats_is_away_and_not_after(opened: Opened, servers: RunningServers) -> None:
    async with opened() as visitor:
        await servers.kill("nats")
        try:
            await visitor.register("ada")

            async def lagging() -> Exposed | None:
                now = await scraped(visitor)
                away = now.value("neuralforge_broker_connected", context="workspace") == 0
                return now if away and now.value("neuralforge_relay_lag_events", context="workspace") else None

            now = await visitor.platform.eventually(lagging)
            assert now.value("neuralforge_relay_lag_seconds", context="workspace") > 0
            assert now.value("neuralforge_gauges_up", context="workspace") == 1
        finally:
            await servers.restart("nats")

        async def caught_up() -> bool:
            now = await scraped(visitor)
            lag = [now.value(f"neuralforge_relay_lag_{unit}", context="workspace") for unit in ("events", "seconds")]
            return lag == [0, 0] and now.value("neuralforge_broker_connected", context="workspace") == 1

        assert await visitor.platform.eventually(caught_up)


async def test_without_its_database_a_service_says_that_it_lacks_gauges(
    opened: Opened, servers: RunningServers
) -> None:
    async with opened() as visitor:
        assert (await scraped(visitor)).value("neuralforge_gauges_up", context="workspace") == 1
        await servers.kill("postgres")
        try:

            async def lacking() -> Exposed | None:
                now = await scraped(visitor)
                return None if now.value("neuralforge_gauges_up", context="workspace") else now

            now = await visitor.platform.eventually(lacking)
            assert now.values("neuralforge_log_position") == []
            assert now.values("neuralforge_database_pool_connections", context="workspace", state="used")
        finally:
            await servers.restart("postgres")

        async def back() -> bool:
            return (await scraped(visitor)).value("neuralforge_gauges_up", context="workspace") == 1

        assert await visitor.platform.eventually(back)


async def test_a_run_waits_in_the_queue_and_another_has_the_slot(studio: Studio) -> None:
    visitor, lab = studio.visitor, studio.lab
    await lab.running()
    second = await lab.start()

    async def queued() -> Exposed | None:
        now = await scraped(visitor)
        return now if now.value("neuralforge_runs_open", state="queued") else None

    now = await visitor.platform.eventually(queued)
    assert now.value("neuralforge_runs_open", state="queued") == 1
    assert now.total("neuralforge_runs_open") == 2
    assert now.value("neuralforge_runs_longest_wait_seconds") > 0
    assert now.value("neuralforge_device_slots", device="cpu", kind="cpu") == 1
    assert now.value("neuralforge_device_slots_used", device="cpu", kind="cpu") == 1
    await lab.cancel(second.id)

    async def empty() -> bool:
        now = await scraped(visitor)
        waited = now.value("neuralforge_runs_longest_wait_seconds")
        return now.value("neuralforge_runs_open", state="queued") == 0 and waited == 0

    assert await visitor.platform.eventually(empty)


async def held_and_metered(lab: Lab) -> tuple[int, int]:
    """Milliseconds, as the organisation's own ledger tells them."""
    answer = await lab.person.call(UsageServiceStub, "GetTrialBalance", billing.GetTrialBalanceRequest())
    cpu = [balance for balance in answer.balances if balance.unit == "ms:cpu"]
    held = sum(balance.amount for balance in cpu if balance.account.endswith(":held"))
    return held, sum(balance.amount for balance in cpu if ":metered:" in balance.account)


async def test_device_time_is_what_the_ledger_says(studio: Studio) -> None:
    visitor, lab = studio.visitor, studio.lab

    async def told() -> tuple[int, int]:
        now = await scraped(visitor)
        held = now.total("neuralforge_held_device_seconds", kind="cpu")
        return round(1000 * held), round(1000 * now.total("neuralforge_metered_device_seconds_total", kind="cpu"))

    run, worker = await lab.running()

    async def held() -> bool:
        return await told() == await held_and_metered(lab) and (await told())[0] > 0

    assert await visitor.platform.eventually(held)
    await worker.complete()
    await lab.until(run.id, RunState.RUN_STATE_COMPLETED)

    async def settled() -> bool:
        return await told() == await held_and_metered(lab) and (await told())[0] == 0 < (await told())[1]

    assert await visitor.platform.eventually(settled)


async def test_what_a_consumer_has_before_it_is_told(opened: Opened) -> None:
    async with opened("graph") as visitor:
        await visitor.register("ada")

        async def taken() -> bool:
            return (await scraped(visitor)).values(
                "neuralforge_consumer_lag_events", consumer="graph-from-workspace"
            ) == [0]

        assert await visitor.platform.eventually(taken)


async def test_however_many_ask_the_databases_are_asked_once_a_second(opened: Opened) -> None:
    async with opened() as visitor:
        answers = await asyncio.gather(*(visitor.http.get("/metrics") for _ in range(20)))
        assert len({answer.text for answer in answers}) <= 3, "each looked for itself"


async def test_labels_are_bounded(studio: Studio) -> None:
    visitor: Visitor = studio.visitor
    await studio.start()
    text = (await visitor.http.get("/metrics")).text
    for name in (studio.lab.person.tenant, studio.lab.person.id, studio.lab.project_id, studio.lab.architecture_id):
        assert name not in text
