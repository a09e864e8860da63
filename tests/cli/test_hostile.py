"""Hostile documents: one clear answer each, within 5 seconds of processor time and 1 GiB of memory."""

import json
import random
import resource
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import blueprint

SECONDS = 5
MEMORY = 2**30
Document = dict[str, Any]


def document(nodes: list[Any], edges: list[Any]) -> Document:
    return {"schema": "neuralforge.blueprint/1", "name": "hostile", "nodes": nodes, "edges": edges}


def chain(*nodes: Document) -> Document:
    ids = [node["id"] for node in nodes]
    return document(list(nodes), [{"source": a, "target": b} for a, b in pairwise(ids)])


def node(id: str, type: str, /, **config: Any) -> Document:
    return {"id": id, "type": type, "config": config}


IN, OUT = node("in", "Input", shape=["B", 3, 8, 8]), node("out", "Output")


def nested(depth: int, repeat: int) -> Document:
    graph = chain(node("i", "Input"), node("c", "Conv2d", out_channels=3, kernel_size=1), node("o", "Output"))
    for _ in range(depth - 1):
        block = {"id": "b", "type": "Block", "config": {"repeat": repeat}, "graph": graph}
        graph = chain(node("i", "Input"), block, node("o", "Output"))
    return chain(IN, {"id": "b", "type": "Block", "config": {"repeat": repeat}, "graph": graph}, OUT)


def star(points: int) -> Document:
    hub = node("hub", "Add")
    arms = [node(f"r{n}", "ReLU") for n in range(points)]
    edges = [{"source": "in", "target": arm["id"]} for arm in arms]
    edges += [{"source": arm["id"], "target": "hub"} for arm in arms] + [{"source": "hub", "target": "out"}]
    return document([IN, *arms, hub, OUT], edges)


def ladder(rungs: int) -> Document:
    """Two ways at every rung: a careless walk takes all of them."""
    nodes, edges, last = [IN], [], "in"
    for n in range(rungs):
        nodes += [node(f"a{n}", "ReLU"), node(f"b{n}", "ReLU"), node(f"s{n}", "Add")]
        edges += [{"source": last, "target": f"{side}{n}"} for side in "ab"]
        edges += [{"source": f"{side}{n}", "target": f"s{n}"} for side in "ab"]
        last = f"s{n}"
    return document([*nodes, OUT], [*edges, {"source": last, "target": "out"}])


def many_names(count: int) -> Document:
    """A sum of more named sizes than a person could read."""
    inputs = [node(f"i{n}", "Input", shape=["B", f"s{n}"]) for n in range(count)]
    edges = [{"source": each["id"], "target": "cat"} for each in inputs] + [{"source": "cat", "target": "out"}]
    return document([*inputs, node("cat", "Concat"), OUT], edges)


def growing(times: int) -> Document:
    """Sizes that multiply at every step."""
    layers = [node(f"f{n}", "Flatten", start_dim=0) for n in range(times)]
    return chain(node("in", "Input", shape=["A", "B", "C", "D", "E", "F", "G", "H"]), *layers, OUT)


def ring(size: int) -> Document:
    found = chain(*[node(f"n{n}", "ReLU") for n in range(size)])
    found["edges"].append({"source": f"n{size - 1}", "target": "n0"})
    return found


CONV = {"out_channels": 4, "kernel_size": 3}
ONE = {"accepted": 0, "refused": 1, "unreadable": 2}

