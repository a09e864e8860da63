"""Documents are read under limits, written back whole, and hashed by content alone."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueprint import LAYERS, DocumentError, Graph, analyze, canonical, content_hash, parse, to_document
from blueprint.codec import number_text
from tests.blueprint.networks import graphs

MINIMAL: dict[str, Any] = {
    "schema": "neuralforge.blueprint/1",
    "name": "tiny",
    "nodes": [
        {"id": "in", "type": "Input", "config": {"shape": ["B", 1, 8, 8]}, "position": {"x": 0, "y": 32.5}},
        {"id": "c1", "type": "Conv2D", "config": {"out_channels": 16, "kernel_size": 3}},
        {"id": "out", "type": "Output"},
    ],
    "edges": [{"source": "in", "target": "c1"}, {"source": "c1", "target": "out", "target_handle": "in"}],
}


def document(**changes: Any) -> dict[str, Any]:
    return {**MINIMAL, **changes}


def test_text_bytes_and_mapping_read_alike() -> None:
    text = json.dumps(MINIMAL)
    assert parse(text) == parse(text.encode()) == parse(MINIMAL)


def test_a_byte_order_mark_is_no_obstacle() -> None:
    assert parse(b"\xef\xbb\xbf" + json.dumps(MINIMAL).encode()) == parse(MINIMAL)


def test_everything_a_document_carries_is_written_back() -> None:
    rich = document(
        meta={"author": "Ada"},
        colour="red",
        nodes=[{"id": "in", "type": "Input", "config": {"shape": [1]}, "meta": {"note": 1}, "shade": [1.5]}],
        edges=[{"source": "in", "target": "x", "source_handle": "out", "id": "e1", "meta": {}, "width": 2}],
    )
    assert to_document(parse(rich)) == rich


HOSTILE: dict[str, tuple[Any, str]] = {
    "empty": (b"", "not JSON"),
    "truncated": (json.dumps(MINIMAL)[:-20], "not JSON"),
    "not UTF-8": (b'{"schema": "\xff"}', "not UTF-8 text"),
    "too large": (b" " * (8 * 2**20 + 1), "larger than 8 MiB"),
    "nested 100,000 lists": ("[" * 100_000, "nested deeper than 64 levels"),
    "nested 100,000 objects": ('{"a":' * 100_000, "nested deeper than 64 levels"),
    "nested 80 levels in meta": (document(meta={"a": json.loads("[" * 80 + "]" * 80)}), "nested deeper"),
    "NaN": (json.dumps(document(meta={"a": float("nan")})), "NaN is not a JSON number"),
    "Infinity": (json.dumps(document(meta={"a": float("-inf")})), "-Infinity is not a JSON number"),
    "beyond a double": ('{"a": 1e999}', "not finite"),
    "NaN as an object": (document(meta={"a": float("nan")}), "not finite"),
    "5,000 digits": ('{"a": ' + "9" * 5000 + "}", "more than 100 digits"),
    "a repeated key": ('{"schema": "x", "schema": "y"}', "the key `schema` appears twice"),
    "half a surrogate pair": (r'{"schema": "\ud800"}', "surrogate"),
    "a NUL character": (r'{"schema": "\u0000"}', "NUL"),
    "a list": ("[]", "must be an object, not a list"),
    "no schema": ("{}", '"schema" is missing'),
    "another schema": (document(schema="neuralforge.blueprint/2"), "must be"),
    "a schema that is a number": (document(schema=1), "must be"),
    "nodes that are an object": (document(nodes={}), '"nodes" must be a list, not an object'),
    "a node that is text": (document(nodes=["in"]), "nodes[0] must be an object, not a text"),
    "a node without id": (document(nodes=[{"type": "ReLU"}]), 'nodes[0] has no "id"'),
    "a numeric id": (document(nodes=[{"id": 1, "type": "ReLU"}]), 'nodes[0]: "id" must be a non-empty text'),
    "an empty id": (document(nodes=[{"id": "", "type": "ReLU"}]), "not an empty text"),
    "a node without type": (document(nodes=[{"id": "a"}]), 'nodes[0] has no "type"'),
    "a config that is a list": (document(nodes=[{"id": "a", "type": "ReLU", "config": []}]), "must be an object"),
    "a position that is text": (document(nodes=[{"id": "a", "type": "ReLU", "position": "left"}]), "position"),
    "a position without y": (document(nodes=[{"id": "a", "type": "ReLU", "position": {"x": 1}}]), "position"),
    "an edge without target": (document(edges=[{"source": "in"}]), 'edges[0] has no "target"'),
    "a numeric handle": (document(edges=[{"source": "in", "target": "c1", "source_handle": 0}]), "source_handle"),
    "a numeric name": (document(name=7), '"name" must be text, not a number'),
    "too many nodes": (document(nodes=[{"id": "a", "type": "ReLU"}] * 20_001), "at most 20000"),
    "too many edges": (document(edges=[{"source": "a", "target": "b"}] * 100_001), "at most 100000"),
    "a Python object": (document(meta={"a": object()}), "type object is not JSON"),
    "a key that is no text": (document(meta={1: 2}), "keys are text"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_document_is_refused_in_one_sentence(case: str) -> None:
    data, complaint = HOSTILE[case]
    with pytest.raises(DocumentError) as refusal:
        parse(data)
    assert complaint in str(refusal.value)
    assert len(str(refusal.value)) < 200
    assert "\n" not in str(refusal.value)


def test_a_mapping_that_holds_itself_is_refused() -> None:
    loop: dict[str, Any] = {}
    loop["meta"] = loop
    with pytest.raises(DocumentError, match="nested deeper"):
        parse(loop)


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_noise_never_raises_anything_else(data: bytes | str) -> None:
    with pytest.raises(DocumentError):
        parse(data)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(JSON_VALUES, JSON_VALUES, st.sampled_from(sorted(LAYERS)), st.sampled_from(["config", "shape", "p", "id"]))
def test_odd_values_anywhere_are_refused_or_become_issues(value: Any, other: Any, type: str, place: str) -> None:
    config = dict.fromkeys(("shape", "kernel_size", "out_channels", "padding", "p", "output_size", "dim"), value)
    node: dict[str, Any] = {"id": "a", "type": type, "config": config, place: other}
    data = document(nodes=[*MINIMAL["nodes"], node], edges=[*MINIMAL["edges"], {"source": "in", "target": "a"}])
    try:
        graph = parse(data)
    except DocumentError:
        return
    json.dumps(analyze(graph).to_json(), allow_nan=False)
    assert content_hash(graph) == content_hash(parse(canonical(graph)))


def test_canonical_writes_types_and_handles_and_leaves_dress_out() -> None:
    plain = json.loads(canonical(parse(MINIMAL)))
    assert [node["type"] for node in plain["nodes"]] == ["Conv2d", "Input", "Output"]
    assert plain["edges"][0] == {"source": "in", "source_handle": "out", "target": "c1", "target_handle": "in"}
    assert "name" not in plain
    dressed = document(name="other", meta={"a": 1}, nodes=[{**node, "meta": {"b": 2}} for node in MINIMAL["nodes"]])
    assert canonical(parse(dressed)) == canonical(parse(MINIMAL))


@given(graphs(), st.randoms(use_true_random=False))
def test_canonical_does_not_depend_on_the_order_written(graph: Graph, random: Any) -> None:
    written = parse(canonical(graph))
    nodes, edges = list(written.nodes), list(written.edges)
    random.shuffle(nodes)
    random.shuffle(edges)
    shuffled = Graph("shuffled", tuple(nodes), tuple(edges))
    assert canonical(shuffled) == canonical(graph) == canonical(parse(canonical(graph)))


def test_omitted_variadic_handles_take_the_next_free_port_in_document_order() -> None:
    nodes = [{"id": id, "type": "Identity"} for id in "abc"] + [{"id": "sum", "type": "Add"}]
    edges = [{"source": "b", "target": "sum"}, {"source": "c", "target": "sum", "target_handle": "in.1"}]
    edges.append({"source": "a", "target": "sum"})
    written = json.loads(canonical(parse(document(nodes=nodes, edges=edges))))["edges"]
    assert [(edge["source"], edge["target_handle"]) for edge in written] == [
        ("b", "in.0"),
        ("c", "in.1"),
        ("a", "in.2"),
    ]


def test_content_tells_networks_apart() -> None:
    changed = json.loads(json.dumps(MINIMAL))
    changed["nodes"][1]["config"]["out_channels"] = 17
    assert content_hash(parse(changed)) != content_hash(parse(MINIMAL))
    unknown = document(nodes=[*MINIMAL["nodes"][:2], {**MINIMAL["nodes"][2], "colour": "red"}])
    assert content_hash(parse(unknown)) != content_hash(parse(MINIMAL))


def test_a_number_hashes_alike_however_it_is_written() -> None:
    def with_p(text: str) -> str:
        return content_hash(
            parse(json.dumps(document(meta=None)).replace('"kernel_size": 3', f'"kernel_size": {text}'))
        )

    assert with_p("3") == with_p("3.0") == with_p("30e-1")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.5"),
        (1e-05, "0.00001"),
        (1e-07, "1e-7"),
        (1.5e-10, "1.5e-10"),
        (123456.789, "123456.789"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (-0.001, "-0.001"),
        (5e-324, "5e-324"),
    ],
)
def test_numbers_are_written_as_ecmascript_writes_them(value: float, text: str) -> None:
    assert number_text(value) == text
