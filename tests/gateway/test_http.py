"""What stands beside GraphQL: health, the studio's place, and the headers of every answer."""

from tests.conftest import RunningServers
from tests.gateway.conftest import Opened
from tests.gateway.web import Visitor


async def test_it_says_which_part_is_missing(visitor: Visitor) -> None:
    assert (await visitor.http.get("/healthz")).json() == {"healthy": True}
    ready = await visitor.http.get("/readyz")
    assert ready.status_code == 503
    missing = [sentence.split(":")[0] for sentence in ready.json()["missing"]]
    assert missing == ["graph", "dataset", "training", "export", "billing"]


async def test_it_is_ready_when_every_part_answers(opened: Opened) -> None:
    async with opened("graph", "dataset", "training", "export", "billing") as visitor:
        assert (await visitor.http.get("/readyz")).json() == {"ready": True, "missing": []}


async def test_without_a_broker_it_is_not_ready(visitor: Visitor, servers: RunningServers) -> None:
    await servers.kill("nats")
    try:

        async def noticed() -> bool:
            return "nats: not connected" in (await visitor.http.get("/readyz")).json()["missing"]

        assert await visitor.platform.eventually(noticed)
    finally:
        await servers.restart("nats")


async def test_metrics_are_for_prometheus(ada: Visitor) -> None:
    await ada.ask("{ me { user { id } } }")
    metrics = (await ada.http.get("/metrics")).text
    assert 'neuralforge_graphql_duration_seconds_count{kind="query"}' in metrics
    assert "neuralforge_live_frames_dropped_total" in metrics


async def test_every_answer_carries_the_security_headers(visitor: Visitor) -> None:
    for path in ("/", "/healthz", "/nothing", "/files/x"):
        headers = (await visitor.http.get(path)).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"] or path == "/files/x"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers


async def test_an_unknown_address_is_one_sentence(visitor: Visitor) -> None:
    answer = await visitor.http.get("/nothing")
    assert answer.status_code == 404
    assert "/nothing" in answer.json()["error"]["message"]
    assert (await visitor.http.get("/auth/login")).status_code == 405


async def test_without_a_studio_a_page_says_how_to_go_on(visitor: Visitor) -> None:
    page = await visitor.http.get("/")
    assert page.status_code == 200
    assert "The studio is not part of this version yet" in page.text
