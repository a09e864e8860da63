"""`neuralforge merge`: exit 0 clean, 1 with conflicts listed, both with a result; 2 unreadable, without."""

import json
from pathlib import Path

from blueprint import Configure, Edit, Graph, Node, RenameNode, apply, canonical, instantiate, parse
from tests.cli.conftest import Neuralforge, check_sentence
from tests.cli.test_diff import written

BASE = instantiate("digits-cnn")


def three(folder: Path, ours: list[Edit], theirs: list[Edit]) -> tuple[Path, Path, Path]:
    graphs = {"base": BASE, "ours": apply(BASE, ours), "theirs": apply(BASE, theirs)}
    base, mine, other = (written(folder / f"{name}.json", graph) for name, graph in graphs.items())
    return base, mine, other


def test_a_clean_merge_ends_with_0(neuralforge: Neuralforge, tmp_path: Path):
    ours: list[Edit] = [RenameNode("conv2", "middle")]
    theirs: list[Edit] = [Configure("conv2", {"out_channels": 48})]
    said = neuralforge("merge", *three(tmp_path, ours, theirs), "-o", tmp_path / "new" / "out.json")
    assert (said.code, said.err) == (0, "")
    assert said.out.endswith("out.json: merged without conflicts\n")
    expected = apply(BASE, [*theirs, *ours])
    assert canonical(parse((tmp_path / "new" / "out.json").read_bytes())) == canonical(expected)


def test_conflicts_are_listed_and_ours_is_kept(neuralforge: Neuralforge, tmp_path: Path):
    ours: list[Edit] = [Configure("conv2", {"out_channels": 64})]
    theirs: list[Edit] = [Configure("conv2", {"out_channels": 48})]
    said = neuralforge("merge", *three(tmp_path, ours, theirs), "-o", "out.json")
    assert (said.code, said.err) == (1, "")
    assert said.out == (
        "conflict: `out_channels` of node `conv2` is 64 in ours and 48 in theirs; "
        "ours is kept, make it 48 for theirs\nout.json: merged with 1 conflict, ours kept in each\n"
    )
    assert canonical(parse((tmp_path / "out.json").read_bytes())) == canonical(apply(BASE, ours))


def test_conflicts_as_json(neuralforge: Neuralforge, tmp_path: Path):
    ours: list[Edit] = [Configure("conv2", {"out_channels": 64})]
    theirs: list[Edit] = [Configure("conv2", {"out_channels": 48})]
    said = neuralforge("merge", *three(tmp_path, ours, theirs), "-o", "out.json", "--json")
    (conflict,) = json.loads(said.out)["conflicts"]
    assert (said.code, conflict["node"], conflict["field"]) == (1, "conv2", "config.out_channels")
    assert (conflict["base"], conflict["ours"], conflict["theirs"]) == (32, 64, 48)


def test_nothing_is_written_where_a_document_cannot_be_merged(neuralforge: Neuralforge, tmp_path: Path):
    base, ours, _ = three(tmp_path, [], [])
    twins = written(tmp_path / "twins.json", Graph(nodes=(Node("a", "ReLU"), Node("a", "Tanh"))))
    check_sentence(neuralforge("merge", base, ours, twins, "-o", "out.json"), "two nodes share the id `a`")
    check_sentence(neuralforge("merge", base, ours, tmp_path / "none.json", "-o", "out.json"), "there is no file")
    check_sentence(neuralforge("merge", base, ours, ours, "-o", tmp_path), str(tmp_path))
    assert not (tmp_path / "out.json").exists()
