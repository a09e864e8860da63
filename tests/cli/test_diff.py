"""`neuralforge diff`: exit 0, or 2 where a file is unreadable; every edit on a line, every figure in a table."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from blueprint import (
    AddNode,
    Configure,
    Connect,
    Disconnect,
    Edge,
    Edit,
    Graph,
    Group,
    Node,
    RemoveNode,
    RenameNode,
    Replace,
    Within,
    apply,
    edits_from_json,
    instantiate,
    to_document,
)
from tests.cli.conftest import Neuralforge, check_sentence
from tests.cli.documents import HOSTILE, valid

BEFORE = instantiate("digits-cnn")


def written(path: Path, graph: Graph) -> Path:
    path.write_text(json.dumps(to_document(graph)))
    return path


def changed(folder: Path, edits: Iterable[Edit]) -> tuple[Path, Path]:
    return written(folder / "a.json", BEFORE), written(folder / "b.json", apply(BEFORE, edits))


def test_the_same_content_has_no_difference(neuralforge: Neuralforge, tmp_path: Path):
    said = neuralforge("diff", *changed(tmp_path, []))
    assert (said.code, said.out, said.err) == (0, "no difference\n", "")


def test_edits_are_told_line_by_line_with_what_they_cost(neuralforge: Neuralforge, tmp_path: Path):
    edits: list[Edit] = [
        Configure("conv2", {"out_channels": 48, "bias": False}),
        RenameNode("classify", "head"),
        Disconnect(Edge("pool1", "conv3")),
        AddNode(Node("drop1", "Dropout", {"p": 0.1})),
        Connect(Edge("pool1", "drop1")),
        Connect(Edge("drop1", "conv3")),
        Replace("relu1", Node("relu1", "GELU")),
        RemoveNode("dropout"),
    ]
    said = neuralforge("diff", *changed(tmp_path, edits))
    assert (said.code, said.err) == (0, "")
    lines = [" ".join(line.split()) for line in said.out.splitlines()]
    for expected in (
        "rename classify -> head",
        "disconnect pool1 -> conv3",
        "remove dropout: Dropout p=0.25",
        "replace relu1: ReLU -> GELU",
        "add drop1: Dropout p=0.1",
        "set conv2.bias: not set -> false",
        "set conv2.out_channels: 32 -> 48",
        "connect drop1 -> conv3",
        "conv2 +2,272 +147,456 +4,096",
    ):
        assert any(line.startswith(expected) for line in lines), said.out
    assert any(line.startswith("parameters ") and "+" in line for line in lines), said.out


def test_what_happens_inside_a_block_is_told_by_path(neuralforge: Neuralforge, tmp_path: Path):
    edits: list[Edit] = [
        Group(("conv1", "norm1", "relu1"), "stage"),
        Within("stage", (Configure("conv1", {"bias": False}), RenameNode("in", "image"))),
    ]
    said = neuralforge("diff", *changed(tmp_path, edits))
    assert "group      conv1, norm1, relu1 -> stage\n" in said.out
    assert "set        stage/conv1.bias: not set -> false\n" in said.out
    assert "rename     stage/in -> image\n" in said.out


def test_the_comparison_as_json(neuralforge: Neuralforge, tmp_path: Path):
    edits: list[Edit] = [Configure("conv2", {"bias": False})]
    said = neuralforge("diff", *changed(tmp_path, edits), "--json")
    told = json.loads(said.out)
    assert (said.code, told.keys()) == (0, {"edits", "nodes", "totals"})
    assert edits_from_json(told["edits"]) == tuple(edits)
    assert told["nodes"][0]["node"] == "conv2"
    assert told["nodes"][0]["params"] == {"before": "4640", "after": "4608"}
    assert told["totals"]["params"].keys() == {"before", "after"}


def test_names_cannot_colour_the_terminal(neuralforge: Neuralforge, tmp_path: Path):
    edits: list[Edit] = [AddNode(Node("[red]\x1b[31mx\n", "ReLU\x1b", {"\x1b": "\x1b"}))]
    said = neuralforge("diff", *changed(tmp_path, edits))
    assert "\x1b" not in said.out
    assert "add        [red]?[31mx?: ReLU?" in said.out


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_read_is_refused_in_a_sentence(neuralforge: Neuralforge, tmp_path: Path, name: str):
    hostile = tmp_path / "hostile.json"
    hostile.write_bytes(HOSTILE[name])
    check_sentence(neuralforge("diff", valid(tmp_path), hostile), "hostile.json")
    check_sentence(neuralforge("diff", hostile, valid(tmp_path)), "hostile.json")


def test_what_no_edits_lead_to_is_refused_in_a_sentence(neuralforge: Neuralforge, tmp_path: Path):
    twins = written(tmp_path / "twins.json", Graph(nodes=(Node("a", "ReLU"), Node("a", "Tanh"))))
    check_sentence(neuralforge("diff", valid(tmp_path), twins), "two nodes share the id `a`")
    check_sentence(neuralforge("diff", valid(tmp_path), tmp_path / "none.json"), "there is no file")
