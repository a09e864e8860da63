"""What telemetry costs: processor time of `neuralforge up` at rest and for each request, beside the same without it.

Four ways, in turn, several rounds, medians: nothing; spans exported to a collector on loopback; /metrics scraped once a
second; both. Each is a start of its own on the same data folder, with somebody who signs in anew. Processor time is
that of the whole process tree, PostgreSQL, nats-server and S3 included, collector, scraper and load not. The requests
are a list of architectures, which reads, and the creation of one, which ends in events, their publication and other
services' reactions; what the platform uses at rest in that way meanwhile is taken off.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from functools import partial
from typing import Any

import httpx

from bench.load import Load
from bench.rows import Row
from bench.running import cpu_seconds, up
from tests.telemetry.receiver import Receiver, receiving

ROUNDS, IDLE_SECONDS, READS, WRITES = 3, 20.0, 400, 100
SETTLE_SECONDS, SCRAPE_SECONDS = 5.0, 1.0
TAIL_SECONDS = 7.0  # what requests leave behind belongs to them: spans wait up to 5 s for company, events are consumed
CONNECTIONS = 4
WAYS = {"nothing": (False, False), "exported": (True, False), "scraped": (False, True), "both": (True, True)}
TITLES = {"exported": "spans exported", "scraped": "scraped each second", "both": "exported and scraped"}
FIGURES = {
    "idle_percent": ("idle CPU", "% of a core"),
    "read_ms": ("CPU of a list", "ms"),
    "write_ms": ("CPU of a creation", "ms"),
}
READ = "query($project: ID!) { architectures(projectId: $project, first: 20) { nodes { id name } } }"
WRITE = """mutation($project: ID!) { createArchitecture(projectId: $project) {
  ... on Architecture { id } ... on Refusal { message } } }"""
PROJECT = 'mutation { createProject(name: "bench") { ... on Project { id } } }'


def measure(arguments: Sequence[str] | None = None) -> dict[str, object]:
    """Medians by way: percent of a core at rest, milliseconds a request, and what left by each of the two."""
    parser = argparse.ArgumentParser(prog="python -m bench.telemetry")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seconds", type=float, default=IDLE_SECONDS, help="at rest")
    parser.add_argument("--reads", type=int, default=READS, help="lists")
    parser.add_argument("--writes", type=int, default=WRITES, help="creations")
    chosen = parser.parse_args(arguments)
    rounds: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory(prefix="neuralforge-bench-") as folder:
        with up(folder):
            pass  # makes the data folder
        for _ in range(chosen.rounds):
            for way, (export, scrape) in WAYS.items():
                rounds[way].append(_one(folder, chosen, export=export, scrape=scrape))
    return {way: _medians(found) for way, found in rounds.items()} | vars(chosen)


def rows(found: Mapping[str, Any]) -> list[Row]:
    plain = found["nothing"]
    return [
        Row(f"up: {what}, {title}", unit, found[way][key], plain[key], round(found[way][key] / plain[key], 2))
        for key, (what, unit) in FIGURES.items()
        for way, title in TITLES.items()
    ]


def _medians(rounds: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {key: round(statistics.median(figures[key] for figures in rounds), 3) for key in rounds[0]}


def _one(folder: str, chosen: argparse.Namespace, *, export: bool, scrape: bool) -> dict[str, float]:
    """The figures of one start."""
    with ExitStack() as stack:
        collector = stack.enter_context(receiving())
        told = {"NF_REQUESTS_PER_MINUTE": "0"} | ({"OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint} if export else {})
        running = stack.enter_context(up(folder, told))
        headers, project = _signed_in(running.url)
        scrapes = stack.enter_context(_scraping(running.url)) if scrape else []
        _send(_load(running.url, headers, READ, project, CONNECTIONS))  # warms up
        time.sleep(SETTLE_SECONDS)
        pid = running.process.pid
        idle, _ = _used(pid, partial(time.sleep, chosen.seconds))
        share = idle / chosen.seconds
        figures = {"idle_percent": 100 * share}
        for key, query, requests in (("read_ms", READ, chosen.reads), ("write_ms", WRITE, chosen.writes)):
            load = _load(running.url, headers, query, project, requests)
            used, seconds = _used(pid, partial(_send, load, TAIL_SECONDS))
            figures[key] = 1000 * (used - share * seconds) / requests
        return figures | _left(collector, scrapes, export=export, scrape=scrape)


def _left(collector: Receiver, scrapes: Sequence[int], *, export: bool, scrape: bool) -> dict[str, float]:
    """How much left: a way that was silent would have measured nothing."""
    spans = len(collector.spans)
    assert bool(spans) == export, f"{spans} spans came"
    assert bool(scrapes) == scrape, f"{len(scrapes)} scrapes"
    return {"spans": spans, "scrapes": len(scrapes), "scrape_bytes": max(scrapes, default=0)}


def _used(pid: int, act: Callable[[], None]) -> tuple[float, float]:
    """(seconds of processor time, seconds by the clock) while `act` ran."""
    before, start = cpu_seconds(pid).total(), time.perf_counter()
    act()
    return cpu_seconds(pid).total() - before, time.perf_counter() - start


def _signed_in(url: str) -> tuple[dict[str, str], str]:
    """The headers of somebody new, and a project of theirs."""
    with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        person = {"email": f"{time.time_ns()}@example.com", "password": "correct horse battery", "name": "Bench"}
        token = client.post("/auth/register", json=person).raise_for_status().json()["access_token"]
        headers = {"authorization": f"Bearer {token}", "x-nf-client": "bench", "content-type": "application/json"}
        made = client.post("/graphql", json={"query": PROJECT}, headers=headers).raise_for_status().json()
    return headers, made["data"]["createProject"]["id"]


def _load(url: str, headers: dict[str, str], query: str, project: str, requests: int) -> Load:
    body = json.dumps({"query": query, "variables": {"project": project}})
    return Load(f"{url}/graphql", headers, body, requests // CONNECTIONS, CONNECTIONS)


def _send(load: Load, tail: float = 0) -> None:
    """From another process; returns `tail` seconds after all are answered."""
    subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=json.dumps(asdict(load)) + "\n",
        stdout=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    time.sleep(tail)


@contextmanager
def _scraping(url: str) -> Iterator[Sequence[int]]:
    """Asks for /metrics each second; yields the bytes of the answers so far."""
    sizes: list[int] = []
    done = threading.Event()

    def scrape() -> None:
        with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
            while not done.wait(SCRAPE_SECONDS):
                sizes.append(len(client.get("/metrics").raise_for_status().content))

    thread = threading.Thread(target=scrape, name="scraper")
    thread.start()
    try:
        yield sizes
    finally:
        done.set()
        thread.join()


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
