"""`neuralforge diff`: what was done between two documents, and what it costs, for people or as JSON for programs."""

import json as json_codec
from collections.abc import Mapping
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

import blueprint
from blueprint.compare import FIGURES, Change, NodeChange
from blueprint.quoting import printable
from cli.documents import read
from cli.told import told


def run(old: Path, new: Path, *, json: bool) -> int:
    """Returns the exit code: 0 the same content, 1 not the same, as diff(1)."""
    before, after = read(old), read(new)
    comparison = blueprint.compare(before, after)
    if json:
        print(json_codec.dumps(comparison.to_json(), indent=2))
    else:
        show(before, comparison, Console())
    return 1 if comparison.edits else 0


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
    table = Table("node", pad_edge=False, box=SIMPLE_HEAD)
    for name in FIGURES:
        table.add_column(_title(name), justify="right", no_wrap=True)
    for change in changes:
        figures = (_changed(change.figures[name]) for name in FIGURES)
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


def _changed(change: Change) -> str:
    if change.before == change.after:
        return _grouped(change.after)
    return f"{_grouped(change.before) or '-'} -> {_grouped(change.after) or '-'}"


def _difference(change: Change) -> str:
    before, after = change.before or "", change.after or ""
    if before == after:
        return ""
    return f"{int(after) - int(before):+,}" if before.isdecimal() and after.isdecimal() else "differs"


def _grouped(count: str | None) -> str:
    return f"{int(count):,}" if count and count.isdecimal() else count or ""
