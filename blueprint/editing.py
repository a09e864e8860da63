"""Editing a network: a batch of edits is applied all or none, undone exactly, each refusal naming its edit."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain, groupby

from blueprint.canonical import named
from blueprint.document import Edge, Graph, Node, Position
from blueprint.draft import Draft, Refused, closed, described, draft_of, ends
from blueprint.edits import (
    AddNode,
    Configure,
    Connect,
    Disconnect,
    Edit,
    EditError,
    Group,
    MoveNode,
    RemoveNode,
    RenameNode,
    Replace,
    Ungroup,
    Within,
)
from blueprint.grouping import group
from blueprint.outside import carry, port_changes
from blueprint.quoting import quoted
from blueprint.replacing import replace_node
from blueprint.ungrouping import ungroup


def apply(graph: Graph, edits: Iterable[Edit]) -> Graph:
    """The graph after all edits. Raises EditError (nothing has changed then), DocumentError if ids repeat."""
    draft = draft_of(graph)
    perform(draft, edits)
    return closed(draft, graph)


def invert(graph: Graph, edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits that undo these: apply(apply(g, e), invert(g, e)) has the content and the positions of g.

    Only an edge to nowhere that was taken away stays away, since no edit draws such a one.
    """
    return perform(draft_of(graph), edits)


def perform(draft: Draft, edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Change a draft, and give the edits that undo it. Raises EditError; the draft is of no use then."""
    undo: list[Sequence[Edit]] = []
    draft.tally.moves = 0
    for index, edit in enumerate(edits):
        try:
            undo.append(_perform(draft, edit))
        except Refused as refused:
            raise EditError(index, str(refused)) from None
    _check_size(draft)
    return tuple(edit for edits in reversed(undo) for edit in edits)


def _check_size(draft: Draft) -> None:
    """The limits hold for what a batch leads to, whatever is added before something else is removed."""
    try:
        draft.tally.check()
    except Refused as refused:
        raise EditError(None, str(refused)) from None


def _perform(draft: Draft, edit: Edit) -> Sequence[Edit]:
    """Change the draft and give the edits that undo it."""
    match edit:
        case AddNode(node):
            return _add_node(draft, node)
        case RemoveNode(id):
            return _remove_node(draft, id)
        case Replace(id, node):
            return replace_node(draft, id, node)
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
        case Group(ids, id):
            return group(draft, ids, id)
        case Ungroup(id, prefix):
            return ungroup(draft, id, prefix)
        case Within(id, edits):
            return _within(draft, id, edits)


def _add_node(draft: Draft, node: Node) -> Sequence[Edit]:
    if node.id in draft.nodes:
        raise Refused(f"there is a node {quoted(node.id)} already; choose another id")
    draft.enter(named(node))
    return [RemoveNode(node.id)]


def _remove_node(draft: Draft, id: str) -> Sequence[Edit]:
    node = draft.node(id)
    edges = draft.edges_at(id)
    lost = filter(draft.joins, edges)
    undo: list[Edit] = [AddNode(node), *map(Connect, lost)]
    for edge in edges:
        draft.drop(edge)
    draft.leave(node)
    return undo


def _configure(draft: Draft, edit: Configure) -> Sequence[Edit]:
    node = draft.node(edit.id)
    draft.tally.spend(len(node.config))
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
        raise Refused(f"{described(edge)} exists already; leave it out")
    draft.put(edge)
    return [Disconnect(edge)]


def _disconnect(draft: Draft, edge: Edge) -> Sequence[Edit]:
    found = draft.find(edge)
    draft.drop(found)
    return [Connect(found)] if draft.joins(found) else []


def _move_node(draft: Draft, id: str, position: Position | None) -> Sequence[Edit]:
    node = draft.node(id)
    draft.nodes[id] = replace(node, position=position)
    return [MoveNode(id, node.position)]


def _within(draft: Draft, id: str, edits: Iterable[Edit]) -> Sequence[Edit]:
    inner = draft.inside(id)
    undo: list[Sequence[Edit]] = []
    for index, edit in enumerate(edits):
        try:
            undo.append(_step(draft, id, inner, edit))
        except Refused as refused:
            raise Refused(f"in {quoted(id)}, edits[{index}]: {refused}") from None
    node = draft.nodes[id]
    draft.nodes[id] = replace(node, graph=closed(inner, node.graph or Graph()))
    return _joined(id, chain.from_iterable(reversed(undo)))


def _step(draft: Draft, id: str, inner: Draft, edit: Edit) -> Sequence[Edit]:
    """One edit inside a node, and what it does to the edges at the node's ports."""
    there, back = port_changes(inner, edit)
    undo = _perform(inner, edit)
    return [Within(id, tuple(undo)), *carry(draft, id, there, back)]


def _joined(id: str, edits: Iterable[Edit]) -> Sequence[Edit]:
    """The same edits, neighbours within the node made one."""
    joined: list[Edit] = []
    for inside, run in groupby(edits, lambda edit: isinstance(edit, Within)):
        neighbours = list(run)
        within = (inner for edit in neighbours if isinstance(edit, Within) for inner in edit.edits)
        joined += [Within(id, tuple(within))] if inside else neighbours
    return joined
