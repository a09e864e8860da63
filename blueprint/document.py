"""The graph document: what a person draws, as immutable values, and its reading and writing.

`parse` refuses only what has not the form of a document. Everything a person can mend on the canvas
(an unknown key, a repeated id, an edge to nowhere, a bad setting) is kept and becomes an issue of
`analyze`; unknown keys live in `extra` for that purpose.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from blueprint.codec import JSON, DocumentError, decode
from blueprint.quoting import shown

SCHEMA = "neuralforge.blueprint/1"
UNTITLED = "untitled"
MAX_NODES = 20_000
MAX_EDGES = 100_000
MAX_NESTING = 16


@dataclass(frozen=True, slots=True)
class Position:
    """Where a node is drawn, in pixels."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Node:
    """One layer of the network, or a Block of layers drawn in a `graph` of its own."""

    id: str
    type: str
    config: Mapping[str, JSON] = field(default_factory=dict)
    position: Position | None = None
    meta: Mapping[str, JSON] | None = None
    extra: Mapping[str, JSON] = field(default_factory=dict)
    graph: "Graph | None" = None


@dataclass(frozen=True, slots=True)
class Edge:
    """A tensor's way from an output port to an input port; an omitted handle is the node's first port."""

    source: str
    target: str
    source_handle: str | None = None
    target_handle: str | None = None
    id: str | None = None
    meta: Mapping[str, JSON] | None = None
    extra: Mapping[str, JSON] = field(default_factory=dict)


@dataclass(frozen=True)
class Graph:
    """A whole network, or what a Block holds.

    Content is nodes (id, type, config, graph) and edges (ends, handles); the rest is dress.
    """

    name: str = UNTITLED
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    meta: Mapping[str, JSON] | None = None
    extra: Mapping[str, JSON] = field(default_factory=dict)

    @cached_property
    def input_ids(self) -> tuple[str, ...]:
        """The ids of its Inputs in document order, each once; a Block's input ports."""
        return tuple(dict.fromkeys(node.id for node in self.nodes if node.type == "Input"))

    @cached_property
    def output_ids(self) -> tuple[str, ...]:
        """The ids of its Outputs in document order, each once; a Block's output ports."""
        return tuple(dict.fromkeys(node.id for node in self.nodes if node.type == "Output"))

    @cached_property
    def size(self) -> tuple[int, int]:
        """How many nodes and edges there are, those inside Blocks included."""
        sizes = [node.graph.size for node in self.nodes if node.graph is not None]
        nodes, edges = sum(size[0] for size in sizes), sum(size[1] for size in sizes)
        return len(self.nodes) + nodes, len(self.edges) + edges


def parse(data: bytes | str | Mapping[str, object]) -> Graph:
    """Read a document from JSON text, its bytes, or a mapping. Raises DocumentError, one sentence."""
    document = _object(decode(data), "the document")
    if (schema := document.get("schema")) != SCHEMA:
        said = f"says {shown(schema)}" if schema is not None else "is missing"
        raise DocumentError(f'the document\'s "schema" {said}; it must be "{SCHEMA}"')
    graph = _graph(document, "", 0)
    _check_size("the document", *graph.size)
    return graph


def to_document(graph: Graph) -> dict[str, JSON]:
    """The JSON-able document of a graph, with everything it carries."""
    return {"schema": SCHEMA, "name": graph.name, **_graph_parts(graph)}


def node_from_json(value: JSON, where: str) -> Node:
    """One node, and what it holds; `where` names it in the refusal."""
    node = _node(value, where, 0)
    if node.graph is not None:
        _check_size(where, *node.graph.size)
    return node


def edge_from_json(value: JSON, where: str) -> Edge:
    """One edge; `where` names it in the refusal."""
    data = _object(value, where)
    return Edge(
        source=_name(data, "source", where),
        target=_name(data, "target", where),
        source_handle=_optional_name(data, "source_handle", where),
        target_handle=_optional_name(data, "target_handle", where),
        id=_optional_name(data, "id", where),
        meta=_optional_object(data, "meta", where),
        extra=_others(data, {"source", "target", "source_handle", "target_handle", "id", "meta"}),
    )


def position_from_json(value: JSON, where: str) -> Position | None:
    """A position or None, further keys left out; `where` names it in the refusal."""
    if value is None:
        return None
    data = _object(value, f'{where}, "position"')
    x, y = data.get("x"), data.get("y")
    if not _is_number(x) or not _is_number(y):
        raise DocumentError(f'{where}: "position" must be {{"x": number, "y": number}}')
    return Position(float(x), float(y))  # type: ignore[arg-type]


def node_to_json(node: Node) -> dict[str, JSON]:
    """The JSON-able form of a node."""
    position = None if node.position is None else position_to_json(node.position)
    return {
        "id": node.id,
        "type": node.type,
        "config": dict(node.config),
        **_given(graph=None if node.graph is None else _inner_to_json(node.graph)),
        **_given(position=position, meta=node.meta),
        **node.extra,
    }


def edge_to_json(edge: Edge) -> dict[str, JSON]:
    """The JSON-able form of an edge."""
    handles = _given(source_handle=edge.source_handle, target_handle=edge.target_handle)
    return {"source": edge.source, "target": edge.target, **handles, **_given(id=edge.id, meta=edge.meta), **edge.extra}


