"""Documents are read, written, completed, hashed and refused alike in Python and TypeScript."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueprint import DocumentError, Graph, canonical, content_hash, instantiate, parse, templates, to_document
from blueprint.canonical import with_handles
from blueprint.ports import inputs_of, outputs_of
from blueprint.spelling import spelled
from tests.blueprint.browser import ask, said
from tests.blueprint.json_texts import JSON_VALUES
from tests.blueprint.many import many
from tests.blueprint.networks import graphs
from tests.blueprint.test_document import HOSTILE, MINIMAL
from tests.blueprint.test_ports import OUTER, nested

ASKED: dict[str, Callable[[Graph], Any]] = {
    "document": lambda graph: spelled(to_document(graph)),
    "canonical": lambda graph: canonical(graph).decode(),
    "contentHash": content_hash,
    "withHandles": lambda graph: spelled(to_document(with_handles(graph))),
    "ports": lambda graph: [[[p.name for p in inputs_of(node)], list(outputs_of(node))] for node in graph.nodes],
}


def read(text: str) -> Graph | str:
    """The graph of a document, or the sentence of the refusal."""
    try:
        return parse(text)
    except DocumentError as error:
        return str(error)


def assert_alike(text: str) -> None:
    graph = read(text)
    if isinstance(graph, str):
        assert said("document", text) == graph
        return
    for method, expected in ASKED.items():
        assert ask(method, text) == expected(graph), method


RICH: dict[str, Any] = copy.deepcopy(OUTER)
RICH["nodes"][0] |= {"position": {"x": 0.5, "y": -3}, "meta": {"1": 2, "0": None}, "10": 1, "9": 2}
RICH["nodes"][1]["graph"]["nodes"].append({"id": "r", "type": "BiLSTM", "config": {"hidden_size": 4}})
RICH["nodes"].append({"id": "__proto__", "type": "constructor", "config": {"__proto__": 1}})
RICH["edges"].append({"source": "__proto__", "target": "b", "id": "e", "meta": {}, "zzz": [1.5, 2**60]})


def texts() -> Iterator[tuple[str, str]]:
    """The hostile documents as texts; what only Python can be given is none."""
    for name, (data, _) in HOSTILE.items():
        if isinstance(data, bytes | str):
            yield name, data.decode("utf-8", "replace") if isinstance(data, bytes) else data
        elif name != "a Python object":
            yield name, json.dumps(data)


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in texts()])
def test_hostile_documents_are_refused_alike(text: str) -> None:
    assert_alike(text)


@pytest.mark.parametrize("document", [MINIMAL, OUTER, RICH, nested(16, RICH), nested(17, RICH)])
def test_documents_are_read_alike(document: dict[str, Any]) -> None:
    assert_alike(json.dumps(document))


@pytest.mark.parametrize("name", [template.name for template in templates()])
def test_templates_are_read_alike(name: str) -> None:
    assert_alike(json.dumps(to_document(instantiate(name))))


@given(graphs())
def test_random_networks_are_read_alike(graph: Graph) -> None:
    assert_alike(json.dumps(to_document(graph)))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value in a document."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*path, key))


ODD: st.SearchStrategy[Any] = st.sampled_from(
    (
        "",
        "in",
        "b",
        "Input",
        "Block",
        "BiGRU",
        0,
        -1,
        1e9,
        1e10,
        2**70,
        True,
        None,
        [],
        {},
        [[]],
        {"id": "x"},
        "x\u202ey",
    )
)


@st.composite
def mutated(draw: st.DrawFn, document: Any = RICH) -> Any:
    """The document with some values elsewhere, gone, or something else."""
    changed = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        paths = [path for path in places(changed) if path]
        if not paths:
            break
        path = draw(st.sampled_from(paths))
        owner = changed
        for key in path[:-1]:
            owner = owner[key]
        match draw(st.sampled_from(("replace", "remove", "repeat", "add"))):
            case "replace":
                owner[path[-1]] = copy.deepcopy(draw(ODD | JSON_VALUES))
            case "remove":
                del owner[path[-1]]
            case "repeat" if isinstance(owner, list):
                owner.append(copy.deepcopy(owner[path[-1]]))
            case _ if isinstance(owner, dict):
                owner[draw(st.sampled_from(("graph", "nodes", "schema", "name", "9", "é", "")))] = copy.deepcopy(
                    draw(ODD)
                )
    return changed


@many
@given(mutated())
def test_mutated_documents_are_treated_alike(document: Any) -> None:
    assert_alike(json.dumps(document))
