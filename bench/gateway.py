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
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx
import uvloop
from starlette.types import ASGIApp, Receive, Scope, Send

from bench.load import Load
from bench.rows import Row
from gateway.app import create_app, server
from gateway.settings import GatewaySettings
from kernel.embedded import EmbeddedServers
from kernel.log_setup import set_up_logging
from kernel.settings import CONTEXTS
from tests.services.launchers import IdleLauncher
from tests.services.platform import Platform, platform
from tests.services.training.lab import Lab, lab_of

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
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="neuralforge-bench-")))
        servers = EmbeddedServers(folder / "servers")
        stack.push_async_callback(servers.stop)
        addresses = await servers.start()
        contexts = ("graph", "dataset", "billing", "training")
        running = await stack.enter_async_context(platform(addresses, folder, *contexts, launcher=IdleLauncher()))
        lab = await lab_of(running)
        for _ in range(RUNS):
            await lab.start()
        url = await stack.enter_async_context(_serving(create_app(_settings(running))))
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
    async with _serving(_bare(answer.content)) as bare:
        rounds: dict[str, list[dict[str, float]]] = {"ours": [], "bare": []}
        for number in range(ROUNDS + 1):
            for name, base in (("ours", url), ("bare", bare)):
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


def _bare(content: bytes) -> ASGIApp:
    """Reads the request and answers these bytes, whatever was asked."""
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            while (await receive()).get("more_body"):
                pass
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": content})

    return app


@asynccontextmanager
async def _serving(app: Any) -> AsyncIterator[str]:
    running = server(app, "127.0.0.1", 0)
    task = asyncio.create_task(running.serve())
    while not running.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    running.should_exit = True
    await task


def _settings(running: Platform) -> GatewaySettings:
    return GatewaySettings(
        requests_per_minute=0,
        addresses=dict.fromkeys(CONTEXTS, running.address),
        nats_url=running.addresses.nats,
        s3_endpoint=running.addresses.s3.endpoint,
    )


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
