"""A real worker watched through the gateway: how soon what it logs is seen."""

import time
from datetime import datetime
from statistics import median
from typing import Any

from tests.gateway.conftest import Opened
from tests.gateway.web import Visitor
from tests.services.training.lab import lab_of

START = """
mutation ($architecture: ID!, $dataset: ID!) {
  startRun(architectureId: $architecture, datasetId: $dataset, options: {epochs: 40, batchSize: 4}) {
    ... on Run { id }
  }
}
"""
WATCH = """
subscription ($id: ID!) {
  runProgress(runId: $id) {
    __typename
    ... on Run { state }
    ... on RunLog { lines { at text } }
    ... on RunMetrics { sequence points { series count } }
  }
}
"""
AFTERWARDS = """
query ($id: ID!, $architecture: ID!, $dataset: ID!) {
  run(id: $id) { deviceMilliseconds }
  estimateRun(architectureId: $architecture, datasetId: $dataset, options: {epochs: 40, batchSize: 4}) {
    seconds deviceMilliseconds basis
  }
}
"""
MOST_SECONDS = 0.25
SECONDS_PER_REPORT = 0.1


async def test_what_a_worker_logs_is_seen_soon_and_the_next_run_is_estimated_by_it(opened: Opened) -> None:
    async with opened("graph", "dataset", "billing", "training") as visitor:
        lab = await lab_of(visitor.platform)
        visitor.session = {"access_token": lab.person.token}
        given = {"architecture": lab.architecture_id, "dataset": lab.dataset_id}
        id = (await visitor.ask(START, **given))["startRun"]["id"]
        delays, reports, seconds = await watched(visitor, id)
        print(f"{len(delays)} epochs in {seconds:.1f} s, {reports / seconds:.1f} reports/s with points;")
        print("milliseconds:", sorted(round(1000 * delay) for delay in delays))
        assert median(delays) < MOST_SECONDS
        assert reports <= seconds / SECONDS_PER_REPORT + 2

        async def estimated() -> dict[str, Any] | None:
            found = await visitor.ask(AFTERWARDS, id=id, **given)
            return found if found["estimateRun"]["basis"].startswith("measured in 1 completed run") else None

        found = await visitor.platform.eventually(estimated)
        print(found)
        used, expected = (int(found[name]["deviceMilliseconds"]) for name in ("run", "estimateRun"))
        assert abs(used - expected) <= 2, "the same work again takes the same time"
        assert found["estimateRun"]["seconds"] > expected / 1000, "a worker takes a while to start"


async def watched(visitor: Visitor, id: str) -> tuple[list[float], int, float]:
    """(seconds from each epoch's line to its arrival, reports with points, seconds from the first to the last)."""
    delays: list[float] = []
    arrivals: list[float] = []
    async with visitor.connected() as socket:
        await socket.subscribe("w", WATCH, id=id)
        while (message := await socket.next())["type"] == "next":
            update: dict[str, Any] = message["payload"]["data"]["runProgress"]
            now = time.time()
            if update["__typename"] == "RunMetrics":
                arrivals.append(now)
            for line in update.get("lines", ()):
                if line["text"].startswith("epoch"):
                    delays.append(now - datetime.fromisoformat(line["at"]).timestamp())
    return delays, len(arrivals), arrivals[-1] - arrivals[0]
