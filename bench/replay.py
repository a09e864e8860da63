"""All read models from their logs: 10,000, 100,000 and a million events of six contexts, beside reading alone.

The events are those of `bench.histories`, shared out as on a platform at work. Timed is what a rebuild does: reading,
decoding, projecting, writing rows and checkpoints, one context after the other. `exponent` is the slope of time over
events on logarithmic axes: 1 is linear. Drawn into out/replay.png.
"""

import asyncio
import json
import math
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from psycopg.types.json import Jsonb

from bench.histories import SHARES, Happened, history
from bench.rows import Row, Target
from kernel.database import Database, provision
from kernel.embedded import EmbeddedServers
from kernel.events import type_name
from kernel.postgres_log import PostgresLog
from kernel.projection import Projector
from kernel.service import ServiceSpec

SIZES = (10_000, 100_000, 1_000_000)
READ = 1000
COLUMNS = "tenant, stream, version, event_id, type, schema_version, data, meta"
PICTURE = Path("out/replay.png")


def measure(sizes: Sequence[int] = SIZES) -> dict[str, object]:
    """Seconds to replay and to read each number of events, and how they grow."""
    return asyncio.run(_measure(sizes))


async def _measure(sizes: Sequence[int]) -> dict[str, object]:
    measured = []
    with tempfile.TemporaryDirectory(prefix="neuralforge-bench-") as folder:
        servers = EmbeddedServers(Path(folder))
        url = (await servers.start()).postgres
        try:
            for size in sizes:
                measured.append(await _replayed(url, size))
                print(json.dumps(measured[-1]), file=sys.stderr, flush=True)
        finally:
            await servers.stop()
    return {
        "sizes": measured,
        "exponent": exponent([(each["events"], each["replay_seconds"]) for each in measured]),
        "read_exponent": exponent([(each["events"], each["read_seconds"]) for each in measured]),
        "load_average": [round(load, 1) for load in os.getloadavg()],
    }


async def _replayed(url: str, size: int) -> dict[str, Any]:
    """Fills the six logs, reads them and replays them into empty read models."""
    contexts: dict[str, dict[str, float]] = {}
    for context, share in SHARES.items():
        contexts[context] = await _context(url, context, round(size * share))
    return {
        "events": sum(int(each["events"]) for each in contexts.values()),
        "read_seconds": round(sum(each["read_seconds"] for each in contexts.values()), 3),
        "replay_seconds": round(sum(each["replay_seconds"] for each in contexts.values()), 3),
        "contexts": contexts,
    }


async def _context(url: str, context: str, count: int) -> dict[str, float]:
    spec: ServiceSpec = import_module(f"services.{context}.__main__").SPEC
    database = Database(await provision(url, context, "secret"), context)
    await database.open(spec.schema)
    log = PostgresLog(database, spec.types)
    try:
        await fill(url, spec, history(context, count))
        await database.execute("ANALYZE events")
        start = time.perf_counter()
        position = 0
        while events := await log.read_all(after=position, limit=READ):
            position = events[-1].position
        read = time.perf_counter()
        projector = Projector(log, database, spec.projection)
        while await projector.advance():
            pass
        replayed = time.perf_counter()
        rows = await _rows(database, spec)
    finally:
        await database.execute(f"DROP SCHEMA {context} CASCADE")
        await database.close()
    return {
        "events": count,
        "rows": rows,
        "read_seconds": round(read - start, 3),
        "replay_seconds": round(replayed - read, 3),
    }


async def fill(url: str, spec: ServiceSpec, happened: Iterable[Happened]) -> None:
    """By COPY, as the administrator: what is measured is what comes after."""
    versions: dict[tuple[str, str], int] = defaultdict(int)
    statement = f"COPY {spec.context}.events ({COLUMNS}) FROM STDIN"
    async with (
        await psycopg.AsyncConnection.connect(url) as connection,
        connection.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        for tenant, stream, event in happened:
            versions[tenant, stream] += 1
            name = type_name(event)
            version, data = versions[tenant, stream], event.SerializeToString()
            kind = (name, spec.types.schema_version(name))
            await copy.write_row((tenant, stream, version, uuid4(), *kind, data, Jsonb({})))


async def _rows(database: Database, spec: ServiceSpec) -> int:
    rows = 0
    for table in spec.projection.tables:
        found = await database.fetch_one(f"SELECT count(*) FROM {table}")
        rows += found[0] if found else 0
    return rows


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """The slope of the line nearest to the points on logarithmic axes."""
    xs, ys = zip(*((math.log(x), math.log(y)) for x, y in points), strict=True)
    middle_x, middle_y = sum(xs) / len(xs), sum(ys) / len(ys)
    over = sum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys, strict=True))
    slope: float = over / sum((x - middle_x) ** 2 for x in xs)
    return round(slope, 3)


def rows(found: Mapping[str, Any]) -> list[Row]:
    draw(found)
    largest = found["sizes"][-1]
    ours, read = (largest["events"] / largest[f"{what}_seconds"] for what in ("replay", "read"))
    title = f"replay: {largest['events']:,} events into all read models, beside reading alone"
    return [
        Row(title, "events/s", round(ours), round(read), round(ours / read, 2)),
        Row(
            "replay: growth of time with events, exponent",
            "",
            found["exponent"],
            found["read_exponent"],
            target=Target("ours", "<=", 1.1),
        ),
    ]


def draw(found: Mapping[str, Any]) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    events = [each["events"] for each in found["sizes"]]
    figure, axes = pyplot.subplots(figsize=(7, 4.5))
    for name, label in (("replay_seconds", "into all read models"), ("read_seconds", "reading alone")):
        axes.loglog(events, [each[name] for each in found["sizes"]], marker="o", label=label)
    first = found["sizes"][0]
    linear = [first["replay_seconds"] * count / first["events"] for count in events]
    axes.loglog(events, linear, linestyle=":", color="grey", label="linear")
    axes.set(xlabel="events", ylabel="seconds", title=f"Replay, exponent {found['exponent']}")
    axes.legend()
    axes.grid(True, which="both", alpha=0.2)
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(PICTURE, dpi=120, bbox_inches="tight")


if __name__ == "__main__":
    print(json.dumps(measure([int(size) for size in sys.argv[1:]] or SIZES), indent=2))
