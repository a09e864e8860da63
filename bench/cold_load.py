"""An account loaded cold: read and folded from its first event, beside from its newest snapshot.

The account has had 1,000, 10,000 and 100,000 holds, three events each. Timed is `Aggregate.load` in a process that has
not seen the stream; seconds of processor time beside seconds by the clock, as the database works meanwhile.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.histories import START, hold
from bench.replay import exponent, fill
from bench.rows import Row
from kernel.aggregate import Aggregate
from kernel.database import Database, provision
from kernel.embedded import EmbeddedServers
from kernel.postgres_log import PostgresLog
from kernel.snapshots import Snapshots
from services.billing.__main__ import SPEC
from services.billing.domain import Account, evolve
from services.billing.snapshot import FORM

HOLDS = (1_000, 10_000, 100_000)
TENANT = "acme"


def measure(holds: Sequence[int] = HOLDS) -> dict[str, object]:
    """Seconds to load an account of so many holds, from its events and from its snapshot."""
    return asyncio.run(_measure(holds))


async def _measure(holds: Sequence[int]) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="neuralforge-bench-") as folder:
        servers = EmbeddedServers(Path(folder))
        url = (await servers.start()).postgres
        try:
            measured = [await _loaded(url, count) for count in holds]
        finally:
            await servers.stop()
    folded = [(float(each["holds"]), each["folded"]["cpu_seconds"]) for each in measured]
    return {"accounts": measured, "exponent": exponent(folded)}


async def _loaded(url: str, count: int) -> dict[str, Any]:
    database = Database(await provision(url, "billing", "secret"), "billing")
    await database.open(SPEC.schema)
    log = PostgresLog(database, SPEC.types)
    try:
        events = (event for number in range(count) for event in hold(number, TENANT, START))
        await fill(url, SPEC, events)
        folded = await _timed(Aggregate(log, "account", Account(), evolve), count)
        snapshots = Snapshots(database, FORM)
        await Aggregate(log, "account", Account(), evolve, snapshots).load(TENANT, TENANT)
        while await snapshots.newest(TENANT, f"account-{TENANT}") is None:
            await asyncio.sleep(0.05)
        kept = await _timed(Aggregate(log, "account", Account(), evolve, snapshots), count)
    finally:
        await database.execute("DROP SCHEMA billing CASCADE")
        await database.close()
    return {"holds": count, "folded": folded, "snapshot": kept}


async def _timed(accounts: Aggregate[Account], count: int) -> dict[str, float]:
    clock, cpu = time.perf_counter(), time.process_time()
    account = (await accounts.load(TENANT, TENANT)).state
    found = {"seconds": round(time.perf_counter() - clock, 3), "cpu_seconds": round(time.process_time() - cpu, 3)}
    assert len(account.holds) == count
    return found


def rows(found: Mapping[str, Any]) -> list[Row]:
    measured = []
    for each in found["accounts"]:
        ours, reference = each["snapshot"]["cpu_seconds"], each["folded"]["cpu_seconds"]
        title = f"an account of {each['holds']:,} holds, cold, CPU: from its snapshot, beside from its events"
        measured.append(Row(title, "s", ours, reference, round(ours / reference, 2)))
    return measured


if __name__ == "__main__":
    print(json.dumps(measure([int(count) for count in sys.argv[1:]] or HOLDS), indent=2))
