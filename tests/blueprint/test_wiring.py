"""Cycles, ports and edges: what is wrong with the lines between layers."""

from blueprint import analyze
from tests.blueprint.examples import Layer, network, single
from tests.blueprint.issues import INPUT, OUTPUT, found, only


def test_a_cycle_is_named_as_a_path() -> None:
    layers = [INPUT, ("a", "Add", {}), ("b", "ReLU", {}), ("c", "ReLU", {}), ("d", "ReLU", {}), OUTPUT]
    graph = network(layers, [("in", "a"), ("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("d", "out")])
    assert only(graph, "cycle", "a").message == (
        "the network runs in a circle: `a` -> `b` -> `c` -> `a`; remove one of these edges"
    )
    assert found(graph) == [("cycle", "a"), ("upstream", "d"), ("upstream", "out")]


def test_separate_cycles_are_each_named_and_a_layer_may_feed_itself() -> None:
    layers = [INPUT, ("x", "ReLU", {}), ("y", "ReLU", {}), ("self", "ReLU", {}), OUTPUT]
    graph = network(layers, [("x", "y"), ("y", "x"), ("self", "self"), ("in", "out")])
    assert found(graph)[:2] == [("cycle", "self"), ("cycle", "x")]


def test_a_long_cycle_is_told_shortly() -> None:
    ids = [f"n{n:05}" for n in range(20_000)]
    graph = network([(id, "ReLU", {}) for id in ids], [*zip(ids, ids[1:] + ids[:1], strict=True)])
    issue = only(graph, "cycle", "n00000")
    assert "(19988 more)" in issue.message
    assert len(issue.message) < 300


def test_thousands_of_small_cycles_before_a_long_tail_are_analysed() -> None:
    pairs = [(f"p{n}", f"q{n}") for n in range(5_000)]
    tail = [f"t{n:05}" for n in range(5_000)]
    edges = [edge for a, b in pairs for edge in ((a, b), (b, a), (b, tail[-1]))]
    edges += zip(tail[1:], tail, strict=False)
    layers: list[Layer] = [(id, "ReLU", {}) for pair in pairs for id in pair]
    layers += [(id, "Add", {}) for id in tail]
    codes = [code for code, _ in found(network(layers, edges))]
    assert codes.count("cycle") == 5_000


def test_ports_are_checked() -> None:
    layers = [INPUT, ("r", "ReLU", {}), ("sum", "Add", {}), ("e", "ReLU", {}), OUTPUT]
    edges = [("in", "r"), ("in", "r", "in"), ("r", "e", "side"), ("r", "sum", "in.2"), ("r", "sum", "in.0", "left")]
    told = [(issue.code, issue.node, issue.port) for issue in analyze(network(layers, [*edges, ("sum", "out")])).issues]
    assert told == [
        ("too_many_inputs", "r", "in"),
        ("unknown_port", "e", "side"),
        ("missing_input", "e", "in"),
        ("missing_input", "sum", "in.1"),
        ("unknown_port", "r", "left"),
        ("upstream", "out", None),
        ("unreachable", "e", None),
    ]


def test_ends_have_one_side_only() -> None:
    graph = network([INPUT, ("again", "Input", {"shape": [1]}), OUTPUT], [("in", "out"), ("in", "again")])
    assert "it takes none, remove the edge" in only(graph, "unknown_port", "again").message
    backwards = network([INPUT, ("layer", "ReLU", {}), OUTPUT], [("in", "out"), ("out", "layer")])
    assert "it gives nothing, remove the edge" in only(backwards, "unknown_port", "out").message


def test_too_few_branches_are_missing_inputs() -> None:
    one = only(single("Add", {}, ["B", 3]), "missing_input")
    assert one.port == "in.1"
    assert one.message == "Add `layer`: 1 of at least 2 inputs are connected; connect a layer to `in.1`"
    alone = only(network([INPUT, ("layer", "ReLU", {}), OUTPUT], [("in", "out")]), "missing_input")
    assert alone.message == "ReLU `layer`: nothing is connected to `in`; connect a layer to `in`"


def test_edges_to_nowhere_are_the_cause_not_a_missing_input() -> None:
    graph = network([INPUT, ("r", "ReLU", {}), OUTPUT], [("ghost", "r"), ("r", "out"), ("in", "nobody"), ("x", "y")])
    assert found(graph) == [
        ("dangling_edge", "r"),
        ("dangling_edge", "in"),
        ("dangling_edge", None),
        ("upstream", "out"),
        ("unreachable", "in"),
    ]
    assert "there is no node `ghost` for the edge from `ghost` to `r`" in only(graph, "dangling_edge", "r").message
