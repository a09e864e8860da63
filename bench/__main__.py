"""`python -m bench [NAME ...]`: measures, prints one table, and writes out/bench.json with what it was measured on.

A measurement is a module that prints its figures as JSON (`measure()`) and makes lines of the table of them
(`rows(figures)`). Each runs in a process of its own, so that none measures what another has left behind.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.rows import Row

NAMES = (
    *("startup", "event_log", "replay", "cold_load", "gateway", "attacks", "queries", "subscribers", "telemetry"),
    *("training", "ingest", "engine", "studio"),
)
OUT = Path("out/bench.json")
HEADINGS = ("measurement", "unit", "ours", "reference", "ratio", "target", "met")


def main(chosen: Sequence[str]) -> None:
    if unknown := set(chosen) - set(NAMES):
        sys.exit(f"there is no measurement {', '.join(sorted(unknown))}; choose of {', '.join(NAMES)}")
    figures: dict[str, Any] = {}
    found: list[Row] = []
    for name in chosen or NAMES:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        figures[name] = _measured(name)
        found += import_module(f"bench.{name}").rows(figures[name])
    written = [{**asdict(row), "met": row.met} for row in found]
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps({"machine": machine(), "rows": written, "figures": figures}, indent=2) + "\n")
    Console().print(table(found))


def _measured(name: str) -> Mapping[str, Any]:
    """The figures that the module prints when it runs in a process of its own."""
    command = [sys.executable, "-m", f"bench.{name}"]
    figures: Mapping[str, Any] = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    return figures


def machine() -> Mapping[str, Any]:
    """What it was measured on, and how busy that was with other work."""
    from foundry.reproduce import environment

    known = environment()
    facts = {name: known[name] for name in ("cpu", "cpu_count", "python", "torch", "platform")}
    return {**facts, "load_average": [round(load, 1) for load in os.getloadavg()]}


def table(rows: Sequence[Row]) -> Table:
    shown = Table(pad_edge=False)
    for heading in HEADINGS:
        shown.add_column(heading, justify="right" if heading in ("ours", "reference", "ratio") else "left")
    for row in rows:
        met = {True: "yes", False: "NO", None: ""}[row.met]
        figures = (_spelled(figure) for figure in (row.ours, row.reference, row.ratio))
        shown.add_row(row.measurement, row.unit, *figures, str(row.target or ""), met)
    return shown


def _spelled(figure: float | None) -> str:
    if figure is None:
        return ""
    return f"{figure:,.0f}" if figure >= 1000 else f"{figure:.4g}"


if __name__ == "__main__":
    main(sys.argv[1:])
