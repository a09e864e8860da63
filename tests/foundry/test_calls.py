"""Calls that are not a layer's ports in order: first states in a tuple, masks and weights by name, settings."""

from collections.abc import Iterator
from typing import Any

import pytest

import blueprint
from foundry.source import emit
from tests.foundry.sandbox import Sandbox, inputs_of, same


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    made = Sandbox(tmp_path_factory.mktemp("calls"))
    yield made
    made.close()


def graph(type: str, config: dict[str, Any], inputs: dict[str, Any], output: str | None = None) -> blueprint.Graph:
    """A layer with an Input for each of its ports, by name: a shape, or a shape and a dtype."""
    nodes = [blueprint.Node("layer", type, config), blueprint.Node("z_out", "Output")]
    edges = [blueprint.Edge("layer", "z_out", output)]
    for n, (port, given) in enumerate(inputs.items()):
        shape, dtype = given if isinstance(given, tuple) else (given, "float32")
        nodes.append(blueprint.Node(f"in{n}", "Input", {"shape": shape, "dtype": dtype}))
        edges.append(blueprint.Edge(f"in{n}", "layer", None, port))
    return blueprint.Graph("calls", tuple(nodes), tuple(edges))


SEQUENCE, OTHER = ["B", "T", 8], ["B", "S", 8]
CASES = [
    (graph("GRU", {"hidden_size": 4}, {"in": SEQUENCE, "h_0": [1, "B", 4]}), "(in0, in1)"),
    (
        graph("LSTM", {"hidden_size": 4}, {"in": SEQUENCE, "h_0": [1, "B", 4], "c_0": [1, "B", 4]}, "last"),
        "(in0, (in1, in2))",
    ),
    (
        graph("LSTM", {"hidden_size": 4, "bidirectional": True, "proj_size": 3}, {"in": SEQUENCE}, "last"),
        "(x)[1][0][-2:].movedim(0, -2).flatten(-2)",
    ),
    (
        graph(
            "EmbeddingBag",
            {"num_embeddings": 9, "embedding_dim": 4, "mode": "sum"},
            {"in": (["B", 5], "int64"), "per_sample_weights": ["B", 5]},
        ),
        "(in0, per_sample_weights=in1)",
    ),
    (
        graph("MultiheadAttention", {"num_heads": 2, "need_weights": False}, {"query": SEQUENCE}),
        "(x, x, x, need_weights=False)[0]",
    ),
    (
        graph(
            "MultiheadAttention",
            {"num_heads": 2, "average_attn_weights": False},
            {"query": SEQUENCE, "key": OTHER, "key_padding_mask": ["B", "S"], "attn_mask": ["T", "S"]},
            "attn_output_weights",
        ),
        "(in0, in1, in1, key_padding_mask=in2, attn_mask=in3, average_attn_weights=False)[1]",
    ),
    (
        graph("ScaledDotProductAttention", {}, {"query": SEQUENCE, "value": SEQUENCE, "attn_mask": ["T", "T"]}),
        "(in0, in0, in1, in2)",
    ),
    (
        graph("TransformerEncoderLayer", {"nhead": 2}, {"src": SEQUENCE, "src_key_padding_mask": ["B", "T"]}),
        "(in0, src_key_padding_mask=in1)",
    ),
    (
        graph(
            "TransformerDecoderLayer",
            {"nhead": 2},
            {"tgt": SEQUENCE, "memory": OTHER, "memory_mask": ["T", "S"]},
        ),
        "(in0, in1, memory_mask=in2)",
    ),
]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(("drawn", "call"), CASES, ids=[call for _, call in CASES])
def test_a_call_is_written_as_it_is_made(drawn: blueprint.Graph, call: str, sandbox: Sandbox) -> None:
    written = emit(drawn)
    for n, _ in enumerate(drawn.nodes[2:], start=1):
        written = written.replace(f"input_{n}", f"in{n - 1}")
    assert call in written, written
    assert same(drawn, inputs_of(drawn, {"T": 5, "S": 6}), sandbox)


def test_sizes_that_are_the_embedding_s_are_not_written() -> None:
    """kdim and vdim are for keys and values of other sizes."""
    written = emit(graph("MultiheadAttention", {"num_heads": 2}, {"query": SEQUENCE}))
    assert "nn.MultiheadAttention(8, 2, batch_first=True)" in written
    written = emit(graph("MultiheadAttention", {"num_heads": 2}, {"query": SEQUENCE, "key": ["B", "S", 6]}))
    assert "nn.MultiheadAttention(8, 2, kdim=6, vdim=6, batch_first=True)" in written
