"""Files the tests of this room hand to the command line."""

import json
from pathlib import Path

from tests.services.training.lab import tiny


def valid(folder: Path) -> Path:
    """A small network for the digits."""
    path = folder / "tiny.json"
    path.write_bytes(tiny())
    return path


def invalid(folder: Path) -> Path:
    """A network whose hidden layer has no features."""
    path = folder / "invalid.json"
    path.write_bytes(tiny(hidden={"out_features": 0}))
    return path


def without_numbers(folder: Path) -> Path:
    """A network that takes logarithms of zero: the loss is no number from the first step on."""
    path = folder / "log.json"
    path.write_bytes(tiny().replace(b'"type": "ReLU"', b'"type": "Lambda", "config": {"expression": "log(x - x)"}'))
    return path


NODE = {"id": "a", "type": "ReLU"}
DOCUMENT = {"schema": "neuralforge.blueprint/1", "nodes": [], "edges": []}

# What no reader of blueprints may choke on, by what is wrong with it.
HOSTILE: dict[str, bytes] = {
    "empty": b"",
    "not JSON": b"{",
    "not UTF-8": b'{"schema": "\xff\xfe"}',
    "UTF-16": json.dumps(DOCUMENT).encode("utf-16"),
    "a list": b"[]",
    "null": b"null",
    "another schema": b'{"schema": "neuralforge.blueprint/2", "nodes": [], "edges": []}',
    "no schema": b'{"nodes": [], "edges": []}',
    "nested deep": b'{"schema": "neuralforge.blueprint/1", "meta": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "not a number": b'{"schema": "neuralforge.blueprint/1", "nodes": [], "edges": [], "meta": NaN}',
    "a vast integer": b'{"schema": "neuralforge.blueprint/1", "nodes": [], "edges": [], "meta": '
    + b"9" * 10_000
    + b"}",
    "nodes of another kind": json.dumps(DOCUMENT | {"nodes": 7}).encode(),
    "too many nodes": json.dumps(DOCUMENT | {"nodes": [NODE] * 100_000}).encode(),
}
