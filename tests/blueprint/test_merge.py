"""Two people's changes come together where they can, and are named one by one where they cannot."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given

from blueprint import (
    AddNode,
    Configure,
    Conflict,
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
from blueprint.draft import draft_of
from blueprint.three import ABSENT, same
from tests.blueprint.changes import forks
from tests.blueprint.examples import chain, network

Fork = tuple[Graph, tuple[Edit, ...], tuple[Edit, ...]]

BASE = chain(
    ("in", "Input", {"shape": ["B", 3, 8, 8]}),
    ("conv", "Conv2d", {"out_channels": 4, "kernel_size": 3}),
    ("relu", "ReLU", {}),
    ("drop", "Dropout", {"p": 0.5}),
    ("out", "Output", {}),
)
NESTED = apply(BASE, [Group(("conv", "relu"), "stage")])


def whole(graph: Graph) -> bool:
    """Whether ids are unique and every edge has both its nodes, at every level."""
    draft = draft_of(graph)
    joined = all({edge.source, edge.target} <= draft.nodes.keys() for edge in graph.edges)
    return joined and all(whole(node.graph) for node in graph.nodes if node.graph)


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
    for merged in (merge(base, changed, base), merge(base, base, changed), merge(base, changed, changed)):
        assert merged.conflicts == ()
        assert canonical(merged.graph) == canonical(changed)


@given(forks())
def test_changes_that_can_be_made_in_any_order_are_both_made(fork: Fork) -> None:
    base, ours, theirs = fork
    assume(not any(edit in theirs for edit in ours))
    try:
        one, other = apply(base, (*ours, *theirs)), apply(base, (*theirs, *ours))
    except EditError:
        return
    merged = merge(base, apply(base, ours), apply(base, theirs))
    if canonical(one) == canonical(other) and not merged.conflicts:
        assert canonical(merged.graph) == canonical(one)


@given(forks())
def test_a_conflict_in_a_setting_keeps_ours_and_tells_all_three(fork: Fork) -> None:
    base, ours, theirs = fork[0], apply(fork[0], fork[1]), apply(fork[0], fork[2])
    merged = merge(base, ours, theirs)
    nodes = {node.id: node for node in merged.graph.nodes}
    for conflict in merged.conflicts:
        assert conflict.message
        if conflict.field.startswith("config.") and conflict.node in nodes:
            kept = nodes[conflict.node].config.get(conflict.field.removeprefix("config."), ABSENT)
            assert same(kept, conflict.ours)
            assert not same(conflict.ours, conflict.theirs)


def merged(ours: list[Edit], theirs: list[Edit], base: Graph = BASE) -> tuple[Graph, tuple[Conflict, ...]]:
    result = merge(base, apply(base, ours), apply(base, theirs))
    assert whole(result.graph)
    return result.graph, result.conflicts


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


CONFLICTS: list[tuple[list[Edit], list[Edit], tuple[str, str, Any, Any, Any], str]] = [
    (
        [Configure("drop", {"p": 0.1})],
        [Configure("drop", {}, ("p",))],
        ("drop", "config.p", 0.5, 0.1, ABSENT),
        "`p` of node `drop` is 0.1 in ours and not set in theirs; ours is kept, unset it for theirs",
    ),
    (
        [Replace("relu", Node("relu", "Tanh"))],
        [Configure("relu", {"inplace": True})],
        ("relu", "type", "ReLU", "Tanh", "ReLU"),
        "node `relu` is a `Tanh` in ours and a `ReLU` in theirs, and both changed it; "
        "ours is kept, replace it for theirs",
    ),
    (
        [RemoveNode("drop")],
        [Configure("drop", {"p": 0.1})],
        ("drop", "node", {"p": 0.5}, ABSENT, {"p": 0.1}),
        "node `drop` is removed in ours but changed in theirs; it stays removed, add it for theirs",
    ),
    (
        [AddNode(Node("x", "Tanh")), Connect(Edge("drop", "x"))],
        [RemoveNode("drop")],
        ("drop", "node", {"p": 0.5}, {"p": 0.5}, ABSENT),
        "node `drop` is changed in ours but removed in theirs; it is kept, remove it for theirs",
    ),
    (
        [RenameNode("relu", "act")],
        [RenameNode("relu", "activation")],
        ("act", "id", "relu", "act", "activation"),
        "node `relu` is renamed to `act` in ours and to `activation` in theirs; ours is kept, rename it for theirs",
    ),
    (
        [RenameNode("relu", "x")],
        [AddNode(Node("x", "Tanh"))],
        ("x", "id", "relu", "x", "relu"),
        "node `relu` is renamed to `x` in ours, as theirs calls a new node; "
        "that one is called `x2` now, rename it as you like",
    ),
    (
        [AddNode(Node("x", "Tanh"))],
        [RenameNode("relu", "x")],
        ("relu", "id", "relu", "relu", "x"),
        "node `relu` is renamed to `x` in theirs, as ours calls another node; its name is kept, rename it as you like",
    ),
    (
        [AddNode(Node("x", "Tanh")), Disconnect(Edge("relu", "drop")), Connect(Edge("x", "drop"))],
        [AddNode(Node("y", "GELU")), Disconnect(Edge("relu", "drop")), Connect(Edge("y", "drop"))],
        ("drop", "inputs.in", "relu", "x", "y"),
        "`in` of node `drop` is fed by `x` in ours and by `y` in theirs; ours is kept, connect it anew for theirs",
    ),
    (
        [AddNode(Node("x", "Dropout", {"p": 0.1}))],
        [AddNode(Node("x", "Dropout", {"p": 0.2}))],
        ("x", "config.p", ABSENT, 0.1, 0.2),
        "`p` of node `x` is 0.1 in ours and 0.2 in theirs; ours is kept, make it 0.2 for theirs",
    ),
    (
        [Replace("relu", Node("relu", "Input"))],
        [Disconnect(Edge("conv", "relu")), Connect(Edge("in", "relu"))],
        ("relu", "inputs.in", "conv", ABSENT, "in"),
        "`in` of node `relu` is fed by nothing in ours and by `in` in theirs; ours is kept, connect it anew for theirs",
    ),
]


def brief(value: Any) -> Any:
    """A node by its settings, what feeds a port by its source."""
    if isinstance(value, dict):
        return value["config"]
    return value[0]["source"] if isinstance(value, list) else value


@pytest.mark.parametrize(("ours", "theirs", "told", "message"), CONFLICTS)
def test_a_conflict_is_named_by_node_and_field(
    ours: list[Edit], theirs: list[Edit], told: tuple[str, str, Any, Any, Any], message: str
) -> None:
    graph, conflicts = merged(ours, theirs)
    assert len(conflicts) == 1
    found = conflicts[0]
    assert (found.node, found.field, *map(brief, (found.base, found.ours, found.theirs))) == told
    assert found.message == message
    assert ("base" in found.to_json()) == (told[2] is not ABSENT)
    assert merge(BASE, graph, apply(BASE, ours)).graph is not None


def test_an_edge_at_a_port_that_the_other_took_away_is_left_out() -> None:
    base = network([("a", "ReLU", {}), ("b", "ReLU", {}), ("sum", "Add", {})], [("a", "sum")])
    graph, conflicts = merged([Connect(Edge("b", "sum"))], [Replace("sum", Node("sum", "Identity"))], base)
    assert [(found.node, found.field) for found in conflicts] == [("sum", "inputs.in.1")]
    assert conflicts[0].message.startswith("the edge from `b` to `sum` at `in.1` is drawn in ours, but node `sum` has")
    assert graph.edges == ()


def test_conflicts_inside_a_block_are_named_by_path() -> None:
    ours: list[Edit] = [Within("stage", (Configure("conv", {"kernel_size": 5}),))]
    theirs: list[Edit] = [Within("stage", (Configure("conv", {"kernel_size": 7}),))]
    graph, conflicts = merged(ours, theirs, NESTED)
    assert [(found.node, found.field) for found in conflicts] == [("stage/conv", "config.kernel_size")]
    assert canonical(graph) == canonical(apply(NESTED, ours))


def test_nothing_is_lost_where_two_nodes_get_the_same_name() -> None:
    base = chain(("a", "ReLU", {}), ("b", "Tanh", {}), ("c", "GELU", {}))
    graph, conflicts = merged([RenameNode("a", "x")], [RenameNode("c", "x")], base)
    assert sorted((node.id, node.type) for node in graph.nodes) == [("b", "Tanh"), ("c", "GELU"), ("x", "ReLU")]
    assert [found.field for found in conflicts] == ["id"]


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
