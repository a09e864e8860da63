"""How far logs are and who lags behind, with all parts there and with one away; what a scrape costs whoever asks."""

import asyncio
from collections.abc import Sequence

import pytest
from prometheus_client.metrics_core import Metric

from kernel.gauges import gauge
from kernel.scrape import Probes, Scrape
from tests.conftest import RunningServers
from tests.gateway.conftest import Opened
from tests.gateway.web import Visitor
from tests.telemetry.exposed import Exposed, read, scraped


async def head(visitor: Visitor) -> int:
    """The newest position of workspace's log, as its tables have it."""
    database = visitor.platform.database("workspace")
    await database.pool.open(wait=True)
    try:
        row = await database.fetch_one("SELECT max(position) FROM events")
        return int(row[0]) if row and row[0] else 0
    finally:
        await database.close()


async def test_positions_follow_the_log(opened: Opened) -> None:
    async with opened() as visitor:
        before = await head(visitor)
        await visitor.register("ada")
        after = await head(visitor)
        assert after > before

        async def caught_up() -> Exposed | None:
            now = await scraped(visitor)
            names = ("log", "projection", "relay")
            at = {now.value(f"neuralforge_{name}_position", context="workspace") for name in names}
            return now if len(at) == 1 and min(at) >= after else None

        now = await visitor.platform.eventually(caught_up, timeout=90)
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

            now = await visitor.platform.eventually(lagging, timeout=90)
            assert now.value("neuralforge_relay_lag_seconds", context="workspace") > 0
            assert now.value("neuralforge_gauges_up", context="workspace") == 1
        finally:
            await servers.restart("nats")

        async def caught_up() -> bool:
            now = await scraped(visitor)
            lag = [now.value(f"neuralforge_relay_lag_{unit}", context="workspace") for unit in ("events", "seconds")]
            return lag == [0, 0] and now.value("neuralforge_broker_connected", context="workspace") == 1

        assert await visitor.platform.eventually(caught_up, timeout=90)


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

            now = await visitor.platform.eventually(lacking, timeout=90)
            assert now.values("neuralforge_log_position") == []
            assert now.values("neuralforge_database_pool_connections", context="workspace", state="used")
        finally:
            await servers.restart("postgres")

        async def back() -> bool:
            return (await scraped(visitor)).value("neuralforge_gauges_up", context="workspace") == 1

        assert await visitor.platform.eventually(back, timeout=90)


async def test_however_many_ask_it_is_looked_up_once_and_anew_when_that_is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    probes, looks = Probes(), 0

    async def probe() -> Sequence[Metric]:
        nonlocal looks
        looks += 1
        await asyncio.sleep(0)
        return []

    probes.add("graph", probe)
    scrape = Scrape(probes)
    monkeypatch.setattr("kernel.scrape.FRESH_SECONDS", 3600.0)
    answers = await asyncio.gather(*(scrape.answer() for _ in range(20)))
    assert (looks, len(set(answers))) == (1, 1)
    monkeypatch.setattr("kernel.scrape.FRESH_SECONDS", 0.0)
    old = Scrape(probes)
    for _ in range(3):
        await old.answer()
    assert looks == 4


async def test_a_part_that_does_not_answer_takes_nothing_from_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    async def slow() -> Sequence[Metric]:
        await asyncio.Event().wait()
        return []

    async def quick() -> Sequence[Metric]:
        found = gauge("seen", "For this test.", "context")
        found.add_metric(["graph"], 1)
        return [found]

    monkeypatch.setattr("kernel.scrape.PROBE_SECONDS", 0.05)
    probes = Probes()
    forget = probes.add("billing", slow)
    probes.add("graph", quick)
    exposed = read((await Scrape(probes).answer()).decode())
    assert exposed.value("neuralforge_seen", context="graph") == 1
    assert exposed.value("neuralforge_gauges_up", context="graph") == 1
    assert exposed.value("neuralforge_gauges_up", context="billing") == 0
    forget()
    assert read((await Scrape(probes).answer()).decode()).values("neuralforge_gauges_up", context="billing") == []
