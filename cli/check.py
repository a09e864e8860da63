"""`neuralforge check`: the analysis of a document, as a table for people or as JSON for programs."""

import json as json_codec
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

import blueprint
from blueprint.ordering import order
from cli.documents import read
from cli.failures import Failure


def run(file: Path, *, json: bool, batch: int, precision: str, optimizer: str) -> int:
    """Returns the exit code: 0 valid, 1 invalid."""
    graph = read(file)
    try:
        analysis = blueprint.analyze(graph, batch=batch, precision=precision, optimizer=optimizer)
    except ValueError as error:
        raise Failure(str(error)) from error
    if json:
        print(json_codec.dumps(analysis.to_json(), indent=2))
    else:
        show(graph, analysis.to_json(), Console())
    return 0 if analysis.valid else 1


def show(graph: blueprint.Graph, document: Mapping[str, Any], console: Console) -> None:
    """Nodes with output shapes and figures, the totals, and every issue of an analysis in its JSON form."""
    table = Table(title=escape(_printable(graph.name)), title_justify="left", pad_edge=False, box=SIMPLE_HEAD)
    for heading in ("node", "type"):
        table.add_column(heading, overflow="fold")
    table.add_column("output", no_wrap=True)
    for heading in ("parameters", "MACs"):
        table.add_column(heading, justify="right", no_wrap=True)
    _add_rows(table, graph, document["nodes"], "")
    console.print(table)
    totals = {name: _grouped(value) for name, value in document["totals"].items()}
    console.print(", ".join(f"{name.replace('_', ' ')} {value}" for name, value in totals.items()))
    for issue in document["issues"]:
        console.print(f"{issue['severity']}: {issue['message']}", markup=False, highlight=False)
    console.print("valid" if document["valid"] else "not valid")


def _add_rows(table: Table, graph: blueprint.Graph, analysed: Mapping[str, Any], prefix: str) -> None:
    """A row for each node in running order; those inside a Block are indented below it, as one copy."""
    nodes = {node.id: node for node in graph.nodes}
    for node in [nodes[id] for id in _flow(graph) if id in nodes]:
        figures = analysed.get(prefix + node.id, {})
        outputs = " ".join(_shape(output["shape"]) for output in figures.get("outputs", {}).values())
        counts = _grouped(figures.get("params")), _grouped(figures.get("macs"))
        repeat = f" x {node.config['repeat']}" if node.config.get("repeat", 1) != 1 else ""
        indent = "  " * prefix.count("/")
        table.add_row(indent + escape(_printable(node.id)), escape(_printable(node.type)) + repeat, outputs, *counts)
        if node.graph is not None:
            _add_rows(table, node.graph, analysed, f"{prefix}{node.id}/")


def _flow(graph: blueprint.Graph) -> list[str]:
    """Node ids from inputs to outputs, whatever order the document has them in."""
    sources: dict[str, list[str]] = {node.id: [] for node in graph.nodes}
    for edge in graph.edges:
        if edge.source in sources and edge.target in sources:
            sources[edge.target].append(edge.source)
    return order(sources)[0]


def _printable(text: str) -> str:
    """The text without what could move a terminal's cursor or change its colours."""
    return "".join(character for character in text if character.isprintable())


def _shape(shape: list[object]) -> str:
    return "(" + ", ".join(map(str, shape)) + ")"


def _grouped(count: str | None) -> str:
    return f"{int(count):,}" if count and count.isdecimal() else count or ""
