"""What the gateway counts: requests by route, WebSockets and subscriptions while they are open, frames it dropped."""

from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest
from nats.aio.msg import Msg

from gateway.app import create_app
from gateway.errors import unexpected
from gateway.live import MOST_FRAMES, Frame, Topic
from tests.conftest import RunningServers
from tests.gateway.conftest import Opened, serving, settings_for
from tests.gateway.web import CLIENT, Visitor
from tests.services.platform import platform
from tests.telemetry.exposed import read, scraped

SURPLUS = 40


@pytest.fixture(autouse=True)
def always_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each scrape looks anew, instead of once a second."""
    monkeypatch.setattr("kernel.scrape.FRESH_SECONDS", 0.0)


class Point(Frame):
    expendable = True


def points(message: Msg) -> Sequence[Frame]:
    return [Point()]


async def test_requests_are_counted_by_the_pattern_of_their_route(opened: Opened) -> None:
    async with opened() as visitor:
        before = await scraped(visitor)
        await visitor.register("ada")
        await visitor.ask("{ me { user { id } } }")
        await visitor.http.get("/files/one/and/another")
        await visitor.http.get("/there/is/no/such/page.txt")
        await visitor.http.request("PROPFIND", "/graphql", headers=CLIENT)
        now = await scraped(visitor)

        def added(name: str, **labels: str) -> float:
            return now.total(name, **labels) - before.total(name, **labels)

        count = "neuralforge_http_duration_seconds_count"
        assert added(count, method="POST", route="/auth/register", code="200") == 1
        assert added(count, method="POST", route="/graphql", code="200") == 1
        assert added(count, method="GET", route="/files/{path:path}") == 1
        assert added(count, method="other", code="405") == 1
        assert added("neuralforge_graphql_duration_seconds_count", kind="query") == 1
        assert added("neuralforge_rpc_duration_seconds_count", context="workspace", code="OK") >= 2
        routes = {sample.labels["route"] for sample in now.families["neuralforge_http_duration_seconds"].samples}
        assert not any("page" in route or "another" in route for route in routes), routes


async def test_a_fault_is_counted(opened: Opened) -> None:
    async with opened() as visitor:
        before = (await scraped(visitor)).value("neuralforge_gateway_faults_total")
        unexpected(ZeroDivisionError())
        assert (await scraped(visitor)).value("neuralforge_gateway_faults_total") == before + 1


async def test_open_sockets_are_counted_until_they_close(opened: Opened) -> None:
    async with opened() as visitor:

        async def open_now(visitor: Visitor) -> float:
            return (await scraped(visitor)).value("neuralforge_websockets_open")

        before = await open_now(visitor)
        async with visitor.socket():
            assert await open_now(visitor) == before + 1

        async def closed() -> bool:
            return await open_now(visitor) == before

        assert await visitor.platform.eventually(closed)


async def test_a_dropped_frame_is_counted(servers: RunningServers, tmp_path: Path) -> None:
    async with platform(servers.addresses, tmp_path) as running:
        app = create_app(settings_for(running))
        async with serving(app) as base, httpx.AsyncClient(base_url=base, trust_env=False, timeout=30) as client:

            async def told(name: str) -> float:
                return read((await client.get("/metrics")).text).value(name)

            dropped, watching = "neuralforge_live_frames_dropped_total", "neuralforge_live_subscribers"
            before, watched = await told(dropped), await told(watching)
            async with app.state.backend.live.watch(Topic("live.telemetry", points)):
                for _ in range(MOST_FRAMES + SURPLUS):
                    await app.state.broker.publish("live.telemetry", b"")

                async def counted() -> bool:
                    return await told(dropped) == before + SURPLUS

                assert await running.eventually(counted)
                assert await told(watching) == watched + 1
