"""What both changed is named by node and field, in one sentence, and stays as in ours."""

from typing import Any

import pytest

from blueprint import (
    AddNode,
    Configure,
    Connect,
    Disconnect,
    Edge,
    Edit,
    Node,
    RemoveNode,
    RenameNode,
    Replace,
    Within,
    apply,
    canonical,
    merge,
)
from blueprint.three import ABSENT
from tests.blueprint.examples import chain, network
from tests.blueprint.merging import BASE, NESTED, merged, whole

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


def test_an_edge_that_names_no_port_is_left_out_where_the_other_gave_its_node_ports() -> None:
    base = network([("a", "ReLU", {}), ("b", "ReLU", {}), ("end", "Input", {})], [("a", "end"), ("b", "end")])
    ours: list[Edit] = [Disconnect(Edge("a", "end"))]
    graph, conflicts = merged(ours, [Replace("end", Node("end", "Output"))], base)
    assert [(found.node, found.field) for found in conflicts] == [("end", "inputs"), ("end", "inputs")]
    assert conflicts[0].message.startswith("node `end` is fed by `b` in ours and by nothing in theirs; ours is kept")
    assert {(edge.source, edge.target_handle) for edge in graph.edges} == {("a", "in"), ("b", "in")}
    assert whole(graph)
