"""Edits apply all or none, undo exactly, and a diff leads from any network to any other."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    MoveNode,
    Node,
    Position,
    RemoveNode,
    RenameNode,
    analyze,
    apply,
    canonical,
    diff,
    edits_from_json,
    edits_to_json,
    instantiate,
    invert,
    parse,
)
from blueprint.codec import JSON, encode
from blueprint.document import edge_to_json, node_to_json
from tests.blueprint.changes import edited, edits
from tests.blueprint.examples import Layer, chain, network
from tests.blueprint.networks import IDS, graphs

SMALL = chain(("in", "Input", {"shape": ["B", 4]}), ("r", "ReLU", {}), ("fc", "Linear", {"out_features": 2}))


@given(graphs(), graphs())
def test_a_diff_leads_from_one_network_to_the_other(a: Graph, b: Graph) -> None:
    assert canonical(apply(a, diff(a, b))) == canonical(b)


@given(graphs())
def test_equal_networks_do_not_differ(graph: Graph) -> None:
    assert diff(graph, graph) == ()
    assert diff(graph, parse(canonical(graph))) == ()


@given(edited())
def test_a_diff_leads_to_an_edited_network_and_back(change: tuple[Graph, tuple[Edit, ...]]) -> None:
    graph, done = change
    changed = apply(graph, done)
    assert canonical(apply(graph, diff(graph, changed))) == canonical(changed)
    assert canonical(apply(changed, diff(changed, graph))) == canonical(graph)


@given(edited())
def test_inverse_edits_undo_and_redo(change: tuple[Graph, tuple[Edit, ...]]) -> None:
    graph, done = change
    changed = apply(graph, done)
    undo = invert(graph, done)
    assert canonical(apply(changed, undo)) == canonical(graph)
    assert canonical(apply(apply(changed, undo), invert(changed, undo))) == canonical(changed)
    assert everything(apply(changed, undo)) == everything(apply(graph, []))


def everything(graph: Graph) -> bytes:
    """All that a graph says, its dress too, in whatever order."""
    nodes = [node_to_json(replace(node, graph=None)) for node in graph.nodes]
    held: list[JSON] = [[node.id, everything(node.graph).decode()] for node in graph.nodes if node.graph]
    said: list[JSON] = [*nodes, *held, *map(edge_to_json, graph.edges)]
    return encode([graph.name, *sorted(encode(value).decode() for value in said)])


def positions(graph: Graph) -> dict[str, Position | None]:
    return {node.id: node.position for node in graph.nodes}


@given(edited(), st.sampled_from(IDS), st.booleans())
def test_with_edges_to_nowhere_the_rest_is_undone(change: tuple[Graph, tuple[Edit, ...]], id: str, away: bool) -> None:
    astray = Edge(id, "nowhere") if away else Edge("nowhere", id)
    graph = replace(change[0], edges=(*change[0].edges, astray))
    done: list[Edit] = []
    for edit in change[1]:
        with suppress(EditError):
            apply(graph, [*done, edit])
            done.append(edit)
    after = apply(apply(graph, done), invert(graph, done))
    assert canonical(joined(after)) == canonical(joined(apply(graph, [])))


def joined(graph: Graph) -> Graph:
    """The graph without edges to nowhere."""
    ids = {node.id for node in graph.nodes}
    return replace(graph, edges=tuple(edge for edge in graph.edges if {edge.source, edge.target} <= ids))


@given(edited())
def test_a_batch_is_the_same_as_its_edits_one_by_one(change: tuple[Graph, tuple[Edit, ...]]) -> None:
    graph, done = change
    stepwise = graph
    for edit in done:
        stepwise = apply(stepwise, [edit])
    assert canonical(stepwise) == canonical(apply(graph, done))


@given(st.lists(edits(), max_size=4))
def test_edits_survive_the_wire(batch: list[Edit]) -> None:
    assert edits_from_json(edits_to_json(batch)) == tuple(batch)


@given(graphs(), graphs())
def test_a_diff_survives_the_wire(a: Graph, b: Graph) -> None:
    assert canonical(apply(a, edits_from_json(edits_to_json(diff(a, b))))) == canonical(b)


def test_a_diff_tells_what_a_person_did() -> None:
    before = instantiate("digits-cnn")
    done: list[Edit] = [
        Configure("conv2", {"out_channels": 48, "bias": False}),
        RenameNode("classify", "head"),
        Disconnect(Edge("pool1", "conv3")),
        AddNode(Node("drop1", "Dropout", {"p": 0.1})),
        Connect(Edge("pool1", "drop1")),
        Connect(Edge("drop1", "conv3")),
    ]
    told = diff(before, apply(before, done))
    assert told == (
        RenameNode("classify", "head"),
        Disconnect(Edge("pool1", "conv3", "out", "in")),
        AddNode(Node("drop1", "Dropout", {"p": 0.1})),
        Configure("conv2", {"bias": False, "out_channels": 48}),
        Connect(Edge("drop1", "conv3", "out", "in")),
        Connect(Edge("pool1", "drop1", "out", "in")),
    )


def test_true_and_one_are_different_settings() -> None:
    one, true = (chain(("fc", "Linear", {"bias": value})) for value in (1, True))
    assert diff(one, true) == (Configure("fc", {"bias": True}),)


def test_another_type_under_the_same_id_is_another_node() -> None:
    other = chain(("in", "Input", {"shape": ["B", 4]}), ("r", "Tanh", {}), ("fc", "Linear", {"out_features": 2}))
    assert [type(edit).__name__ for edit in diff(SMALL, other)] == ["Replace"]


def test_dress_is_no_difference() -> None:
    moved = apply(SMALL, [MoveNode("r", Position(32, 64))])
    assert diff(SMALL, moved) == ()
    assert positions(moved)["r"] == Position(32, 64)


def test_removing_a_node_takes_its_edges_and_undo_brings_them_back() -> None:
    removed = apply(SMALL, [RemoveNode("r")])
    assert removed.edges == ()
    assert len(apply(removed, invert(SMALL, [RemoveNode("r")])).edges) == 2


def test_an_omitted_handle_takes_the_next_free_port() -> None:
    graph = network([("a", "ReLU", {}), ("b", "ReLU", {}), ("sum", "Add", {})], [("a", "sum"), ("b", "sum")])
    freed = apply(graph, [Disconnect(Edge("a", "sum")), Connect(Edge("b", "sum"))])
    assert [(edge.source, edge.target_handle) for edge in freed.edges] == [("b", "in.1"), ("b", "in.0")]


def test_an_edit_makes_the_network_valid_again() -> None:
    graph = apply(SMALL, [AddNode(Node("out", "Output")), Connect(Edge("fc", "out"))])
    assert analyze(graph).valid


REFUSED: list[tuple[Edit, str]] = [
    (AddNode(Node("r", "ReLU")), "there is a node `r` already; choose another id"),
    (RemoveNode("ghost"), "there is no node `ghost`; use the id of a node that exists"),
    (Configure("ghost", {"p": 1}), "there is no node `ghost`; use the id of a node that exists"),
    (Configure("r", {"p": 1}, ("p",)), "`p` of node `r` is both set and unset; do one of the two"),
    (Configure("r", {}, ("p",)), "node `r` does not set `p`; unset only what is set"),
    (RenameNode("ghost", "x"), "there is no node `ghost`; use the id of a node that exists"),
    (RenameNode("r", "fc"), "node `r` cannot be renamed, there is a node `fc` already; choose another id"),
    (Connect(Edge("r", "ghost")), "there is no node `ghost`; use the id of a node that exists"),
    (Connect(Edge("in", "r")), "the edge from `in` to `r` at `in` exists already; leave it out"),
    (Disconnect(Edge("in", "fc")), "the edge from `in` to `fc` does not exist; leave it out"),
    (Disconnect(Edge("in", "r", "out", "side")), "the edge from `in` to `r` at `side` does not exist; leave it out"),
    (MoveNode("ghost", None), "there is no node `ghost`; use the id of a node that exists"),
    (RemoveNode("x" * 100_000), f"there is no node `{'x' * 37}...`; use the id of a node that exists"),
]


@pytest.mark.parametrize(("edit", "message"), REFUSED)
def test_a_refusal_names_the_edit_and_how_to_mend_it(edit: Edit, message: str) -> None:
    with pytest.raises(EditError) as refusal:
        apply(SMALL, [MoveNode("r", None), edit])
    assert (refusal.value.index, refusal.value.message) == (1, message)
    assert str(refusal.value) == f"edits[1]: {message}"


def test_an_edge_that_could_be_any_of_several_must_be_named() -> None:
    graph = network([("a", "ReLU", {}), ("sum", "Add", {})], [("a", "sum"), ("a", "sum")])
    with pytest.raises(EditError, match="could be any of 2; name its target_handle"):
        apply(graph, [Disconnect(Edge("a", "sum"))])
    assert len(apply(graph, [Disconnect(Edge("a", "sum", target_handle="in.1"))]).edges) == 1


HOSTILE: list[tuple[Any, int | None, str]] = [
    ({}, None, "must be a list"),
    ("add", None, "must be a list"),
    ([{"op": "move_node", "id": "r"}] * 250_001, None, "at most 250000"),
    (["add"], 0, "must be an object"),
    ([{"op": "remove_node", "id": "r"}, {"op": "explode"}], 1, '"op" must be one of add_node'),
    ([{}], 0, '"op" must be one of'),
    ([{"op": ["add_node"]}], 0, '"op" must be one of'),
    ([{"op": "remove_node"}], 0, '"id" must be the id of a node'),
    ([{"op": "remove_node", "id": 7}], 0, '"id" must be the id of a node'),
    ([{"op": "remove_node", "id": ""}], 0, '"id" must be the id of a node'),
    ([{"op": "remove_node", "id": "r", "force": True}], 0, "remove_node has no key `force`; its keys are id"),
    ([{"op": "add_node", "node": None}], 0, '"node" must be an object, not null'),
    ([{"op": "add_node", "node": {"id": "x"}}], 0, '"node" has no "type"'),
    ([{"op": "configure", "id": "r", "set": [1]}], 0, '"set" must be an object'),
    ([{"op": "configure", "id": "r", "unset": ["a", 1]}], 0, '"unset" must be a list of names'),
    ([{"op": "configure", "id": "r", "set": {"p": float("nan")}}], 0, "not finite"),
    ([{"op": "connect", "edge": {"source": "a"}}], 0, '"edge" has no "target"'),
    ([{"op": "move_node", "id": "r", "position": {"x": 1}}], 0, "position"),
    ([{"op": "move_node", "id": "r", "position": {"x": True, "y": 0}}], 0, "position"),
]


@pytest.mark.parametrize(("values", "index", "complaint"), HOSTILE)
def test_what_is_no_edit_is_refused_with_its_place(values: Any, index: int | None, complaint: str) -> None:
    with pytest.raises(EditError) as refusal:
        edits_from_json(values)
    assert refusal.value.index == index
    assert complaint in refusal.value.message


JSON_NOISE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "node", "x"]), inner),
    max_leaves=6,
)


@given(st.sampled_from(["add_node", "configure", "connect", "move_node"]), JSON_NOISE, JSON_NOISE)
def test_noise_in_an_edit_never_raises_anything_else(op: str, one: Any, other: Any) -> None:
    values = [{"op": op, "id": one, "node": other}, {"op": op, "id": "r", "set": one}, {"op": op, "edge": other}]
    for value in values:
        with suppress(EditError):
            apply(SMALL, edits_from_json([value]))


@pytest.mark.parametrize(
    ("graph", "complaint"),
    [
        (Graph(nodes=(Node("a", "ReLU"), Node("a", "Tanh"))), "two nodes share the id `a`"),
        (Graph(nodes=(Node("a", "ReLU"),), edges=(Edge("a", "a"), Edge("a", "a"))), "is drawn twice"),
        (Graph(edges=(Edge("a", "b"),)), "has no node `a`"),
        (Graph(extra={"zoom": 1}), "unknown key `zoom`"),
    ],
)
def test_what_no_edits_lead_to_is_refused(graph: Graph, complaint: str) -> None:
    with pytest.raises(DocumentError, match=complaint):
        diff(SMALL, graph)


def test_large_batches_and_hubs_stay_quick() -> None:
    layers: list[Layer] = [("sum", "Add", {}), *((f"r{n}", "ReLU", {}) for n in range(5_000))]
    hub = network(layers, [(id, "sum") for id, _, _ in layers[1:]])
    batch = diff(Graph(), hub)
    assert len(batch) == 10_001
    assert canonical(apply(Graph(), batch)) == canonical(hub)
    assert apply(hub, diff(hub, Graph())).nodes == ()
    renames = [RenameNode("sum" if n % 2 == 0 else "total", "total" if n % 2 == 0 else "sum") for n in range(2_000)]
    with pytest.raises(EditError, match="split it"):
        apply(hub, renames)
