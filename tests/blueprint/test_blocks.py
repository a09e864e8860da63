"""Edits of Blocks: grouping and dissolving them, editing inside them, and what happens to the edges outside."""

import pytest

from blueprint import (
    AddNode,
    Configure,
    Connect,
    Disconnect,
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
    analyze,
    apply,
    canonical,
    diff,
    instantiate,
    invert,
)
from blueprint.draft import ends
from tests.blueprint.examples import Layer, chain, network

PLAIN = chain(
    ("in", "Input", {"shape": ["B", 3, 8, 8]}),
    ("conv", "Conv2d", {"out_channels": 4, "kernel_size": 3}),
    ("relu", "ReLU", {}),
    ("out", "Output", {}),
)
GROUPED = apply(PLAIN, [Group(("conv", "relu"), "stage")])


def lines(graph: Graph | None) -> set[tuple[str, str]]:
    """The edges as (source.port, target.port)."""
    assert graph is not None
    found = apply(graph, []).edges
    return {(f"{edge.source}.{edge.source_handle}", f"{edge.target}.{edge.target_handle}") for edge in found}


def inside(graph: Graph, id: str) -> Graph:
    return next(node.graph for node in graph.nodes if node.id == id and node.graph is not None)


def undone(graph: Graph, *done: Edit) -> Graph:
    return apply(apply(graph, done), invert(graph, done))


def test_a_group_gets_ports_named_after_those_inside() -> None:
    assert lines(GROUPED) == {("in.out", "stage.in"), ("stage.out", "out.in")}
    assert lines(inside(GROUPED, "stage")) == {("in.out", "conv.in"), ("conv.out", "relu.in"), ("relu.out", "out.in")}
    assert invert(PLAIN, [Group(("conv", "relu"), "stage")]) == (Ungroup("stage"),)
    assert canonical(apply(GROUPED, [Ungroup("stage")])) == canonical(PLAIN)


def test_a_group_has_one_input_per_source_and_one_output_per_port() -> None:
    layers: list[Layer] = [("x", "ReLU", {}), ("y", "ReLU", {}), ("attend", "MultiheadAttention", {"num_heads": 2})]
    layers += [("add", "Add", {}), ("sum", "Add", {}), ("end", "ReLU", {})]
    edges = [
        ("x", "attend", "query"),
        ("y", "attend", "key"),
        ("y", "attend", "value"),
        ("attend", "add"),
        ("x", "add"),
        ("add", "sum"),
        ("add", "end"),
        ("attend", "sum", "in.1", "attn_output_weights"),
    ]
    graph = apply(network(layers, edges), [Group(("attend", "add"), "block")])
    assert lines(graph) == {
        ("x.out", "block.in"),
        ("y.out", "block.key"),
        ("block.out", "sum.in.0"),
        ("block.out", "end.in"),
        ("block.attn_output_weights", "sum.in.1"),
    }
    assert [node.id for node in inside(graph, "block").nodes if node.type == "Input"] == ["in", "key"]


def test_ports_of_a_group_take_free_names() -> None:
    layers: list[Layer] = [("a", "ReLU", {}), ("b", "ReLU", {}), ("in", "Add", {}), ("out", "Concat", {})]
    graph = network(layers, [("a", "in"), ("b", "in"), ("in", "out"), ("b", "out")])
    grouped = apply(graph, [Group(("in", "out"), "block")])
    assert lines(grouped) == {("a.out", "block.in2"), ("b.out", "block.in3")}
    assert canonical(apply(grouped, [Ungroup("block")])) == canonical(graph)


def test_positions_are_kept_and_the_block_is_drawn_at_their_corner() -> None:
    moved = [MoveNode("conv", Position(64, 32)), MoveNode("relu", Position(32, 96))]
    grouped = apply(PLAIN, [*moved, Group(("conv", "relu"), "stage")])
    assert next(node.position for node in grouped.nodes if node.id == "stage") == Position(32, 32)
    positions = {node.id: node.position for node in apply(grouped, [Ungroup("stage")]).nodes}
    assert positions == {"in": None, "out": None, "conv": Position(64, 32), "relu": Position(32, 96)}


def test_dress_of_edges_survives_grouping_and_dissolving() -> None:
    dressed = Graph(nodes=PLAIN.nodes, edges=(Edge("in", "conv", id="e1", meta={"hue": 3}), *PLAIN.edges[1:]))
    back = undone(dressed, Group(("conv", "relu"), "stage"))
    assert {edge.id: edge.meta for edge in back.edges if edge.id} == {"e1": {"hue": 3}}