def position_to_json(position: Position) -> dict[str, JSON]:
    """The JSON-able form of a position; whole pixels as integers."""
    return {"x": _whole(position.x), "y": _whole(position.y)}


def _graph(data: Mapping[str, JSON], where: str, depth: int) -> Graph:
    """A graph `depth` Blocks deep; the whole document is "" and its nodes are "nodes[0]", not "x.nodes[0]"."""
    if depth > MAX_NESTING:
        outermost = where.partition(".graph")[0]
        raise DocumentError(f"{outermost} holds blocks nested deeper than {MAX_NESTING} levels; draw it flatter")
    nodes, edges = _list(data, "nodes", where, MAX_NODES), _list(data, "edges", where, MAX_EDGES)
    prefix = where and f"{where}."
    return Graph(
        name=_text(data, "name", where or "the document", default=UNTITLED),
        nodes=tuple(_node(item, f"{prefix}nodes[{index}]", depth) for index, item in enumerate(nodes)),
        edges=tuple(edge_from_json(item, f"{prefix}edges[{index}]") for index, item in enumerate(edges)),
        meta=_optional_object(data, "meta", where or "the document"),
        extra=_others(data, {"schema", "name", "nodes", "edges", "meta"}),
    )


def _node(value: JSON, where: str, depth: int) -> Node:
    data = _object(value, where)
    return Node(
        id=_name(data, "id", where),
        type=_name(data, "type", where),
        config=_optional_object(data, "config", where) or {},
        position=position_from_json(data.get("position"), where),
        meta=_optional_object(data, "meta", where),
        extra=_others(data, {"id", "type", "config", "position", "meta", "graph"}),
        graph=_inner_from_json(data.get("graph"), f"{where}.graph", depth + 1),
    )


def _inner_from_json(value: JSON, where: str, depth: int) -> Graph | None:
    if value is None:
        return None
    data = _object(value, where)
    if (schema := data.get("schema")) not in (None, SCHEMA):
        raise DocumentError(f'{where}: "schema" says {shown(schema)}; leave it out or make it "{SCHEMA}"')
    return _graph(data, where, depth)


def _inner_to_json(graph: Graph) -> dict[str, JSON]:
    return {**_given(name=None if graph.name == UNTITLED else graph.name), **_graph_parts(graph)}


def _graph_parts(graph: Graph) -> dict[str, JSON]:
    return {
        "nodes": [node_to_json(node) for node in graph.nodes],
        "edges": [edge_to_json(edge) for edge in graph.edges],
        **_given(meta=graph.meta),
        **graph.extra,
    }


def _check_size(where: str, nodes: int, edges: int) -> None:
    for count, kind, limit in ((nodes, "nodes", MAX_NODES), (edges, "edges", MAX_EDGES)):
        if count > limit:
            raise DocumentError(f"{where} holds {count} {kind}, all blocks together; at most {limit} are allowed")


def _object(value: JSON, where: str) -> Mapping[str, JSON]:
    if not isinstance(value, Mapping):
        raise DocumentError(f"{where} must be an object, not {_kind(value)}")
    return value


def _list(data: Mapping[str, JSON], key: str, where: str, limit: int) -> Sequence[JSON]:
    value = data.get(key, [])
    named = f'{where}: "{key}"' if where else f'"{key}"'
    if not isinstance(value, list):
        raise DocumentError(f"{named} must be a list, not {_kind(value)}")
    if len(value) > limit:
        raise DocumentError(f"{named} holds {len(value)} entries; at most {limit} are allowed")
    return value


def _text(data: Mapping[str, JSON], key: str, where: str, default: str) -> str:
    value = data.get(key, default)
    if not isinstance(value, str):
        raise DocumentError(f'{where}: "{key}" must be text, not {_kind(value)}')
    return value


def _name(data: Mapping[str, JSON], key: str, where: str) -> str:
    if key not in data:
        raise DocumentError(f'{where} has no "{key}"')
    value = data[key]
    if not isinstance(value, str) or not value:
        raise DocumentError(f'{where}: "{key}" must be a non-empty text, not {_kind(value)}')
    return value


def _optional_name(data: Mapping[str, JSON], key: str, where: str) -> str | None:
    return None if data.get(key) is None else _name(data, key, where)


def _optional_object(data: Mapping[str, JSON], key: str, where: str) -> Mapping[str, JSON] | None:
    value = data.get(key)
    return None if value is None else _object(value, f'{where}, "{key}"')


def _others(data: Mapping[str, JSON], known: set[str]) -> Mapping[str, JSON]:
    return {key: value for key, value in data.items() if key not in known}


def _given(**values: JSON) -> dict[str, JSON]:
    return {key: value for key, value in values.items() if value is not None}


def _whole(value: float) -> int | float:
    return int(value) if value == int(value) else value


def _is_number(value: JSON) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= 1e9


def _kind(value: JSON) -> str:
    names = {type(None): "null", bool: "a boolean", int: "a number", float: "a number", str: "a text", list: "a list"}
    return "an empty text" if value == "" else names.get(type(value), "an object")
