"""Sizes too long to be written are refused at their node; however many sizes are named, the totals are told."""

from blueprint import Configure, Edge, Graph, Node, analyze
from blueprint.dimensions import product, substitute, symbol, total
from blueprint.expressions import parse_dimension
from blueprint.session import Session
from tests.blueprint.examples import chain


def many_inputs(count: int) -> Graph:
    """So many networks side by side, each with a named size of its own."""
    nodes = [
        node
        for n in range(count)
        for node in (
            Node(f"in{n}", "Input", {"shape": [f"S{n}", 8]}),
            Node(f"fc{n}", "Linear", {"out_features": 2}),
            Node(f"out{n}", "Output"),
        )
    ]
    pairs = [pair for n in range(count) for pair in ((f"in{n}", f"fc{n}"), (f"fc{n}", f"out{n}"))]
    return Graph("wide", tuple(nodes), tuple(Edge(source, target) for source, target in pairs))


def test_totals_name_more_sizes_than_a_layer_may() -> None:
    analysis = analyze(many_inputs(100), batch=4)
    assert analysis.valid
    assert analysis.totals.macs == total(16 * symbol(f"S{n}") for n in range(100))
    assert analysis.totals.flops == total(32 * symbol(f"S{n}") for n in range(100))


def test_a_session_keeps_such_totals_in_step() -> None:
    session = Session(many_inputs(100))
    session.apply([Configure("fc7", {"out_features": 3})])
    assert session.analysis().to_json() == analyze(session.graph).to_json()


def test_a_block_repeated_counts_more_terms_than_a_layer_may() -> None:
    strides = range(2, 82)
    config = {"out_channels": 1, "kernel_size": 1, "bias": False}
    convolutions = [Node(f"c{n}", "Conv1d", {**config, "stride": n}) for n in strides]
    held = Graph(
        nodes=(Node("x", "Input"), *convolutions, Node("y", "Output")),
        edges=(*(Edge("x", f"c{n}") for n in strides), Edge("x", "y")),
    )
    nodes = (
        Node("in", "Input", {"shape": [1, "L"]}),
        Node("b", "Block", {"repeat": 3}, graph=held),
        Node("out", "Output"),
    )
    analysis = analyze(Graph("repeated", nodes, (Edge("in", "b"), Edge("b", "out"))))
    assert analysis.totals.macs == total(3 * ((symbol("L") - 1) // n + 1) for n in strides)


def test_a_tensor_whose_numbers_cannot_be_written_is_refused_where_it_is_made() -> None:
    sums = ["+".join(f"{letter}{n}" for n in range(8)) for letter in "PQR"]
    analysis = analyze(chain(("in", "Input", {"shape": sums}), ("relu", "ReLU", {}), ("out", "Output", {})))
    assert [(issue.code, issue.node) for issue in analysis.issues] == [
        ("limit", "in"),
        ("upstream", "relu"),
        ("upstream", "out"),
    ]


def test_a_product_that_would_become_too_long_keeps_its_symbol() -> None:
    long = product([parse_dimension(f"B*S{n}//2") for n in range(10)])
    assert substitute(long, {"B": 3}) == long
    assert substitute(long, {"B": 2}) == product(symbol(f"S{n}") for n in range(10))