def test_a_grouped_network_computes_what_it_did() -> None:
    before = instantiate("digits-resnet")
    after = apply(before, [Group(("conv1a", "norm1a", "relu1a", "conv1b", "norm1b", "add1"), "body")])
    assert analyze(after).valid
    assert analyze(after).totals.to_json() == analyze(before).totals.to_json()


def test_edges_follow_a_port_renamed_inside() -> None:
    done = [Within("stage", (RenameNode("in", "image"), RenameNode("out", "features")))]
    renamed = apply(GROUPED, done)
    assert lines(renamed) == {("in.out", "stage.image"), ("stage.features", "out.in")}
    assert canonical(undone(GROUPED, *done)) == canonical(GROUPED)


def test_edges_go_with_a_port_removed_inside_and_come_back() -> None:
    done = [Within("stage", (RemoveNode("in"), AddNode(Node("in", "Input"))))]
    assert lines(apply(GROUPED, done)) == {("stage.out", "out.in")}
    assert canonical(undone(GROUPED, *done)) == canonical(GROUPED)


def test_an_edge_at_a_port_that_does_not_exist_is_not_taken_along_by_undoing() -> None:
    astray = apply(GROUPED, [Connect(Edge("in", "stage", target_handle="ghost"))])
    renaming = Within("stage", (RenameNode("in", "ghost"),))
    assert lines(apply(astray, [renaming])) == {("in.out", "stage.ghost"), ("stage.out", "out.in")}
    assert canonical(undone(astray, renaming)) == canonical(astray)
    adding = Within("stage", (AddNode(Node("ghost", "Input")),))
    assert canonical(undone(astray, adding)) == canonical(astray)


def test_inner_edits_reach_any_depth() -> None:
    nested = apply(GROUPED, [Within("stage", (Group(("relu",), "inner"),))])
    deep = Within("stage", (Within("inner", (RenameNode("in", "x"), Configure("relu", {"inplace": True}))),))
    changed = apply(nested, [deep])
    assert ("conv.out", "inner.x") in lines(inside(changed, "stage"))
    assert canonical(undone(nested, deep)) == canonical(nested)
    assert diff(nested, changed) == (deep,)


def test_a_prefix_makes_room_for_what_comes_out() -> None:
    twin = apply(GROUPED, [AddNode(Node("conv", "ReLU"))])
    with pytest.raises(EditError, match="node `conv` cannot leave block `stage`, there is a node `conv` already; give"):
        apply(twin, [Ungroup("stage")])
    flat = apply(twin, [Ungroup("stage", "stage_")])
    assert ("stage_conv.out", "stage_relu.in") in lines(flat)
    assert canonical(undone(twin, Ungroup("stage", "stage_"))) == canonical(twin)


def test_a_block_that_only_passes_on_dissolves_into_an_edge() -> None:
    graph = apply(GROUPED, [Within("stage", (RemoveNode("conv"), RemoveNode("relu"), Connect(Edge("in", "out"))))])
    assert lines(apply(graph, [Ungroup("stage")])) == {("in.out", "out.in")}
    assert canonical(undone(graph, Ungroup("stage"))) == canonical(graph)


def test_replacing_keeps_the_edges_that_fit_and_undo_brings_back_the_rest() -> None:
    layers: list[Layer] = [("x", "ReLU", {}), ("y", "ReLU", {}), ("sum", "Add", {}), ("end", "ReLU", {})]
    graph = network(layers, [("x", "sum"), ("y", "sum"), ("sum", "end")])
    assert apply(graph, [Replace("sum", Node("sum", "Concat"))]).edges == apply(graph, []).edges
    alone = Replace("sum", Node("sum", "Linear", {"out_features": 2}))
    assert lines(apply(graph, [alone])) == {("sum.out", "end.in")}
    assert canonical(undone(graph, alone)) == canonical(graph)


def test_a_diff_tells_grouping_and_dissolving() -> None:
    done = (Group(("conv", "relu"), "stage"), Configure("out", {"p": 1}), Within("stage", (RenameNode("in", "image"),)))
    changed = apply(PLAIN, done)
    assert diff(PLAIN, changed) == (done[0], done[2], done[1])
    assert diff(changed, PLAIN) == (Ungroup("stage"), Configure("out", {}, ("p",)))


def test_a_diff_tells_a_renamed_chain_and_a_renamed_layer_that_was_set_anew() -> None:
    done = (RenameNode("conv", "first"), RenameNode("relu", "act"), Configure("first", {"kernel_size": 5}))
    assert diff(PLAIN, apply(PLAIN, done)) == done