CASES: dict[str, tuple[str, Callable[[], Document | str | bytes], str]] = {
    "empty": ("unreadable", lambda: "", "not JSON"),
    "truncated": ("unreadable", lambda: json.dumps(chain(IN, OUT))[:-20], "not JSON"),
    "a million nodes": ("unreadable", lambda: document([node("r", "ReLU")] * 1_000_000, []), "larger than"),
    "a hundred thousand nodes": ("unreadable", lambda: document([node("r", "ReLU")] * 100_000, []), "at most 20000"),
    "twenty thousand nodes": ("accepted", lambda: chain(IN, *[node(f"r{n}", "ReLU") for n in range(19_998)], OUT), ""),
    "a hundred thousand levels": ("unreadable", lambda: '{"a":' * 100_000, "nested deeper"),
    "blocks too deep": ("unreadable", lambda: nested(60, 1), "nested deeper"),
    "blocks repeated beyond counting": ("accepted", lambda: nested(15, 2**31 - 1), ""),
    "NaN": ("unreadable", lambda: json.dumps(chain(node("in", "Input", shape=[float("nan")]), OUT)), "NaN"),
    "negative": ("refused", lambda: chain(IN, node("c", "Conv2d", out_channels=-4, kernel_size=3), OUT), "-4"),
    "10^30": (
        "refused",
        lambda: chain(IN, node("c", "Conv2d", out_channels=10**30, kernel_size=3), OUT),
        "out_channels",
    ),
    "true for an integer": (
        "refused",
        lambda: chain(IN, node("c", "Conv2d", **CONV, groups=True), OUT),
        "groups is true",
    ),
    "sizes that cannot be stored": (
        "refused",
        lambda: chain(node("in", "Input", shape=[2**31 - 1] * 8), node("f", "Flatten"), OUT),
        "more than 2^31 - 1",
    ),
    "duplicate ids": ("refused", lambda: document([IN, node("in", "ReLU"), OUT], []), "share the id"),
    "ten thousand duplicates": ("refused", lambda: document([node("x", "ReLU")] * 10_000, []), "share the id"),
    "dangling edges": (
        "refused",
        lambda: document([IN, OUT], [{"source": "in", "target": "no"}] * 50_000),
        "there is no node",
    ),
    "unknown fields": ("refused", lambda: document([IN | {f"k{n}": 1 for n in range(20_000)}, OUT], []), "unknown key"),
    "twenty thousand misspelt types": (
        "refused",
        lambda: document([node(f"n{n}", f"TransformerEncoderLayr{n}") for n in range(19_000)], []),
        "which does not exist",
    ),
    "names that look like code": (
        "refused",
        lambda: chain(IN, node('__import__("os").system("id")', "eval(input())", constructor=1), OUT),
        "does not exist",
    ),
    "a name of a megabyte": ("refused", lambda: chain(IN, node("x" * 2**20, "Nothing"), OUT), "xxx..."),
    "a star": ("accepted", lambda: star(9_000), ""),
    "a ladder": ("accepted", lambda: ladder(6_000), ""),
    "a ring": ("refused", lambda: ring(20_000), "runs in a circle"),
    "many names": ("refused", lambda: many_names(5_000), "too long an expression"),
    "products that grow": ("accepted", lambda: growing(1_000), ""),
    "an expression": ("refused", lambda: chain(node("in", "Input", shape=["*".join(["(A + B)"] * 25)]), OUT), "shape"),
    "an equation": ("refused", lambda: chain(IN, node("e", "Einsum", equation="i" * 900), OUT), "Einsum"),
    "a deep lambda": ("refused", lambda: chain(IN, node("l", "Lambda", expression="(" * 900 + "x"), OUT), "Lambda"),
}


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def checked(data: Document | str | bytes, folder: Path) -> subprocess.CompletedProcess[str]:
    file = folder / "hostile.json"
    text = json.dumps(data) if isinstance(data, dict) else data
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    command = [sys.executable, "-m", "cli", "check", str(file), "--json"]
    return subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=limited)


@pytest.mark.parametrize("case", CASES)
def test_a_hostile_document_gets_one_clear_answer(case: str, tmp_path: Path) -> None:
    end, make, words = CASES[case]
    result = checked(make(), tmp_path)
    assert result.returncode == ONE[end], result.stderr[-500:]
    if end == "unreadable":
        assert words in result.stderr
        assert result.stderr.count("\n") <= 2
        assert "Traceback" not in result.stderr
        return
    analysis = json.loads(result.stdout)
    assert analysis["valid"] == (end == "accepted")
    messages = [issue["message"] for issue in analysis["issues"] if issue["severity"] == "error"]
    assert any(words in message for message in messages) == bool(words)
    assert all(len(message) < 2_000 for message in messages)


VALUES: list[Any] = [
    None,
    True,
    -1,
    0,
    1.5,
    10**30,
    "",
    "x",
    "B",
    "__proto__",
    [],
    [[]],
    {},
    {"a": 1},
    [1, "B"],
    float("inf"),
]


def broken(value: Any, chance: random.Random) -> Any:
    """A document with some values exchanged, dropped or repeated."""
    if chance.random() < 0.04:
        return chance.choice(VALUES)
    if isinstance(value, dict):
        return {key: broken(item, chance) for key, item in value.items() if chance.random() > 0.03}
    if isinstance(value, list):
        kept = [broken(item, chance) for item in value if chance.random() > 0.03]
        return kept + kept[:1] if chance.random() < 0.1 else kept
    return value


@pytest.mark.parametrize("name", [template.name for template in blueprint.templates()])
def test_broken_documents_are_refused_in_one_sentence_or_analysed(name: str) -> None:
    whole = blueprint.to_document(blueprint.instantiate(name))
    sentences: list[str] = []
    for seed in range(40):
        data = broken(whole, random.Random(seed))
        try:
            graph = blueprint.parse(data if isinstance(data, dict) else json.dumps(data))
        except blueprint.DocumentError as refusal:
            sentences.append(str(refusal))
            continue
        analysis = blueprint.analyze(graph)
        assert all(issue.message and len(issue.message) < 2_000 for issue in analysis.issues)
        assert analysis.valid or any(issue.severity == "error" for issue in analysis.issues)
    assert all(0 < len(sentence) < 500 for sentence in sentences)
