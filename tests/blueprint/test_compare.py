"""A comparison tells the edits and what they cost, node by node and in total."""

from hypothesis import given

from blueprint import (
    Configure,
    Edit,
    Graph,
    Group,
    RemoveNode,
    RenameNode,
    Ungroup,
    Within,
    analyze,
    apply,
    canonical,
    compare,
    instantiate,
)
from blueprint.compare import pairs
from tests.blueprint.changes import edited


def test_nodes_are_compared_with_what_they_were_called() -> None:
    before = instantiate("digits-cnn")
    done: list[Edit] = [Configure("conv2", {"out_channels": 48}), RenameNode("conv3", "last"), RemoveNode("dropout")]
    told = compare(before, apply(before, done))
    changes = {change.node or change.was: change for change in told.nodes}
    assert changes["conv2"].figures["params"].to_json() == {"before": "4640", "after": "6960"}
    assert (changes["last"].was, changes["last"].figures["params"].before) == ("conv3", "18496")
    assert changes["dropout"].to_json()["node"] is None
    assert "conv1" not in changes
    assert told.totals["params"].before == str(analyze(before).totals.params)
    assert told.totals["macs"].after == str(analyze(apply(before, done)).totals.macs)
    assert len(told.to_json()["edits"]) == len(told.edits)  # type: ignore[arg-type]


def test_a_node_is_the_same_inside_a_block() -> None:
    before = instantiate("digits-cnn")
    grouped = apply(before, [Group(("conv1", "norm1", "relu1"), "stage")])
    changed = apply(grouped, [Within("stage", (Configure("conv1", {"bias": False}),))])
    told = {change.node: change for change in compare(before, changed).nodes}
    assert (told["stage/conv1"].was, told["stage/conv1"].figures["params"].after) == ("conv1", "144")
    assert told["stage"].was is None
    back = compare(changed, apply(changed, [Ungroup("stage")])).nodes
    assert [(change.node, change.was) for change in back] == [(None, "stage"), (None, "stage/in"), (None, "stage/out")]


@given(edited())
def test_every_node_of_both_is_in_one_pair(change: tuple[Graph, tuple[Edit, ...]]) -> None:
    graph, done = change
    found = pairs(graph, apply(graph, done))
    now, was = ([pair[side] for pair in found if pair[side] is not None] for side in (0, 1))
    assert (len(set(now)), len(set(was))) == (len(now), len(was))
    assert (len(now), len(was)) == (apply(graph, done).size[0], graph.size[0])


def test_equal_networks_cost_the_same() -> None:
    graph = instantiate("digits-resnet")
    told = compare(graph, graph)
    assert (told.edits, told.nodes) == ((), ())
    assert all(change.before == change.after for change in told.totals.values())
    assert canonical(graph) == canonical(apply(graph, told.edits))
