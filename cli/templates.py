"""`neuralforge templates`: what there is to start from, and documents made from it."""

import json as json_codec
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

import blueprint
from cli.failures import Failure


def run(name: str | None, parameters: Sequence[str], output: Path | None, *, json: bool) -> None:
    if name is None:
        _list(json=json)
        return
    graph = blueprint.instantiate(name, dict(_parameter(text) for text in parameters))
    text = json_codec.dumps(blueprint.to_document(graph), indent=2) + "\n"
    if output is None:
        print(text, end="")
    else:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text)


def _list(*, json: bool) -> None:
    found = blueprint.templates()
    if json:
        print(json_codec.dumps([_described(template) for template in found], indent=2))
        return
    table = Table(Column("name", no_wrap=True), "parameters", "summary", pad_edge=False)
    for template in found:
        settings = ", ".join(f"{p.name}={p.default}" for p in template.parameters)
        table.add_row(template.name, escape(settings), escape(template.summary))
    Console().print(table)


def _described(template: blueprint.Template) -> dict[str, object]:
    parameters = [asdict(parameter) for parameter in template.parameters]
    return {"name": template.name, "title": template.title, "summary": template.summary, "parameters": parameters}


def _parameter(text: str) -> tuple[str, object]:
    """`width=32` as ("width", 32); values that are no JSON are texts."""
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise Failure(f"--param {text!r} is not of the form key=value")
    try:
        return key, json_codec.loads(value)
    except ValueError:
        return key, value
