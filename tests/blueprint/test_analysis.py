"""Every issue at once, each with its code, its node, and a sentence that says how to mend it."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from blueprint import LAYERS, Analysis, Edge, Graph, Node, analyze, catalogue_hash, catalogue_json, instantiate
from blueprint.codec import encode
from tests.blueprint.examples import chain, network, single
from tests.blueprint.issues import INPUT, OUTPUT, found, only
from tests.blueprint.networks import graphs


def test_a_valid_network_has_no_issues_and_all_figures() -> None:
    conv = ("c1", "Conv2d", {"out_channels": 16, "kernel_size": 3, "padding": 1})
    analysis = analyze(chain(INPUT, conv, ("flat", "Flatten", {}), ("fc", "Dense", {"out_features": 10}), OUTPUT))
    assert analysis.to_json() == {
        "valid": True,
        "issues": [],
        "nodes": {
            "in": node_json(["B", 3, 8, 8], "0", "0", "0", "768"),
            "c1": node_json(["B", 16, 8, 8], "448", "27648", "55296", "4096"),
            "flat": node_json(["B", 1024], "0", "0", "0", "0"),
            "fc": node_json(["B", 10], "10250", "10240", "20480", "0"),
            "out": {**node_json([], "0", "0", "0", "0"), "outputs": {}},
        },
        "totals": {
            "params": "10698",
            "trainable_params": "10698",
            "macs": "37888",
            "flops": "75776",
            "weight_bytes": "42792",
            "activation_bytes": "4864",
            "training_bytes": "176032",
        },
        "catalogue": catalogue_hash(),
    }


def node_json(shape: list[Any], params: str, macs: str, flops: str, activation_bytes: str) -> dict[str, Any]:
    return {
        "outputs": {"out": {"shape": shape, "dtype": "float32"}},
        "params": params,
        "trainable_params": params,
        "macs": macs,
        "flops": flops,
        "activation_bytes": activation_bytes,
    }


def test_counts_stay_expressions_where_sizes_are_named() -> None:
    analysis = analyze(single("Linear", {"out_features": 256}, ["B", "T", 10]))
    assert analysis.to_json()["totals"] == {
        "params": "2816",
        "trainable_params": "2816",
        "macs": "2560*T",
        "flops": "5120*T",
        "weight_bytes": "11264",
        "activation_bytes": "40*T",
        "training_bytes": "40*T + 45056",
    }
    flat = analyze(single("Flatten", {}, ["B", 3, "H", "W"]))
    assert flat.nodes["layer"].to_json()["outputs"] == {"out": {"shape": ["B", "3*H*W"], "dtype": "float32"}}


def test_causes_come_before_consequences_and_config_is_still_checked_behind_them() -> None:
    graph = chain(
        INPUT,
        ("c1", "Conv2d", {"out_channels": 4, "kernel_size": 9}),
        ("r1", "ReLU", {}),
        ("fc", "Linear", {"out_features": 0}),
        OUTPUT,
    )
    assert found(graph) == [
        ("shape_mismatch", "c1"),
        ("upstream", "r1"),
        ("upstream", "fc"),
        ("bad_config", "fc"),
        ("upstream", "out"),
    ]
    assert "because `c1` before it failed" in only(graph, "upstream", "fc").message
    assert set(analyze(graph).nodes) == {"in"}


def test_two_mistakes_of_one_layer_are_told_together() -> None:
    graph = single("Conv2d", {"out_channels": 4, "kernel_size": 9, "groups": 2, "in_channels": 3}, ["B", 3, 8, 8])
    assert [code for code, node in found(graph) if node == "layer"] == ["bad_config", "shape_mismatch"]


def test_repeated_ids_and_unknown_keys_are_told() -> None:
    graph = Graph(
        nodes=(Node("in", "Input", {"shape": [1]}), Node("in", "ReLU"), Node("out", "Output", extra={"colour": "red"})),
        edges=(Edge("in", "out", extra={"width": 2}),),
        extra={"zoom": 1},
    )
    issues = analyze(graph).issues
    assert [issue.code for issue in issues] == ["unknown_field", "unknown_field", "unknown_field", "duplicate_id"]
    assert [issue.message.split(";")[0] for issue in issues] == [
        "the document has an unknown key `zoom`",
        "node `out` has an unknown key `colour`",
        "the edge from `in` to `out` has an unknown key `width`",
        "2 nodes share the id `in`",
    ]


def test_a_network_has_ends() -> None:
    assert found(Graph()) == [("no_input", None), ("no_output", None)]
    assert not analyze(Graph()).valid


def test_what_leads_nowhere_is_a_warning() -> None:
    graph = network([INPUT, ("lost", "ReLU", {}), OUTPUT], [("in", "out"), ("in", "lost")])
    assert only(graph, "unreachable", "lost").severity == "warning"
    assert analyze(graph).valid


def test_sizes_beyond_the_limit_are_issues() -> None:
    beyond = [("limit", "layer"), ("upstream", "out")]
    assert found(single("Flatten", {}, ["B", 2**20, 2**20])) == beyond
    many = "+".join(f"T{n}" for n in range(20))
    long = found(single("Flatten", {}, ["B", many, many.replace("T", "S")]))
    assert long == [("limit", "in"), ("upstream", "layer"), ("upstream", "out")]
    assert analyze(single("Linear", {"out_features": 2**31 - 1}, ["B", 2**31 - 1])).valid


@given(graphs())
def test_any_graph_is_analysed_and_is_valid_exactly_without_errors(graph: Graph) -> None:
    analysis = analyze(graph)
    assert analysis.valid == all(issue.severity != "error" for issue in analysis.issues)
    assert all(issue.message.count("\n") == 0 and issue.hint for issue in analysis.issues)
    encode(analysis.to_json())


@given(graphs(), st.randoms(use_true_random=False))
def test_the_order_of_a_document_does_not_change_its_figures(graph: Graph, random: Any) -> None:
    nodes = list(graph.nodes)
    random.shuffle(nodes)
    assert figures(analyze(Graph(graph.name, tuple(nodes), graph.edges))) == figures(analyze(graph))


def figures(analysis: Analysis) -> Any:
    return analysis.valid, dict(analysis.nodes), analysis.totals


def test_the_catalogue_describes_every_setting() -> None:
    described: Any = catalogue_json()["layers"]
    assert set(described) == set(LAYERS)
    for layer in LAYERS.values():
        assert layer.doc.endswith(".")
        for field in layer.fields:
            assert field.help.endswith("."), (layer.type, field.name)
            assert not field.required or (field.default is None and not field.determined)
            assert field.required or field.determined or field.nullable or field.default is not None


def test_figures_match_published_ones() -> None:
    totals = analyze(instantiate("digits-cnn")).totals
    assert totals.params == 4 + 160 + 32 + 4640 + 64 + 18496 + 128 + 2570 - 2
    assert totals.macs == 64 * 9 * 16 + 64 * 9 * 16 * 32 + 16 * 9 * 32 * 64 + 256 * 10
