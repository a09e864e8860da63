"""500 list queries a second for a minute, offered open-loop, beside a bare ASGI handler at that rate in the same run.

The query is the list of 20 runs of `gateway.py`. It is asked of a gateway in one process with all services, as
`neuralforge up` runs them ("together"), and of one in a process of its own, as `up --split` does ("split"; the services
still share one). The load comes from another process over loopback, and each request is timed from when it was due.
Besides latencies stand the answers a second that were reached, and what a request cost in processor time: of services,
of the gateway where it is apart, of PostgreSQL, nats-server and S3, and of the load, for all share the machine's cores.
"""

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import uvloop

from bench.gateway import LIST, RUNS
from bench.offered import Offer, parameters
from bench.rows import Row, Target
from bench.serving import Generator, bare, cpu, cpu_of_servers, gateway_lab, gateway_process, scratch, serving
from kernel.log_setup import set_up_logging
from tests.services.training.lab import Lab

RATE, SECONDS, WARM_UP_SECONDS, CONNECTIONS = 500.0, 60.0, 5.0, 64


def measure(arguments: Sequence[str] | None = None) -> dict[str, object]:
    """What became of the requests, ours and bare, and the milliseconds of processor time each cost."""
    parser = argparse.ArgumentParser(prog="python -m bench.queries")
    parser.add_argument("--rate", type=float, default=RATE, help="requests offered a second")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    chosen = parser.parse_args(arguments)
    set_up_logging(level="ERROR")
    return uvloop.run(_measure(chosen.rate, chosen.seconds, chosen.connections))


def rows(found: Mapping[str, Any]) -> list[Row]:
    return [row for name in ("together", "split") for row in _rows(name, found[name], found["bare"], found["rate"])]


def _rows(name: str, ours: Mapping[str, Any], bare: Mapping[str, Any], rate: float) -> list[Row]:
    what = f"GraphQL: list of {RUNS} runs at {rate:g}/s, {name}"
    reached = Target("ours", ">=", 0.99 * rate) if name == "split" else None
    return [
        Row(f"{what}: answers", "1/s", ours["answers_per_second"], bare["answers_per_second"], None, reached),
        Row(f"{what}: not answered, or with errors", "requests", ours["offered"] - ours["answered"]),
        *(
            Row(f"{what}: {figure}, beside bare ASGI", "ms", ours[key], bare[key], round(ours[key] / bare[key], 1))
            for figure, key in (("p50", "p50_ms"), ("p95", "p95_ms"))
        ),
        Row(f"{what}: processor time of all", "ms", ours["cpu_ms"]["all"], bare["cpu_ms"]["all"]),
    ]


async def _measure(rate: float, seconds: float, connections: int) -> dict[str, object]:
    with scratch() as folder:
        async with gateway_lab(Path(folder)) as (url, lab):
            for _ in range(RUNS):
                await lab.start()
            offer, answer = await _asked(url, lab, rate, seconds, connections)
            async with serving(bare(answer)) as beside:
                reference = await _offered(replace(offer, url=f"{beside}/graphql"))
            together = await _offered(offer)
            async with gateway_process(lab) as (apart, pid):
                split = await _offered(replace(offer, url=f"{apart}/graphql"), pid)
    found = {"together": together, "split": split, "bare": reference}
    return {"rate": rate, "seconds": seconds, "bytes": len(answer), **found}


async def _asked(url: str, lab: Lab, rate: float, seconds: float, connections: int) -> tuple[Offer, bytes]:
    """(what is offered, the bytes of its answer)"""
    headers = {"authorization": f"Bearer {lab.person.token}", "x-nf-client": "bench"}
    headers |= {"content-type": "application/json"}
    body = json.dumps({"query": LIST, "variables": {"project": lab.project_id}})
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        answer = await client.post(f"{url}/graphql", content=body, headers=headers)
    assert "errors" not in answer.json(), answer.text
    return Offer(f"{url}/graphql", headers, body, rate, seconds, connections), answer.content


async def _offered(offer: Offer, gateway: int = 0) -> dict[str, Any]:
    """What became of it. `gateway`: the process of one that is apart."""
    async with Generator.started("bench.offered") as generator:
        await generator.ask(parameters(replace(offer, seconds=min(WARM_UP_SECONDS, offer.seconds))))
        before = _cpu(generator, gateway)
        found: dict[str, Any] = json.loads(await generator.ask(parameters(offer)))
        spent = {name: seconds - before[name] for name, seconds in _cpu(generator, gateway).items()}
    spent["all"] = sum(spent.values())
    answered = max(1, found["answered"])
    return found | {"cpu_ms": {name: round(1000 * seconds / answered, 3) for name, seconds in spent.items()}}


def _cpu(generator: Generator, gateway: int) -> dict[str, float]:
    """Seconds so far, by whose."""
    apart = {"gateway": cpu(gateway)} if gateway else {}
    servers = cpu_of_servers(generator.process.pid, gateway)
    return {"serving": time.process_time(), **apart, "servers": servers, "load": generator.cpu}


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
