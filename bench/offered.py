"""HTTP load at a fixed rate from a process of its own, whatever becomes of the answers.

Each request is due at a time that was fixed beforehand, and is timed from then: one that had to wait because those
before it took long counts with its waiting (no coordinated omission). Reads an Offer as JSON, says what became of it.
"""

import asyncio
import dataclasses
import json
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import uvloop

from bench.load import Connection

PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class Offer:
    """POSTs of one body, `rate` a second for `seconds`, over at most `connections` at a time."""

    url: str
    headers: dict[str, str]
    body: str
    rate: float
    seconds: float
    connections: int

    @property
    def requests(self) -> int:
        return round(self.rate * self.seconds)


@dataclass
class Outcome:
    seconds: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    late: float = 0.0


async def send(offer: Offer) -> dict[str, object]:
    """How many requests were offered, answered and refused, milliseconds from when they were due, answers a second."""
    due: asyncio.Queue[float] = asyncio.Queue()
    outcome = Outcome()
    connections = [
        await Connection.to(offer.url, offer.headers, offer.body) for _ in range(min(offer.connections, offer.requests))
    ]
    serving = [asyncio.create_task(_serve(connection, due, outcome)) for connection in connections]
    start = time.perf_counter()
    await _offer(offer, start, due, outcome)
    try:
        await asyncio.wait_for(due.join(), PATIENCE_SECONDS)
    except TimeoutError:
        outcome.faults.append(f"{due.qsize()} requests had not been sent {PATIENCE_SECONDS:g} s after the last was due")
    elapsed = time.perf_counter() - start
    for task in serving:
        task.cancel()
    return {
        "offered": offer.requests,
        "answered": len(outcome.seconds),
        "faults": len(outcome.faults),
        "first_faults": outcome.faults[:3],
        "answers_per_second": round(len(outcome.seconds) / elapsed, 1),
        "offered_late_ms": round(outcome.late * 1000, 2),
        **_percentiles(outcome.seconds),
    }


async def _offer(offer: Offer, start: float, due: "asyncio.Queue[float]", outcome: Outcome) -> None:
    for number in range(offer.requests):
        at = start + number / offer.rate
        if (wait := at - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        outcome.late = max(outcome.late, time.perf_counter() - at)
        due.put_nowait(at)


async def _serve(connection: Connection, due: "asyncio.Queue[float]", outcome: Outcome) -> None:
    while True:
        at = await due.get()
        if fault := await connection.post():
            outcome.faults.append(fault[:200].decode(errors="replace"))
        else:
            outcome.seconds.append(time.perf_counter() - at)
        due.task_done()


def _percentiles(seconds: Sequence[float]) -> dict[str, float]:
    if len(seconds) < 2:
        return {}
    cuts = statistics.quantiles(seconds, n=100)
    chosen = {"p50_ms": cuts[49], "p95_ms": cuts[94], "p99_ms": cuts[98], "most_ms": max(seconds)}
    return {name: round(value * 1000, 2) for name, value in chosen.items()}


def parameters(offer: Offer) -> bytes:
    """The line that asks for it."""
    return json.dumps(dataclasses.asdict(offer)).encode()


if __name__ == "__main__":
    print("started", flush=True)
    for line in sys.stdin:
        print(json.dumps(uvloop.run(send(Offer(**json.loads(line))))), flush=True)
