"""The event log at work: durable appends, the way to a consumer, and a projection that catches up.

- Appends: 32 writers, each appending one event after the other to a stream of its own, beside 32 connections of the
  same process that INSERT the same row into a table with the same columns and indexes and commit it. Repeats are
  interleaved; the ratio is the median of the ratios of neighbouring repeats (above 1: ours is faster).
- Latency: 100 events a second through relay, JetStream and a consumer with its transaction, from the moment the row
  was written (before its commit) until the consumer has the event.
- Catch-up: billing's real projection over a log of holds, beside merely reading the same events.
"""

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from psycopg.types.json import Jsonb

from bench.rows import Row, Target
from kernel.broker import connect_broker
from kernel.cancellation import cancel
from kernel.clock import timestamp
from kernel.consumer import Consumer
from kernel.database import Connection, Database, provision
from kernel.embedded import Addresses, EmbeddedServers
from kernel.events import EventTypes, type_name
from kernel.log import ANY_VERSION, Append, Recorded, Write
from kernel.postgres_log import PostgresLog
from kernel.projection import Projector
from kernel.relay import Relay
from neuralforge.billing.v1 import events_pb2 as events
from services.billing.projection import PROJECTION

WRITERS = 32
APPEND_SECONDS = 1.5
REPEATS = 7
EVENTS_PER_SECOND = 100
LATENCY_SECONDS = 10
HOLDS = 20_000
TENANTS = 50
TYPES = EventTypes(events)
NOW = timestamp(datetime(2026, 11, 20, tzinfo=UTC))
SCHEMA = Path(__file__).parents[1] / "services" / "billing" / "schema.sql"
PLAIN = "INSERT INTO plain (tenant, stream, version, event_id, type, data, meta) VALUES (%s, %s, %s, %s, %s, %s, %s)"


def measure() -> dict[str, object]:
    """Appends a second, latency in milliseconds, events projected a second."""
    return asyncio.run(_measure())


async def _measure() -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="neuralforge-bench-") as folder:
        servers = EmbeddedServers(Path(folder))
        addresses = await servers.start()
        try:
            appends = await measure_appends(addresses)
            latency = await measure_latency(addresses)
            catch_up = await measure_catch_up(addresses)
        finally:
            await servers.stop()
    return {"appends": appends, "latency": latency, "catch_up": catch_up}


def rows(found: Mapping[str, Any]) -> list[Row]:
    appends, latency, catch_up = found["appends"], found["latency"], found["catch_up"]
    projected, read = catch_up["events_per_second"], catch_up["read_per_second"]
    return [
        Row(
            f"log: durable appends, {WRITERS} writers, beside plain INSERTs",
            "1/s",
            appends["per_second"],
            appends["plain_per_second"],
            appends["ratio"],
            Target("ratio", ">=", 0.8),
        ),
        Row(
            f"log: commit to consumer, p50 at {EVENTS_PER_SECOND} events/s",
            "ms",
            latency["p50_ms"],
            target=Target("ours", "<=", 10),
        ),
        Row(
            "log: projection catch-up, beside reading alone",
            "events/s",
            projected,
            read,
            round(projected / read, 2),
            Target("ours", ">=", 20_000),
        ),
    ]


@asynccontextmanager
async def opened(addresses: Addresses, context: str) -> AsyncIterator[tuple[PostgresLog, Database]]:
    """The log and the database of one context, empty."""
    database = Database(await provision(addresses.postgres, context, "secret"), context)
    await database.open(SCHEMA)
    log = PostgresLog(database, TYPES)
    await log.open()
    try:
        yield log, database
    finally:
        await log.close()
        await database.close()


@dataclass
class Writer:
    """Writes one after the other: `write(how many there were before)`."""

    write: Callable[[int], Awaitable[object]]
    written: int = 0

    async def run(self, seconds: float) -> None:
        deadline = time.perf_counter() + seconds
        while time.perf_counter() < deadline:
            await self.write(self.written)
            self.written += 1


async def measure_appends(addresses: Addresses) -> dict[str, float]:
    async with AsyncExitStack() as stack:
        log, database = await stack.enter_async_context(opened(addresses, "appends"))
        await database.execute("CREATE TABLE plain (LIKE events INCLUDING ALL)")
        connections = [await stack.enter_async_context(await database.connect()) for _ in range(WRITERS)]
        writers = [appending(log, number) for number in range(WRITERS)]
        references = [inserting(connection, number) for number, connection in enumerate(connections)]
        ours, plain = [], []
        for _ in range(REPEATS + 1):
            ours.append(await rate(writers))
            plain.append(await rate(references))
    ratio = statistics.median(a / b for a, b in zip(ours[1:], plain[1:], strict=True))  # the first round warms up
    return {
        "per_second": round(statistics.median(ours[1:])),
        "plain_per_second": round(statistics.median(plain[1:])),
        "ratio": round(ratio, 3),
    }


