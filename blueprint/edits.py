"""Changes to a network as values: applied all or none, undone exactly, each refusal naming its edit.

Edits speak of the graph with handles written, so `Disconnect(Edge("a", "b"))` finds the edge into b's
first port however the document spelt it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from blueprint.canonical import named
from blueprint.codec import JSON
from blueprint.document import MAX_EDGES, MAX_NODES, Edge, Graph, Node, Position
from blueprint.draft import Draft, Refused, closed, draft_of, ends, shown
from blueprint.quoting import quoted


class EditError(ValueError):
    """An edit cannot be read or applied; `index` tells which of the batch, None where it is the batch itself."""

    def __init__(self, index: int | None, message: str) -> None:
        super().__init__(message if index is None else f"edits[{index}]: {message}")
        self.index = index
        self.message = message


@dataclass(frozen=True, slots=True)
class AddNode:
    """Put a new node on the canvas."""

    node: Node


@dataclass(frozen=True, slots=True)
class RemoveNode:
    """Take a node away, and every edge at it."""

    id: str


@dataclass(frozen=True, slots=True)
class Configure:
    """Set some settings of a node and take others back to their defaults."""

    id: str
    set: Mapping[str, JSON] = field(default_factory=dict)
    unset: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RenameNode:
    """Give a node another id; its edges follow."""

    id: str
    new_id: str


@dataclass(frozen=True, slots=True)
class Connect:
    """Draw an edge."""

    edge: Edge


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Take the edge between these ends away."""

    edge: Edge


@dataclass(frozen=True, slots=True)
class MoveNode:
    """Draw a node elsewhere, or wherever there is room."""

    id: str
    position: Position | None


Edit: TypeAlias = AddNode | RemoveNode | Configure | RenameNode | Connect | Disconnect | MoveNode


def apply(graph: Graph, edits: Iterable[Edit]) -> Graph:
    """The graph after all edits. Raises EditError (nothing has changed then), DocumentError if ids repeat."""
    return _run(graph, edits)[0]


def invert(graph: Graph, edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits that undo these: apply(apply(g, e), invert(g, e)) has the content of g."""
    return _run(graph, edits)[1]


def _run(graph: Graph, edits: Iterable[Edit]) -> tuple[Graph, tuple[Edit, ...]]:
    draft = draft_of(graph)
    undo: list[Sequence[Edit]] = []
    for index, edit in enumerate(edits):
        try:
            undo.append(_apply_one(draft, edit))
        except Refused as refused:
            raise EditError(index, str(refused)) from None
    return closed(draft, graph), tuple(edit for edits in reversed(undo) for edit in edits)


def _apply_one(draft: Draft, edit: Edit) -> Sequence[Edit]:
    """Change the draft and give the edits that undo it."""
    match edit:
        case AddNode(node):
            return _add_node(draft, node)
        case RemoveNode(id):
            return _remove_node(draft, id)
        case Configure():
            return _configure(draft, edit)
        case RenameNode(id, new_id):
            return _rename_node(draft, id, new_id)
        case Connect(edge):
            return _connect(draft, edge)
        case Disconnect(edge):
            return _disconnect(draft, edge)
        case MoveNode(id, position):
            return _move_node(draft, id, position)


def _add_node(draft: Draft, node: Node) -> Sequence[Edit]:
    if node.id in draft.nodes:
        raise Refused(f"there is a node {quoted(node.id)} already; choose another id")
    if len(draft.nodes) >= MAX_NODES:
        raise Refused(f"the network has {MAX_NODES} nodes already, the most there may be; remove some first")
    draft.nodes[node.id] = named(node)
    return [RemoveNode(node.id)]


def _remove_node(draft: Draft, id: str) -> Sequence[Edit]:
    node = draft.node(id)
    edges = draft.edges_at(id)
    for edge in edges:
        draft.drop(edge)
    del draft.nodes[id]
    return [AddNode(node), *map(Connect, edges)]


def _configure(draft: Draft, edit: Configure) -> Sequence[Edit]:
    node = draft.node(edit.id)
    both = sorted(set(edit.set) & set(edit.unset))
    if both:
        raise Refused(f"{quoted(both[0])} of node {quoted(edit.id)} is both set and unset; do one of the two")
    absent = sorted(set(edit.unset) - set(node.config))
    if absent:
        raise Refused(f"node {quoted(edit.id)} does not set {quoted(absent[0])}; unset only what is set")
    config = {key: value for key, value in node.config.items() if key not in edit.unset} | dict(edit.set)
    draft.nodes[edit.id] = replace(node, config=config)
    touched = [*edit.set, *edit.unset]
    before = {key: node.config[key] for key in touched if key in node.config}
    return [Configure(edit.id, before, tuple(key for key in edit.set if key not in node.config))]


def _rename_node(draft: Draft, id: str, new_id: str) -> Sequence[Edit]:
    node = draft.node(id)
    if not new_id or new_id in draft.nodes:
        reason = f"there is a node {quoted(new_id)} already" if new_id else "the new id is empty"
        raise Refused(f"node {quoted(id)} cannot be renamed, {reason}; choose another id")
    del draft.nodes[id]
    draft.nodes[new_id] = replace(node, id=new_id)
    for edge in draft.edges_at(id):
        draft.drop(edge)
        source, target = (new_id if end == id else end for end in (edge.source, edge.target))
        draft.put(replace(edge, source=source, target=target))
    return [RenameNode(new_id, id)]


def _connect(draft: Draft, edge: Edge) -> Sequence[Edit]:
    edge = draft.complete(edge)
    if ends(edge) in draft.edges:
        raise Refused(f"{shown(edge)} exists already; leave it out")
    if len(draft.edges) >= MAX_EDGES:
        raise Refused(f"the network has {MAX_EDGES} edges already, the most there may be; remove some first")
    draft.put(edge)
    return [Disconnect(edge)]


def _disconnect(draft: Draft, edge: Edge) -> Sequence[Edit]:
    found = draft.find(edge)
    draft.drop(found)
    return [Connect(found)]


def _move_node(draft: Draft, id: str, position: Position | None) -> Sequence[Edit]:
    node = draft.node(id)
    draft.nodes[id] = replace(node, position=position)
    return [MoveNode(id, node.position)]
