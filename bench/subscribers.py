"""1,000 subscribers of one run with 10 messages a second, beside nats-server's own WebSocket fan-out in the same run.

A message is a report of four points, published as the training service publishes it. It goes through nats-server and
the gateway to 1,000 WebSockets with one subscription each, all one person's; for the reference the answer the gateway
makes of it goes through a nats-server with a WebSocket listener on loopback, which exists for this measurement only.
Subscribers and publisher are one other process (`watchers.py`), gateway and services are all in this one. Rounds are
interleaved, medians given. Every message counts as received, as told (`Missed`), or as lost.
"""

import argparse
import asyncio
import json
import resource
import statistics
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import uvloop

from bench.rows import Row, Target
from bench.serving import Generator, cpu, gateway_lab, scratch
from bench.watchers import Broadcast
from kernel.broker import close_broker, connect_broker
from kernel.embedded_server import free_ports
from kernel.log_setup import set_up_logging
from kernel.processes import program
from services.training.live import subject
from tests.services.training.lab import Lab

SUBSCRIBERS, RATE, SECONDS, ROUNDS = 1_000, 10.0, 20.0, 3
WATCH = """subscription($id: ID!) { runProgress(runId: $id) { __typename ... on Run { state }
  ... on RunMetrics { attempt sequence points { series count steps values } } ... on Missed { frames } } }"""
ANSWER = {
    "id": "w",
    "type": "next",
    "payload": {
        "data": {
            "runProgress": {
                "__typename": "RunMetrics",
                "attempt": 1,
                "sequence": "#",
                "points": [
                    {"series": name, "count": 1, "steps": "AQAAAAAAAAA=", "values": "AACAPw=="}
                    for name in ("train/loss", "train/accuracy", "validation/loss", "learning_rate")
                ],
            }
        }
    },
}


def measure(arguments: Sequence[str] | None = None) -> dict[str, object]:
    """Medians of the rounds with the gateway and with nats-server, and what was lost in all of them together."""
    parser = argparse.ArgumentParser(prog="python -m bench.subscribers")
    parser.add_argument("--subscribers", type=int, default=SUBSCRIBERS)
    parser.add_argument("--rate", type=float, default=RATE, help="messages a second")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of publishing in a round")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    chosen = parser.parse_args(arguments)
    allow_sockets(3 * chosen.subscribers + 1_000)
    set_up_logging(level="ERROR")
    return uvloop.run(_measure(chosen.subscribers, chosen.rate, chosen.seconds, chosen.rounds))


def rows(found: Mapping[str, Any]) -> list[Row]:
    ours, reference = found["gateway"], found["nats"]
    what = f"{ours['subscribers']:,} subscribers, {ours['published']} messages each"
    return [
        Row(
            f"live: {what}: lost silently", "messages", ours["lost"], reference["lost"], target=Target("ours", "<=", 0)
        ),
        *(
            Row(
                f"live: {what}: {figure}, beside nats-server's WebSocket",
                "ms",
                ours[f"{figure}_ms"],
                reference[f"{figure}_ms"],
                round(ours[f"{figure}_ms"] / reference[f"{figure}_ms"], 1),
            )
            for figure in ("p50", "p99")
        ),
    ]


def allow_sockets(wanted: int) -> None:
    """Raises this process's limit of open files, which its children inherit; raises ValueError where it may not."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(hard, wanted)))


async def _measure(subscribers: int, rate: float, seconds: float, rounds: int) -> dict[str, object]:
    size = {"subscribers": subscribers, "rate": rate, "seconds": seconds}
    found: dict[str, list[dict[str, float]]] = {"gateway": [], "nats": []}
    with scratch() as folder:
        async with gateway_lab(Path(folder)) as (url, lab), nats_server(Path(folder)) as (pid, broker, socket):
            for _ in range(rounds):
                run, _ = await lab.running()  # each round numbers its reports from 1
                found["gateway"].append(await _round(_ours(url, lab, run.id, size)))
                found["nats"].append(await _round(_reference(broker, socket, size), pid))
                await lab.cancel(run.id)
    return {name: _summary(figures) for name, figures in found.items()} | {"rounds": rounds, **size}


def _ours(url: str, lab: Lab, run_id: str, size: Mapping[str, Any]) -> Broadcast:
    payload = {"query": WATCH, "variables": {"id": run_id}}
    return Broadcast(
        url=url.replace("http", "ws") + "/graphql",
        headers={"sec-websocket-protocol": "graphql-transport-ws"},
        kind="text",
        hello=[
            ("", json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {lab.person.token}"}})),
            ("connection_ack", json.dumps({"id": "w", "type": "subscribe", "payload": payload})),
        ],
        welcome='"Run"',
        broker=lab.platform.addresses.nats,
        subject=subject(lab.person.tenant, run_id),
        **size,
    )


def _reference(broker: str, socket: str, size: Mapping[str, Any]) -> Broadcast:
    connect = 'CONNECT {"verbose":false,"pedantic":false,"user":"bench","pass":"bench"}\r\nSUB live 1\r\nPING\r\n'
    return Broadcast(
        url=socket,
        headers={},
        kind="binary",
        hello=[("INFO", connect)],
        welcome="PONG",
        broker=broker,
        subject="live",
        payload=json.dumps(ANSWER, separators=(",", ":")),
        **size,
    )


async def _round(broadcast: Broadcast, pid: int = 0) -> dict[str, float]:
    """What the watchers say, and microseconds of processor time that a delivery cost the server and the watchers."""
    async with Generator.started("bench.watchers") as generator:
        await generator.ask(msgspec.json.encode(broadcast))
        before = _cpu(pid), generator.cpu
        found: dict[str, float] = json.loads(await generator.ask(b"publish"))
        after = _cpu(pid), generator.cpu
    spent = [1e6 * (late - early) / found["received"] for early, late in zip(before, after, strict=True)]
    return found | {"serving_us_per_delivery": round(spent[0], 1), "watching_us_per_delivery": round(spent[1], 1)}


def _cpu(pid: int) -> float:
    return cpu(pid) if pid else time.process_time()


def _summary(rounds: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Medians, but every message lost, missed or out of order in any round, and the slowest of all."""
    added, most = ("lost", "told_as_missed", "out_of_order", "connections_ended"), ("most_ms", "published_late_ms")
    summary = {key: round(statistics.median(figures[key] for figures in rounds), 2) for key in rounds[0]}
    summary |= {key: sum(figures[key] for figures in rounds) for key in added}
    return summary | {key: round(max(figures[key] for figures in rounds), 2) for key in most}


@asynccontextmanager
async def nats_server(folder: Path) -> AsyncIterator[tuple[int, str, str]]:
    """(process id, address of its clients, address of its WebSockets) of a nats-server that keeps nothing."""
    port, socket_port = free_ports(2)
    config = folder / "nats-websocket.conf"
    config.write_text(
        f'listen: "127.0.0.1:{port}"\nauthorization {{ user: bench, password: bench }}\n'
        f'websocket {{ listen: "127.0.0.1:{socket_port}", no_tls: true, compression: false }}\n'
    )
    log = (folder / "nats-websocket.log").open("wb")
    process = await asyncio.create_subprocess_exec(program("nats-server"), "--config", config, stdout=log, stderr=log)
    try:
        address = f"nats://bench:bench@127.0.0.1:{port}"
        await close_broker(await connect_broker(address, "bench"))
        yield process.pid, address, f"ws://127.0.0.1:{socket_port}"
    finally:
        process.terminate()
        await process.wait()
        log.close()


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
