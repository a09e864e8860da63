"""A graph opened for editing: tables that find nodes and edges at once, and keep ids and edges unique.

Every draft of one batch, that of the whole network and those of the Blocks opened in it, shares one
tally, so that neither the network nor the work of a batch grows past its limits.
"""

from dataclasses import dataclass, field, replace
from typing import TypeAlias

from blueprint.canonical import with_handles
from blueprint.codec import DocumentError
from blueprint.document import MAX_EDGES, MAX_NESTING, MAX_NODES, Edge, Graph, Node
from blueprint.ports import Ports
from blueprint.quoting import quoted

MAX_MOVES = 1_000_000

Ends: TypeAlias = tuple[str, str, str, str]


class Refused(ValueError):
    """Why an edit cannot be applied, in one sentence."""


def ends(edge: Edge) -> Ends:
    """What tells an edge from others: where it starts and where it ends."""
    return edge.source, edge.source_handle or "", edge.target, edge.target_handle or ""


def described(edge: Edge) -> str:
    """An edge for people."""
    handle = f" at {quoted(edge.target_handle)}" if edge.target_handle else ""
    return f"the edge from {quoted(edge.source)} to {quoted(edge.target)}{handle}"


@dataclass(slots=True)
class Tally:
    """How many nodes and edges the whole network has, and how many nodes, edges and settings a batch has moved."""

    nodes: int = 0
    edges: int = 0
    moves: int = 0

    def count(self, nodes: int, edges: int) -> None:
        """Note that the network grows, or shrinks."""
        self.nodes += nodes
        self.edges += edges

    def check(self) -> None:
        """Refuse a network that has grown too large."""
        for size, limit, kind in ((self.nodes, MAX_NODES, "nodes"), (self.edges, MAX_EDGES, "edges")):
            if size > limit:
                what = f"the network would have {size} {kind}, all blocks together"
                raise Refused(f"{what}; at most {limit} are allowed, remove some first")

    def spend(self, moves: int) -> None:
        """Note work done: a batch may move only so much, or renaming a hub again and again would not end."""
        self.moves += moves
        if self.moves > MAX_MOVES:
            raise Refused(f"this batch moves nodes, edges and settings more than {MAX_MOVES} times; split it")


@dataclass(slots=True)
class Draft:
    """Nodes by id, edges by their ends, the edges at each node and between each two; `depth` Blocks deep."""

    tally: Tally = field(default_factory=Tally)
    depth: int = 0
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[Ends, Edge] = field(default_factory=dict)
    ports: Ports = field(default_factory=Ports)
    _touching: dict[str, dict[Ends, None]] = field(default_factory=dict)
    _between: dict[tuple[str, str], dict[Ends, None]] = field(default_factory=dict)

    def node(self, id: str) -> Node:
        """The node of an id."""
        if id not in self.nodes:
            raise Refused(f"there is no node {quoted(id)}; use the id of a node that exists")
        return self.nodes[id]

    def edges_at(self, id: str) -> list[Edge]:
        """All edges that start or end at a node."""
        return [self.edges[key] for key in self._touching.get(id, ())]

    def joins(self, edge: Edge) -> bool:
        """Whether both nodes of an edge exist, so that it could be drawn again."""
        return edge.source in self.nodes and edge.target in self.nodes

    def enter(self, node: Node) -> None:
        """Place a node whose id is free."""
        inside = _height(node)
        if self.depth + inside > MAX_NESTING:
            raise Refused(
                f"blocks inside {quoted(node.id)} are nested deeper than {MAX_NESTING} levels; draw it flatter"
            )
        nodes, edges = _size(node)
        self.tally.spend(nodes)
        self.tally.count(nodes, edges)
        self.nodes[node.id] = node

    def leave(self, node: Node) -> None:
        """Take away a node that has no edges any more."""
        nodes, edges = _size(node)
        self.tally.spend(nodes)
        self.tally.count(-nodes, -edges)
        del self.nodes[node.id]

    def put(self, edge: Edge) -> None:
        """Draw an edge whose ends are free."""
        self.tally.spend(1)
        self.tally.count(0, 1)
        self.enlist(edge)

    def enlist(self, edge: Edge) -> None:
        """Enter an edge that is counted already into the tables."""
        key = ends(edge)
        self.edges[key] = edge
        self.ports.enter(edge)
        for id in (edge.source, edge.target):
            self._touching.setdefault(id, {})[key] = None
        self._between.setdefault((edge.source, edge.target), {})[key] = None

    def drop(self, edge: Edge) -> None:
        """Take an edge away."""
        self.tally.spend(1)
        self.tally.count(0, -1)
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
            raise Refused(f"{described(edge)} could be any of {len(keys)}; name its target_handle")
        found = next((self.edges[key] for key in keys if _matches(edge, self.edges[key])), None)
        if found is None:
            raise Refused(f"{described(edge)} does not exist; leave it out")
        return found

    def inside(self, id: str) -> "Draft":
        """The graph that a node holds, opened."""
        graph = self.node(id).graph
        if graph is None:
            raise Refused(f"node {quoted(id)} holds no graph; name a Block that does")
        self.tally.spend(1 + len(graph.nodes) + len(graph.edges))
        try:
            return _opened(graph, Draft(self.tally, self.depth + 1))
        except DocumentError as error:
            raise Refused(f"in {quoted(id)}, {error}") from None


def draft_of(graph: Graph, depth: int = 0) -> Draft:
    """Open a graph that lies `depth` Blocks deep. Raises DocumentError where an id or an edge is repeated."""
    return _opened(with_handles(graph), Draft(Tally(*graph.size), depth))


def opened(draft: Draft, id: str) -> Draft | None:
    """The graph that a node holds, opened apart from the rest; None where there is none, or it repeats ids or edges."""
    graph = draft.nodes[id].graph
    try:
        return None if graph is None else draft_of(graph, draft.depth + 1)
    except DocumentError:
        return None


def closed(draft: Draft, graph: Graph) -> Graph:
    """The graph with the draft's nodes and edges."""
    return replace(graph, nodes=tuple(draft.nodes.values()), edges=tuple(draft.edges.values()))


def _opened(graph: Graph, draft: Draft) -> Draft:
    for node in graph.nodes:
        if node.id in draft.nodes:
            raise DocumentError(f"two nodes share the id {quoted(node.id)}; give each an id of its own first")
        draft.nodes[node.id] = node
    for edge in graph.edges:
        if ends(edge) in draft.edges:
            raise DocumentError(f"{described(edge)} is drawn twice; remove one of the two first")
        draft.enlist(edge)
    return draft


def _size(node: Node) -> tuple[int, int]:
    nodes, edges = (0, 0) if node.graph is None else node.graph.size
    return 1 + nodes, edges


def _height(node: Node) -> int:
    """How many levels of graphs a node holds."""
    return 0 if node.graph is None else 1 + max(map(_height, node.graph.nodes), default=0)


def _matches(wanted: Edge, edge: Edge) -> bool:
    return wanted.source_handle in (None, edge.source_handle) and wanted.target_handle in (None, edge.target_handle)
