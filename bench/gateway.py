"""GraphQL through gateway, gRPC and database, beside a bare ASGI handler that answers the same bytes in the same run.

Two operations: a list of 20 runs with 8 fields each, and startRun (which asks graph, dataset and billing). Services,
gateway and the bare handler share one process, as `neuralforge up` runs them, each server on a port of its own; the
load comes from another process over loopback: CONNECTIONS connections, each sending its next request when it has its
answer. Rounds are interleaved, medians are given. CPU is that of the serving process (services, relays and projectors
included, PostgreSQL and NATS not); latencies are as the client sees them.
"""

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx
import uvloop

from bench.load import Load
from bench.rows import Row
from bench.serving import bare, gateway_lab, scratch, serving
from kernel.log_setup import set_up_logging
from tests.services.training.lab import Lab

RUNS = 20
ROUNDS = 3
CONNECTIONS = 4
LISTS, STARTS = 60, 8  # requests of each connection in a round
LIST = """query($project: ID!) { runs(projectId: $project, first: 20) {
  nodes { id name state attempt device createdAt deviceMilliseconds bestValidationAccuracy } } }"""
START = """mutation($architecture: ID!, $dataset: ID!) { startRun(architectureId: $architecture, datasetId: $dataset) {
  ... on Run { id state createdAt } ... on Refusal { message } } }"""


def measure() -> dict[str, object]:
    """Milliseconds of CPU per request, p50 and p95 of both operations, ours and bare, and their ratios."""
    set_up_logging(level="ERROR")
    return uvloop.run(_measure())


def rows(found: Mapping[str, Any]) -> list[Row]:
    operations = {"list": f"list of {RUNS} runs x 8 fields", "start_run": "create run"}
    figures = {"cpu_ms": "CPU", "p95_ms": "p95"}
    return [
        Row(
            f"GraphQL: {title}, {what}, beside bare ASGI",
            "ms",
            found[operation]["ours"][figure],
            found[operation]["bare"][figure],
            found[operation]["ratio"][figure],
        )
        for operation, title in operations.items()
        for figure, what in figures.items()
    ]


async def _measure() -> dict[str, object]:
    with scratch() as folder:
        async with gateway_lab(Path(folder)) as (url, lab):
            for _ in range(RUNS):
                await lab.start()
            return await _operations(url, lab)


async def _operations(url: str, lab: Lab) -> dict[str, object]:
    chosen = {"architecture": lab.architecture_id, "dataset": lab.dataset_id}
    return {
        "list": await _compare(url, lab, LIST, {"project": lab.project_id}, LISTS),
        "start_run": await _compare(url, lab, START, chosen, STARTS),
        "rounds": ROUNDS,
        "connections": CONNECTIONS,
    }


async def _compare(url: str, lab: Lab, query: str, variables: dict[str, str], requests: int) -> dict[str, object]:
    headers = {"authorization": f"Bearer {lab.person.token}", "x-nf-client": "bench"}
    headers |= {"content-type": "application/json"}
    body = json.dumps({"query": query, "variables": variables})
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        answer = await client.post(f"{url}/graphql", content=body, headers=headers)
    assert "errors" not in answer.json(), answer.text
    async with serving(bare(answer.content)) as beside:
        rounds: dict[str, list[dict[str, float]]] = {"ours": [], "bare": []}
        for number in range(ROUNDS + 1):
            for name, base in (("ours", url), ("bare", beside)):
                figures = await _round(Load(f"{base}/graphql", headers, body, requests, CONNECTIONS))
                if number:  # the first warms up
                    rounds[name].append(figures)
    medians = {name: _medians(found) for name, found in rounds.items()}
    ratios = {key: round(value / medians["bare"][key], 1) for key, value in medians["ours"].items()}
    return {**medians, "ratio": ratios, "bytes": len(answer.content)}


def _medians(rounds: list[dict[str, float]]) -> dict[str, float]:
    return {key: round(statistics.median(figures[key] for figures in rounds), 3) for key in rounds[0]}


async def _round(load: Load) -> dict[str, float]:
    """Milliseconds: CPU of this process per request, and what half and 95 % of the requests took the client."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.load", stdin=pipe, stdout=pipe)
    assert process.stdin
    assert process.stdout
    await process.stdout.readline()
    before = time.process_time()
    process.stdin.write(json.dumps(asdict(load)).encode() + b"\n")
    times = json.loads(await process.stdout.readline())
    cpu = time.process_time() - before
    await process.wait()
    cuts = statistics.quantiles(times, n=20)
    return {"cpu_ms": cpu * 1000 / len(times), "p50_ms": cuts[9] * 1000, "p95_ms": cuts[18] * 1000}


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
