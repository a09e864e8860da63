"""Blocks: graphs inside nodes are read under limits, hashed by content, and their ports are found."""

import json
import time
from typing import Any

import pytest

from blueprint import DocumentError, Edge, Graph, Node, canonical, content_hash, parse, to_document
from blueprint.canonical import with_handles
from blueprint.ports import inputs_of, outputs_of
from tests.blueprint.test_document import MINIMAL, document

INNER: dict[str, Any] = {
    "nodes": [
        {"id": "left", "type": "Input", "config": {}},
        {"id": "right", "type": "Input", "config": {}},
        {"id": "sum", "type": "Add", "config": {}},
        {"id": "y", "type": "Output", "config": {}},
    ],
    "edges": [
        {"source": "left", "target": "sum"},
        {"source": "right", "target": "sum"},
        {"source": "sum", "target": "y"},
    ],
}
OUTER = document(
    nodes=[
        {"id": "in", "type": "Input", "config": {"shape": ["B", 4]}},
        {"id": "b", "type": "Block", "config": {}, "graph": INNER},
        {"id": "out", "type": "Output", "config": {}},
    ],
    edges=[
        {"source": "in", "target": "b"},
        {"source": "in", "target": "b", "target_handle": "right"},
        {"source": "b", "target": "out"},
    ],
)


def nested(levels: int, inner: dict[str, Any]) -> dict[str, Any]:
    """A document with `inner` in the innermost of so many Blocks."""
    graph = inner
    for _ in range(levels):
        graph = {"nodes": [{"id": "b", "type": "Block", "config": {}, "graph": graph}], "edges": []}
    return {**document(), **graph}


def test_a_graph_inside_a_node_is_written_back_whole() -> None:
    rich = {**INNER, "name": "pair", "meta": {"a": 1}, "colour": "red"}
    nodes = [OUTER["nodes"][0], {**OUTER["nodes"][1], "graph": rich, "position": {"x": 1, "y": 2}}, OUTER["nodes"][2]]
    both = {**OUTER, "nodes": nodes}
    assert to_document(parse(both)) == both
    assert to_document(parse(OUTER)) == OUTER


def test_the_ports_of_a_block_are_its_inputs_and_outputs_in_document_order() -> None:
    block = parse(OUTER).nodes[1]
    assert [port.name for port in inputs_of(block)] == ["left", "right"]
    assert outputs_of(block) == ("y",)
    twice = Node("b", "GradCheckpoint", graph=Graph(nodes=(Node("a", "Input"), Node("a", "Input"))))
    assert [port.name for port in inputs_of(twice)] == ["a"]
    for node in (Node("b", "Block"), Node("x", "Mystery")):
        assert not inputs_of(node)
        assert not outputs_of(node)
    assert [port.name for port in inputs_of(Node("c", "Conv2D"))] == ["in"]
    assert outputs_of(Node("c", "Dense"))[0] == "out"


def test_omitted_handles_are_written_at_every_level() -> None:
    content = json.loads(canonical(parse(OUTER)))
    assert content["edges"] == [
        {"source": "in", "source_handle": "out", "target": "b", "target_handle": "left"},
        {"source": "in", "source_handle": "out", "target": "b", "target_handle": "right"},
        {"source": "b", "source_handle": "y", "target": "out", "target_handle": "in"},
    ]
    inner = content["nodes"][0]["graph"]
    assert [edge["target_handle"] for edge in inner["edges"]] == ["in.0", "in.1", "in"]
    assert parse(canonical(parse(OUTER))).nodes[0].graph is not None
    assert content_hash(parse(canonical(parse(OUTER)))) == content_hash(parse(OUTER))


