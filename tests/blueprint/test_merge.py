"""Two people's changes come together where they can, and are named one by one where they cannot."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import assume, given

from blueprint import (
    AddNode,
    Configure,
    Connect,
    Disconnect,
    DocumentError,
    Edge,
    Edit,
    EditError,
    Graph,
    Group,
    MoveNode,
    Node,
    Position,
    RemoveNode,
    RenameNode,
    Replace,
    Ungroup,
    Within,
    apply,
    canonical,
    diff,
    instantiate,
    merge,
)
from blueprint.three import ABSENT, same
from tests.blueprint.changes import forks
from tests.blueprint.merging import BASE, NESTED, merged, whole


def connected(edits: Iterable[Edit]) -> set[tuple[str, str]]:
    """The nodes that the edits connect: the same edge drawn twice, into the next free port, is merged into one."""
    inner = (connected(edit.edits) for edit in edits if isinstance(edit, Within))
    pairs = {(edit.edge.source, edit.edge.target) for edit in edits if isinstance(edit, Connect)}
    return pairs.union(*inner)


def named(graph: Graph) -> bool:
    """Whether all edges name their ports; where they cannot, a node that gets ports takes its edges along."""
    edges = all(edge.source_handle and edge.target_handle for edge in graph.edges)
    return edges and all(named(node.graph) for node in graph.nodes if node.graph)


Fork = tuple[Graph, tuple[Edit, ...], tuple[Edit, ...]]


@given(forks())
def test_without_conflicts_it_does_not_matter_who_merges_whom(fork: Fork) -> None:
    base, ours, theirs = fork[0], apply(fork[0], fork[1]), apply(fork[0], fork[2])
    one, other = merge(base, ours, theirs), merge(base, theirs, ours)
    assert bool(one.conflicts) == bool(other.conflicts)
    assert one.conflicts or canonical(one.graph) == canonical(other.graph)
    assert whole(one.graph)
    assert whole(other.graph)


@given(forks())
def test_what_only_one_changed_is_as_they_left_it(fork: Fork) -> None:
    base, changed = fork[0], apply(fork[0], fork[1])
    for result in (merge(base, changed, base), merge(base, base, changed), merge(base, changed, changed)):
        assert result.conflicts == ()
        assert canonical(result.graph) == canonical(changed)


@given(forks())
def test_changes_that_can_be_made_in_any_order_are_both_made(fork: Fork) -> None:
    base, ours, theirs = fork
    assume(not any(edit in theirs for edit in ours) and connected(ours).isdisjoint(connected(theirs)))
    assume(named(apply(base, [])))
    try:
        one, other = apply(base, (*ours, *theirs)), apply(base, (*theirs, *ours))
    except EditError:
        return
    result = merge(base, apply(base, ours), apply(base, theirs))
    if canonical(one) == canonical(other) and not result.conflicts:
        assert canonical(result.graph) == canonical(one)


@given(forks())
def test_a_conflict_in_a_setting_keeps_ours_and_tells_all_three(fork: Fork) -> None:
    base, ours, theirs = fork[0], apply(fork[0], fork[1]), apply(fork[0], fork[2])
    result = merge(base, ours, theirs)
    nodes = {node.id: node for node in result.graph.nodes}
    for conflict in result.conflicts:
        assert conflict.message
        if conflict.field.startswith("config.") and conflict.node in nodes:
            kept = nodes[conflict.node].config.get(conflict.field.removeprefix("config."), ABSENT)
            assert same(kept, conflict.ours)
            assert not same(conflict.ours, conflict.theirs)


NORMED: list[Edit] = [AddNode(Node("norm", "BatchNorm2d")), Connect(Edge("conv", "norm"))]

CLEAN: list[tuple[list[Edit], list[Edit], list[Edit]]] = [
    (
        [Configure("conv", {"kernel_size": 5})],
        [Configure("conv", {"out_channels": 8})],
        [Configure("conv", {"kernel_size": 5, "out_channels": 8})],
    ),
    (
        [RenameNode("conv", "first")],
        [Configure("conv", {"bias": False})],
        [RenameNode("conv", "first"), Configure("first", {"bias": False})],
    ),
    (
        [RenameNode("relu", "act")],
        [Disconnect(Edge("conv", "relu")), *NORMED, Connect(Edge("norm", "relu"))],
        [RenameNode("relu", "act"), Disconnect(Edge("conv", "act")), *NORMED, Connect(Edge("norm", "act"))],
    ),
    (
        [RemoveNode("drop"), Connect(Edge("relu", "out"))],
        [Replace("relu", Node("relu", "GELU"))],
        [RemoveNode("drop"), Connect(Edge("relu", "out")), Replace("relu", Node("relu", "GELU"))],
    ),
    (
        [Group(("conv", "relu"), "stage")],
        [Configure("conv", {"kernel_size": 1})],
        [Group(("conv", "relu"), "stage"), Within("stage", (Configure("conv", {"kernel_size": 1}),))],
    ),
    (
        [Group(("conv", "relu"), "stage")],
        [AddNode(Node("side", "Tanh")), Connect(Edge("conv", "side"))],
        [AddNode(Node("side", "Tanh")), Connect(Edge("conv", "side")), Group(("conv", "relu"), "stage")],
    ),
]


@pytest.mark.parametrize(("ours", "theirs", "together"), CLEAN)
def test_changes_of_different_things_come_together(ours: list[Edit], theirs: list[Edit], together: list[Edit]) -> None:
    graph, conflicts = merged(ours, theirs)
    assert conflicts == ()
    assert canonical(graph) == canonical(apply(BASE, together))
    assert diff(merged(theirs, ours)[0], graph) == ()


def test_what_is_inside_a_dissolved_block_is_followed_out_of_it() -> None:
    graph, conflicts = merged([Ungroup("stage")], [Within("stage", (Configure("conv", {"bias": False}),))], NESTED)
    assert conflicts == ()
    assert canonical(graph) == canonical(apply(BASE, [Configure("conv", {"bias": False})]))


def test_edges_outside_follow_a_port_that_one_renamed() -> None:
    theirs: list[Edit] = [AddNode(Node("x", "Tanh")), Disconnect(Edge("in", "stage")), Connect(Edge("in", "x"))]
    graph, conflicts = merged(
        [Within("stage", (RenameNode("in", "image"),))], [*theirs, Connect(Edge("x", "stage"))], NESTED
    )
    assert conflicts == ()
    assert [edge.target_handle for edge in graph.edges if edge.source == "x"] == ["image"]


def test_dress_follows_whoever_changed_it() -> None:
    ours = apply(BASE, [MoveNode("conv", Position(1, 1)), MoveNode("relu", Position(2, 2))])
    theirs = replace(apply(BASE, [MoveNode("drop", Position(3, 3)), MoveNode("relu", Position(9, 9))]), name="new")
    graph = merge(BASE, ours, theirs).graph
    positions = {node.id: node.position and node.position.x for node in graph.nodes}
    assert positions == {"in": None, "conv": 1, "relu": 2, "drop": 3, "out": None}
    assert graph.name == "new"


def test_a_document_in_pieces_is_refused() -> None:
    twins = Graph(nodes=(Node("a", "ReLU"), Node("a", "ReLU")))
    with pytest.raises(DocumentError, match="two nodes share the id `a`"):
        merge(BASE, twins, BASE)
    half = [AddNode(Node(f"n{n}", "ReLU")) for n in range(10_001)]
    other = [AddNode(Node(f"m{n}", "Tanh")) for n in range(10_001)]
    with pytest.raises(DocumentError, match="the merged network would have 20002 nodes; at most 20000 are allowed"):
        merge(Graph(), apply(Graph(), half), apply(Graph(), other))


def test_edges_to_nowhere_are_left_out() -> None:
    astray = Graph(nodes=BASE.nodes, edges=(*BASE.edges, Edge("ghost", "drop")))
    assert whole(merge(BASE, astray, BASE).graph)


def test_two_work_on_a_real_network() -> None:
    base = instantiate("digits-resnet")
    ours: list[Edit] = [
        Group(("conv1a", "norm1a", "relu1a", "conv1b", "norm1b", "add1"), "body"),
        Configure("classify", {"out_features": 7}),
    ]
    theirs: list[Edit] = [
        Configure("conv1a", {"kernel_size": 5, "padding": 2}),
        RenameNode("classify", "head"),
        RemoveNode("relu1b"),
        Connect(Edge("add1", "conv2a")),
        Connect(Edge("add1", "conv2s")),
    ]
    graph, conflicts = merged(ours, theirs, base)
    assert conflicts == ()
    assert canonical(graph) == canonical(apply(base, [*theirs, ours[0], Configure("head", {"out_features": 7})]))
