"""`neuralforge demo`: the main job on real input, from an empty page to a settled bill, in one command."""

import os
import time
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import psycopg
import uvloop
from psycopg import sql
from rich.console import Console
from rich.table import Table

from cli.client import Client
from cli.demo_files import write
from cli.demo_job import EMAIL, Outcome, do
from cli.machine import Running, machine
from cli.ports import Ports
from cli.split import Divided, read_replicas, split
from cli.up import stoppable
from kernel.embedded import running_postgres
from kernel.log_setup import set_up_logging
from kernel.processes import secret
from kernel.settings import CONTEXTS, data_folder
from kernel.telemetry import exported

OUT = Path("out/demo")


def run(*, divided: bool = False) -> None:
    """`divided`: on a platform with each service in a process of its own."""
    level = (os.environ.get("NF_LOG_LEVEL") or "WARNING").upper()
    set_up_logging(level=level, json=False)
    with exported("neuralforge"):
        report = uvloop.run(_demo(divided, level))
    if report is None:
        raise SystemExit(130)


async def _demo(divided: bool, level: str) -> dict[str, Any] | None:
    """The report; None when it was interrupted."""
    console = Console()
    started = time.monotonic()
    folder = _folder()
    password = secret(folder / "secrets" / "demo-account")
    report = None
    async with stoppable(), _platform(folder, console, divided, level) as running:
        ready = time.monotonic() - started
        async with Client(running.url) as client:
            new = await client.sign_in(EMAIL, password, "Demo")
            console.print(f"account   {EMAIL}, {'new' if new else 'there already'}; password {password}")
            outcome = await do(client, console)
        seconds = {"setup": ready, **outcome.seconds, "total": time.monotonic() - started}
        report = write(OUT, outcome, seconds, await _event_counts(running.postgres))
    if report:
        _summarise(console, report, outcome)
    return report


def _platform(
    folder: Path, console: Console, divided: bool, level: str
) -> AbstractAsyncContextManager[Running | Divided]:
    if not divided:
        return machine(folder, Ports(), console.print, development=False)
    told = {**os.environ, "NF_LOG_LEVEL": level}
    return split(folder, Ports(), console.print, development=False, replicas=read_replicas(""), environment=told)


def _folder() -> Path:
    """The data folder of `up`, so that its studio shows the demo's run; one of the demo's own beside a running `up`."""
    folder = data_folder(os.environ)
    return folder / "demo" if folder.exists() and running_postgres(folder) else folder


async def _event_counts(url: str) -> Mapping[str, int]:
    """How many events of each type the logs hold."""
    counts: dict[str, int] = {}
    async with await psycopg.AsyncConnection.connect(url) as connection:
        for context in CONTEXTS:
            query = sql.SQL("SELECT type, count(*) FROM {}.events GROUP BY type ORDER BY type")
            rows = await (await connection.execute(query.format(sql.Identifier(context)))).fetchall()
            counts.update(dict(rows))
    return counts


def _summarise(console: Console, report: Mapping[str, Any], outcome: Outcome) -> None:
    table = Table(title="the main job", title_justify="left", show_header=False, pad_edge=False)
    rows = {
        "test accuracy": f"{report['accuracy']:.4f} on {len(report['test_indices'])} images",
        "network": f"{report['parameters']:,} parameters, {report['macs']:,} MACs",
        "trained": f"{report['epochs']} epochs in {report['seconds']['train']:.1f} s, best {outcome.run['bestEpoch']}",
        "ONNX": f"{report['export']['bytes']:,} bytes, max difference {report['export']['max_abs_diff']:.1e}"
        f" on {report['export']['samples']} samples",
        "metered": f"{report['metered_ms']:,} ms, ledger {'in balance' if report['ledger_balanced'] else 'off'}",
        "events": f"{sum(report['events'].values())} in six logs",
        "seconds": f"{report['seconds']['total']:.1f} in all",
        "files": f"{OUT}/",
    }
    for name, value in rows.items():
        table.add_row(name, value)
    console.print(table)
    console.print("next: make up, then log in as the demo account in the studio or over GraphQL")