def test_a_diff_tells_a_renamed_layer_that_was_connected_anew() -> None:
    done = (
        RenameNode("relu", "act"),
        Disconnect(Edge("conv", "act", "out", "in")),
        AddNode(Node("norm", "BatchNorm2d")),
    )
    changed = apply(PLAIN, [*done, Connect(Edge("conv", "norm")), Connect(Edge("norm", "act"))])
    assert diff(PLAIN, changed)[:3] == done


def test_a_diff_replaces_a_block_that_no_edits_lead_to() -> None:
    twins = Graph(nodes=(Node("x", "ReLU"), Node("x", "Tanh")))
    a, b = (Graph(nodes=(Node("b", "Block", graph=graph),)) for graph in (Graph(), twins))
    assert [type(edit) for edit in diff(a, b)] == [Replace]
    assert canonical(apply(a, diff(a, b))) == canonical(b)


REFUSED: list[tuple[Edit, str]] = [
    (Group((), "b"), "the nodes to group must be one or more, each named once"),
    (Group(("conv", "conv"), "b"), "the nodes to group must be one or more, each named once"),
    (Group(("conv", "ghost"), "b"), "there is no node `ghost`; use the id of a node that exists"),
    (
        Group(("in", "conv"), "b"),
        "node `in` is an Input of the network and cannot be put into a block; leave it out of the group",
    ),
    (Group(("conv",), "relu"), "the nodes cannot be grouped, there is a node `relu` already; choose another id"),
    (Group(("conv",), ""), "the nodes cannot be grouped, the id of the block is empty; choose another id"),
    (Ungroup("conv"), "node `conv` is no block that holds a graph; ungroup one that does"),
    (Ungroup("six"), "block `six` is repeated 6 times; set repeat to 1 first"),
    (Within("conv", ()), "node `conv` holds no graph; name a Block that does"),
    (Within("six", (RemoveNode("x"),)), "in `six`, edits[0]: there is no node `x`; use the id of a node that exists"),
    (Within("odd", ()), "in `odd`, two nodes share the id `x`; give each an id of its own first"),
    (Replace("conv", Node("x", "ReLU")), "node `conv` cannot be replaced by one called `x`; call it `conv` too"),
    (Replace("ghost", Node("ghost", "ReLU")), "there is no node `ghost`; use the id of a node that exists"),
]


@pytest.mark.parametrize(("edit", "message"), REFUSED)
def test_a_refusal_says_what_and_how_to_mend_it(edit: Edit, message: str) -> None:
    six = Node("six", "Block", {"repeat": 6}, graph=Graph())
    odd = Node("odd", "Block", graph=Graph(nodes=(Node("x", "ReLU"), Node("x", "ReLU"))))
    graph = apply(PLAIN, [AddNode(six), AddNode(odd)])
    with pytest.raises(EditError) as refusal:
        apply(graph, [edit])
    assert (refusal.value.index, refusal.value.message) == (0, message)


def test_blocks_are_nested_only_so_deep_and_hold_only_so_much() -> None:
    graph = PLAIN
    for level in range(16):
        graph = apply(graph, [Group(("conv",), "conv")])
        assert canonical(undone(graph, Group(("conv",), "conv"))) == canonical(graph) if level < 15 else True
    with pytest.raises(EditError, match="blocks inside `conv` are nested deeper than 16 levels"):
        apply(graph, [Group(("conv",), "conv")])
    many = Node("b", "Block", graph=Graph(nodes=tuple(Node(f"n{n}", "ReLU") for n in range(19_999))))
    full = apply(Graph(), [AddNode(many)])
    with pytest.raises(EditError, match="the network would have 20001 nodes, all blocks together; at most 20000"):
        apply(full, [AddNode(Node("c", "ReLU"))])
    assert len(apply(full, [AddNode(Node("c", "ReLU")), Within("b", (RemoveNode("n0"),))]).nodes) == 2


def test_work_on_a_large_block_is_bounded() -> None:
    many = Node("b", "Block", graph=Graph(nodes=tuple(Node(f"n{n}", "ReLU") for n in range(10_000))))
    graph = apply(Graph(), [AddNode(many)])
    ids = tuple(f"n{n}" for n in range(10_000))
    opening: list[Edit] = [Within("b", ())]
    regrouping: list[Edit] = [Within("b", (Group(ids, "g"), Ungroup("g")))]
    packing: list[Edit] = [Ungroup("b"), Group(ids, "b")]
    for again in (opening, regrouping, packing):
        with pytest.raises(EditError, match="split it"):
            apply(graph, again * 1_000)


def test_ends_of_an_edge_tell_it_from_others() -> None:
    assert ends(Edge("a", "b", "out", "in")) != ends(Edge("a", "b", "out", "in.0"))
    with pytest.raises(EditError, match="does not exist"):
        apply(GROUPED, [Disconnect(Edge("in", "stage", "out", "side"))])
