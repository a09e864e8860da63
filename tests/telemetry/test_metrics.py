"""Values move as they must: positions, lags while a part is away, queue and slots, device time as the ledger has it."""

import asyncio

from tests.conftest import RunningServers
from tests.gateway.conftest import Opened
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


async def test_however_many_ask_the_databases_are_asked_once_a_second(opened: Opened) -> None:
    async with opened() as visitor:
        answers = await asyncio.gather(*(visitor.http.get("/metrics") for _ in range(20)))
        assert len({answer.text for answer in answers}) <= 3, "each looked for itself"
