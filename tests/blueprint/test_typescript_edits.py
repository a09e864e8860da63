"""Python and TypeScript edit, compare and merge alike: the same documents, the same edits, the same words."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueprint import (
    DocumentError,
    Edge,
    Edit,
    EditError,
    Graph,
    Node,
    apply,
    diff,
    edits_from_json,
    edits_to_json,
    instantiate,
    invert,
    merge,
    parse,
    to_document,
)
from blueprint.codec import decode, encode
from blueprint.spelling import JSON
from tests.blueprint.browser import ask, said
from tests.blueprint.changes import edited, edits, forks
from tests.blueprint.many import many
from tests.blueprint.networks import graphs
from tests.blueprint.test_edits import HOSTILE, JSON_NOISE


def text(graph: Graph) -> str:
    """The document, spelt."""
    return encode(to_document(graph)).decode()


def read(graph: Graph) -> Graph:
    """The graph as it comes out of its document, where keys have an order."""
    return parse(text(graph))


def batch(done: Any) -> str:
    """The edits, spelt."""
    return encode(edits_to_json(done)).decode()


def told(act: Callable[..., JSON], *given: Any) -> str:
    """The result, spelt, or the sentence of the refusal."""
    try:
        return encode(act(*given)).decode()
    except (EditError, DocumentError) as refusal:
        return str(refusal)


def applied(graph: Graph, values: Any) -> JSON:
    return to_document(apply(read(graph), edits_from_json(values)))


def edits_between(a: Graph, b: Graph) -> JSON:
    return edits_to_json(diff(read(a), read(b)))


def merging(base: Graph, ours: Graph, theirs: Graph) -> JSON:
    result = merge(read(base), read(ours), read(theirs))
    return [to_document(result.graph), [conflict.to_json() for conflict in result.conflicts]]


def reread(values: Any) -> JSON:
    return edits_to_json(edits_from_json(values))


@given(edited())
def test_edits_lead_to_the_same_document_and_are_undone_alike(change: tuple[Graph, tuple[Edit, ...]]) -> None:
    graph, done = read(change[0]), edits_from_json(decode(batch(change[1])))
    assert ask("apply", text(graph), batch(done)) == text(apply(graph, done))
    assert ask("invert", text(graph), batch(done)) == batch(invert(graph, done))
    changed = read(apply(graph, done))
    assert ask("diff", text(graph), text(changed)) == batch(diff(graph, changed))


@given(graphs(), st.lists(edits(), max_size=4))
def test_broken_edits_are_refused_in_the_same_words(graph: Graph, wanted: list[Edit]) -> None:
    assert said("apply", text(graph), batch(wanted)) == told(applied, graph, decode(batch(wanted)))
    assert said("edits", batch(wanted)) == batch(wanted)


@given(graphs(), graphs())
def test_differences_are_told_alike(a: Graph, b: Graph) -> None:
    assert ask("diff", text(a), text(b)) == batch(diff(read(a), read(b)))


@given(forks())
def test_merges_and_their_conflicts_are_alike(fork: tuple[Graph, tuple[Edit, ...], tuple[Edit, ...]]) -> None:
    three = (fork[0], apply(fork[0], fork[1]), apply(fork[0], fork[2]))
    assert ask("merge", *map(text, three)) == encode(merging(*three)).decode()


@given(graphs(), graphs(), graphs())
def test_merges_of_strangers_are_alike(base: Graph, ours: Graph, theirs: Graph) -> None:
    assert ask("merge", text(base), text(ours), text(theirs)) == encode(merging(base, ours, theirs)).decode()


@pytest.mark.parametrize("values", [values for values, _, _ in HOSTILE if "nan" not in repr(values)])
def test_what_is_no_edit_is_refused_alike(values: Any) -> None:
    said_there = said("edits", json.dumps(values))
    assert said_there == told(reread, values)


OPS = ("add_node", "replace", "configure", "connect", "move_node", "group", "ungroup", "within")
KEYS = ("id", "node", "edge", "edits", "ids", "prefix", "set", "unset", "position", "x")


@many
@given(st.sampled_from(OPS), st.dictionaries(st.sampled_from(KEYS), JSON_NOISE | st.just("r"), max_size=4))
def test_noise_is_refused_alike(op: str, members: dict[str, Any]) -> None:
    values: list[Any] = [{"op": op, **members}, {"op": "within", "id": "b", "edits": [{"op": op, **members}]}]
    for value in values:
        assert said("edits", json.dumps([value])) == told(lambda text: reread(decode(text)), json.dumps([value]))


BROKEN = [
    Graph(nodes=(Node("a", "ReLU"), Node("a", "Tanh"))),
    Graph(nodes=(Node("a", "ReLU"),), edges=(Edge("a", "a"), Edge("a", "a"))),
    Graph(edges=(Edge("a", "b"),)),
    Graph(extra={"zoom": 1}),
    Graph(nodes=(Node("b", "Block", graph=Graph(nodes=(Node("a", "ReLU"), Node("a", "ReLU")))),)),
    Graph(nodes=(Node("b", "Block", graph=Graph(edges=(Edge("x", "y"),), extra={"zoom": True})),)),
    Graph(nodes=(Node("b", "Block", extra={"zoom": 1}), Node("r", "ReLU", extra={"zoom": 2}))),
]


@pytest.mark.parametrize("broken", BROKEN)
def test_broken_documents_are_refused_alike(broken: Graph) -> None:
    for other in (*BROKEN, instantiate("digits-cnn")):
        assert said("diff", text(other), text(broken)) == told(edits_between, other, broken)
        assert said("merge", *map(text, (other, broken, other))) == told(merging, other, broken, other)


def test_limits_are_alike() -> None:
    full = Graph(nodes=tuple(Node(f"n{n}", "ReLU") for n in range(10_000)))
    ids = [f"n{n}" for n in range(10_000)]
    again = [{"op": "group", "ids": ids, "id": "g"}, {"op": "ungroup", "id": "g"}] * 30
    large: list[Any] = [{"op": "add_node", "node": {"id": f"m{n}", "type": "ReLU"}} for n in range(10_001)]
    for values in (again, large):
        expected = told(applied, full, values)
        assert said("apply", text(full), json.dumps(values)) == expected
        assert len(expected) < 200
