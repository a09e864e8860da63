"""`neuralforge diff`: what was done between two documents, and what it costs, for people or as JSON for programs."""

import json as json_codec
from collections.abc import Mapping
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

import blueprint
from blueprint.compare import Change, NodeChange
from blueprint.quoting import printable
from cli.documents import read
from cli.told import told

SHOWN = ("params", "macs", "activation_bytes")


def run(old: Path, new: Path, *, json: bool) -> int:
    """Returns the exit code, 0: to be different is no failure."""
    before, after = read(old), read(new)
    comparison = blueprint.compare(before, after)
    if json:
        print(json_codec.dumps(comparison.to_json(), indent=2))
    else:
        show(before, comparison, Console())
    return 0


def show(before: blueprint.Graph, comparison: blueprint.Comparison, console: Console) -> None:
    """A line for each edit, the nodes that cost something else than before, and all totals."""
    if not comparison.edits:
        console.print("no difference")
        return
    for line in told(before, comparison.edits):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if comparison.nodes:
        console.print(_nodes(comparison.nodes))
    console.print(_totals(comparison.totals))


def _nodes(changes: tuple[NodeChange, ...]) -> Table:
    """By how much each node's figures changed; a narrow terminal has no room for all of before and after."""
    table = Table("changed by", pad_edge=False, box=SIMPLE_HEAD)
    for name in SHOWN:
        table.add_column(_title(name), justify="right", no_wrap=True)
    for change in changes:
        figures = [_difference(change.figures[name]) for name in SHOWN]
        table.add_row(escape(printable(change.node or f"{change.was} (gone)")), *figures)
    return table


def _totals(totals: Mapping[str, Change]) -> Table:
    table = Table("in total", pad_edge=False, box=SIMPLE_HEAD)
    for heading in ("before", "after", "change"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, change in totals.items():
        table.add_row(_title(name), _grouped(change.before), _grouped(change.after), _difference(change))
    return table


def _title(name: str) -> str:
    return name.replace("_", " ").replace("macs", "MACs").replace("flops", "FLOPs").replace("params", "parameters")


def _difference(change: Change) -> str:
    before, after = change.before or "0", change.after or "0"
    if before == after:
        return ""
    return f"{int(after) - int(before):+,}" if before.isdecimal() and after.isdecimal() else "differs"


def _grouped(count: str | None) -> str:
    return f"{int(count):,}" if count and count.isdecimal() else count or ""
