"""`neuralforge catalogue`: the layers there are, and what is to be known of each."""

import json as json_codec

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

import blueprint
from blueprint import reference
from blueprint.catalogue import layer_of, similar_type
from blueprint.quoting import quoted
from cli.failures import Failure


def run(type: str | None, *, json: bool) -> None:
    if type is None:
        _list(json=json)
        return
    layer = layer_of(type)
    if layer is None:
        near = similar_type(type)
        mend = f"did you mean {near}?" if near else "`neuralforge catalogue` lists all there are"
        raise Failure(f"there is no layer {quoted(type)}; {mend}")
    if json:
        layers: object = blueprint.catalogue_json()["layers"]
        assert isinstance(layers, dict)
        print(json_codec.dumps({layer.type: layers[layer.type]}, indent=2))
    else:
        _show(layer, Console())


def _list(*, json: bool) -> None:
    if json:
        print(json_codec.dumps(blueprint.catalogue_json(), indent=2))
        return
    console = Console()
    for category, layers in reference.families().items():
        table = Table(Column("layer", no_wrap=True), "what it does", pad_edge=False, box=SIMPLE_HEAD)
        table.title, table.title_justify = reference.title(category), "left"
        for layer in layers:
            table.add_row(layer.type, escape(layer.doc))
        console.print(table)


def _show(layer: blueprint.Layer, console: Console) -> None:
    """One layer: what it does, its ports, its settings, its worked example, and how PyTorch spells it."""
    console.print(f"[bold]{layer.type}[/] ({layer.category}): {escape(layer.doc)}", highlight=False)
    lines = {
        "inputs": ", ".join(reference.entering(layer)) or "none",
        "outputs": ", ".join(reference.leaving(layer)) or "none",
        "PyTorch": reference.in_pytorch(layer),
        "also called": ", ".join(reference.other_names(layer)),
    }
    for name, text in lines.items():
        if text:
            console.print(f"{name}: {text}", markup=False, highlight=False)
    if layer.fields:
        console.print(_settings(layer))
    for line in reference.example(layer):
        console.print(f"example: {line}" if line.startswith(("settings", "no ")) else f"  {line}", markup=False)


def _settings(layer: blueprint.Layer) -> Table:
    table = Table(Column("setting", no_wrap=True), "may be", "when omitted", "unit", "meaning", pad_edge=False)
    table.box = SIMPLE_HEAD
    for row in reference.settings(layer):
        table.add_row(*map(escape, row))
    return table
