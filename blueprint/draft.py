"""A graph opened for editing: tables that find nodes and edges at once, and keep ids and edges unique."""

from dataclasses import dataclass, field, replace
from typing import TypeAlias

from blueprint.canonical import with_handles
from blueprint.codec import DocumentError
from blueprint.document import Edge, Graph, Node
from blueprint.ports import Ports
from blueprint.quoting import quoted

MAX_EDGE_CHANGES = 200_000

Ends: TypeAlias = tuple[str, str, str, str]


class Refused(ValueError):
    """Why an edit cannot be applied, in one sentence."""


def ends(edge: Edge) -> Ends:
    """What tells an edge from others: where it starts and where it ends."""
    return edge.source, edge.source_handle or "", edge.target, edge.target_handle or ""


def shown(edge: Edge) -> str:
    """An edge for people."""
    handle = f" at {quoted(edge.target_handle)}" if edge.target_handle else ""
    return f"the edge from {quoted(edge.source)} to {quoted(edge.target)}{handle}"


@dataclass(slots=True)
class Draft:
    """Nodes by id, edges by their ends, the edges at each node and between each two."""

    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[Ends, Edge] = field(default_factory=dict)
    ports: Ports = field(default_factory=Ports)
    _touching: dict[str, dict[Ends, None]] = field(default_factory=dict)
    _between: dict[tuple[str, str], dict[Ends, None]] = field(default_factory=dict)
    _changes: int = 0

    def node(self, id: str) -> Node:
        """The node of an id."""
        if id not in self.nodes:
            raise Refused(f"there is no node {quoted(id)}; use the id of a node that exists")
        return self.nodes[id]

    def edges_at(self, id: str) -> list[Edge]:
        """All edges that start or end at a node."""
        return [self.edges[key] for key in self._touching.get(id, ())]

    def put(self, edge: Edge) -> None:
        """Draw an edge whose ends are free."""
        key = ends(edge)
        self.edges[key] = edge
        self.ports.enter(edge)
        for id in (edge.source, edge.target):
            self._touching.setdefault(id, {})[key] = None
        self._between.setdefault((edge.source, edge.target), {})[key] = None

    def drop(self, edge: Edge) -> None:
        """Take an edge away. A batch may move edges only so often, or renaming a hub again and again would not end."""
        self._changes += 1
        if self._changes > MAX_EDGE_CHANGES:
            raise Refused(f"this batch moves edges more than {MAX_EDGE_CHANGES} times; split it")
        key = ends(edge)
        del self.edges[key]
        self.ports.leave(edge)
        for id in {edge.source, edge.target}:
            del self._touching[id][key]
        del self._between[edge.source, edge.target][key]

    def complete(self, edge: Edge) -> Edge:
        """A new edge between existing nodes, with its handles written."""
        return self.ports.completed(edge, {id: self.node(id) for id in (edge.source, edge.target)})

    def find(self, edge: Edge) -> Edge:
        """The edge meant; a handle may be omitted where only one edge runs between the two nodes."""
        if ends(edge) in self.edges:
            return self.edges[ends(edge)]
        keys = self._between.get((edge.source, edge.target), {})
        if len(keys) > 1 and edge.target_handle is None:
            raise Refused(f"{shown(edge)} could be any of {len(keys)}; name its target_handle")
        found = next((self.edges[key] for key in keys if _matches(edge, self.edges[key])), None)
        if found is None:
            raise Refused(f"{shown(edge)} does not exist; leave it out")
        return found


def draft_of(graph: Graph) -> Draft:
    """Open a graph. Raises DocumentError where an id or an edge is repeated."""
    graph = with_handles(graph)
    draft = Draft()
    for node in graph.nodes:
        if node.id in draft.nodes:
            raise DocumentError(f"two nodes share the id {quoted(node.id)}; give each an id of its own first")
        draft.nodes[node.id] = node
    for edge in graph.edges:
        if ends(edge) in draft.edges:
            raise DocumentError(f"{shown(edge)} is drawn twice; remove one of the two first")
        draft.put(edge)
    return draft


def closed(draft: Draft, graph: Graph) -> Graph:
    """The graph with the draft's nodes and edges."""
    return replace(graph, nodes=tuple(draft.nodes.values()), edges=tuple(draft.edges.values()))


def _matches(wanted: Edge, edge: Edge) -> bool:
    return wanted.source_handle in (None, edge.source_handle) and wanted.target_handle in (None, edge.target_handle)