def appending(log: PostgresLog, number: int) -> Writer:
    def append(version: int) -> Awaitable[object]:
        return log.append(Append([Write("bench", f"account-{number}", version, [placed(f"hold-{version}")])]))

    return Writer(append)


def inserting(connection: Connection, number: int) -> Writer:
    def insert(version: int) -> Awaitable[object]:
        event = placed(f"hold-{version}")
        row = (uuid4(), type_name(event), event.SerializeToString(), Jsonb({}))
        return connection.execute(PLAIN, ("bench", f"account-{number}", version + 1, *row))

    return Writer(insert)


async def rate(writers: Sequence[Writer]) -> float:
    """Writes a second of all writers at once."""
    before, start = sum(writer.written for writer in writers), time.perf_counter()
    await asyncio.gather(*(writer.run(APPEND_SECONDS) for writer in writers))
    return (sum(writer.written for writer in writers) - before) / (time.perf_counter() - start)


async def measure_latency(addresses: Addresses) -> dict[str, float]:
    arrived: list[float] = []

    async def react(recorded: Recorded, connection: Connection) -> None:
        arrived.append((datetime.now(UTC) - recorded.recorded_at).total_seconds() * 1000)

    async with AsyncExitStack() as stack:
        log, database = await stack.enter_async_context(opened(addresses, "source"))
        _, reader = await stack.enter_async_context(opened(addresses, "reader"))
        broker = await connect_broker(addresses.nats, "bench")
        stack.push_async_callback(broker.close)
        consumer = Consumer("reader", "billing", TYPES, react, reader, broker)
        stack.push_async_callback(cancel, asyncio.create_task(Relay("billing", log, database, broker).run()))
        stack.push_async_callback(cancel, asyncio.create_task(consumer.run()))
        await publish_steadily(log, arrived, 1)  # relay and consumer lead from here on
        await publish_steadily(log, arrived, EVENTS_PER_SECOND * LATENCY_SECONDS)
    kept = sorted(arrived[EVENTS_PER_SECOND:])  # the first second warms up
    return {
        "p50_ms": round(kept[len(kept) // 2], 2),
        "p99_ms": round(kept[len(kept) * 99 // 100], 2),
        "events": len(kept),
    }


async def publish_steadily(log: PostgresLog, arrived: Sequence[float], count: int) -> None:
    """Appends at the stated rate, whatever an append takes, and waits until the last event has arrived."""
    start, last, tasks = time.perf_counter(), len(arrived) + count, []
    for number in range(count):
        await asyncio.sleep(start + number / EVENTS_PER_SECOND - time.perf_counter())
        write = Write("bench", f"account-{number % TENANTS}", ANY_VERSION, [placed(f"hold-{number}")])
        tasks.append(asyncio.create_task(log.append(Append([write]))))
    await asyncio.gather(*tasks)
    async with asyncio.timeout(30):
        while len(arrived) < last:
            await asyncio.sleep(0.01)


async def measure_catch_up(addresses: Addresses) -> dict[str, float]:
    async with opened(addresses, "billing") as (log, database):
        for first in range(0, HOLDS, 100):
            await asyncio.gather(*(log.append(life_of_hold(number)) for number in range(first, first + 100)))
        projected, read = [], []
        for _ in range(3):
            start = time.perf_counter()
            await Projector(log, database, PROJECTION).rebuild()
            projected.append(3 * HOLDS / (time.perf_counter() - start))
            start = time.perf_counter()
            await read_everything(log)
            read.append(3 * HOLDS / (time.perf_counter() - start))
    return {"events_per_second": round(statistics.median(projected)), "read_per_second": round(statistics.median(read))}


def life_of_hold(number: int) -> Append:
    hold = placed(f"hold-{number}")
    confirmed = events.HoldConfirmed(hold_id=hold.hold_id, at=hold.at)
    settled = events.HoldSettled(
        hold_id=hold.hold_id,
        device_kind=hold.device_kind,
        held_milliseconds=hold.milliseconds,
        held_micro_dollars=hold.micro_dollars,
        metered_milliseconds=hold.milliseconds // 2,
        metered_micro_dollars=hold.micro_dollars // 2,
        at=hold.at,
        placed_at=hold.at,
    )
    return Append(
        [Write(f"tenant-{number % TENANTS}", f"account-{number % TENANTS}", ANY_VERSION, [hold, confirmed, settled])]
    )


def placed(hold_id: str) -> events.HoldPlaced:
    return events.HoldPlaced(
        hold_id=hold_id, device_kind="t4", milliseconds=3_600_000, micro_dollars=350_000, price=350_000, at=NOW
    )


async def read_everything(log: PostgresLog) -> None:
    position = 0
    while found := await log.read_all(after=position, limit=1000):
        position = found[-1].position


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