def test_what_a_block_holds_is_content_but_its_dress_is_not() -> None:
    def hashed(**changes: Any) -> str:
        return content_hash(parse({**OUTER, "nodes": [*OUTER["nodes"][::2], {**OUTER["nodes"][1], **changes}]}))

    same = {**INNER, "nodes": INNER["nodes"][::-1], "name": "x", "meta": {}, "schema": "neuralforge.blueprint/1"}
    # Inputs in another order are other ports: the first is where an omitted handle leads.
    same["nodes"] = [INNER["nodes"][2], INNER["nodes"][0], INNER["nodes"][3], INNER["nodes"][1]]
    assert hashed(graph=same) == hashed(graph=INNER) == content_hash(parse(OUTER))
    assert hashed(graph={**INNER, "edges": INNER["edges"][:2]}) != hashed(graph=INNER)
    assert hashed(graph={}) != hashed(graph=None) != hashed(graph=INNER)
    assert hashed(graph={**INNER, "colour": "red"}) != hashed(graph=INNER)


def test_a_graph_with_all_handles_written_stays_the_same_object() -> None:
    written = with_handles(parse(OUTER))
    assert with_handles(written) is written


def test_other_names_imply_settings_and_explicit_ones_win() -> None:
    nodes = (Node("a", "BiLSTM", {"hidden_size": 4}), Node("b", "BiGRU", {"bidirectional": False}))
    lstm, gru = with_handles(Graph(nodes=nodes)).nodes
    assert (lstm.type, lstm.config) == ("LSTM", {"bidirectional": True, "hidden_size": 4})
    assert (gru.type, gru.config) == ("GRU", {"bidirectional": False})


def test_sixteen_levels_are_read_and_seventeen_refused() -> None:
    assert parse(nested(16, INNER)).size == (20, 3)
    with pytest.raises(DocumentError) as refusal:
        parse(nested(17, INNER))
    assert str(refusal.value) == "nodes[0] holds blocks nested deeper than 16 levels; draw it flatter"


@pytest.mark.parametrize(
    ("graph", "complaint"),
    [
        ([], "nodes[0].graph must be an object, not a list"),
        ({"nodes": {}}, 'nodes[0].graph: "nodes" must be a list, not an object'),
        ({"edges": 1}, 'nodes[0].graph: "edges" must be a list, not a number'),
        ({"nodes": [{"id": "a"}]}, 'nodes[0].graph.nodes[0] has no "type"'),
        ({"edges": [{"source": "a"}]}, 'nodes[0].graph.edges[0] has no "target"'),
        ({"name": 1}, 'nodes[0].graph: "name" must be text, not a number'),
        ({"schema": "x"}, 'nodes[0].graph: "schema" says "x"; leave it out or make it "neuralforge.blueprint/1"'),
    ],
)
def test_what_is_no_graph_is_refused_by_its_place(graph: Any, complaint: str) -> None:
    with pytest.raises(DocumentError) as refusal:
        parse(document(nodes=[{"id": "b", "type": "Block", "graph": graph}]))
    assert str(refusal.value) == complaint


def test_nodes_and_edges_count_at_all_levels() -> None:
    many = {"nodes": [{"id": "a", "type": "ReLU"}] * 10_000, "edges": []}
    block = {"id": "b", "type": "Block", "graph": many}
    with pytest.raises(DocumentError, match="the document holds 20002 nodes, all blocks together; at most 20000"):
        parse(document(nodes=[block, block], edges=[]))
    lines = {"nodes": [], "edges": [{"source": "a", "target": "b"}] * 60_000}
    with pytest.raises(DocumentError, match="the document holds 120000 edges, all blocks together; at most 100000"):
        parse(document(nodes=[{**block, "graph": lines}] * 2, edges=[]))


def test_a_thick_block_with_many_edges_is_completed_quickly() -> None:
    inner = Graph(nodes=tuple(Node(f"i{n}", "Input") for n in range(10_000)))
    graph = Graph(nodes=(Node("b", "Block", graph=inner),), edges=tuple(Edge(str(n), "b") for n in range(50_000)))
    started = time.perf_counter()
    assert {edge.target_handle for edge in with_handles(graph).edges} == {"i0"}
    assert time.perf_counter() - started < 3


def test_hashing_deep_blocks_takes_one_walk() -> None:
    started = time.perf_counter()
    wide = {"nodes": [{"id": "a", "type": "ReLU"}] * 2_000, "edges": MINIMAL["edges"]}
    content_hash(parse(nested(16, wide)))
    assert time.perf_counter() - started < 3
