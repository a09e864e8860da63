"""What an edit inside a Block does to the edges outside it: they follow a renamed port, and go with a removed one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from blueprint.codec import encode
from blueprint.document import Edge, Node, edge_to_json
from blueprint.draft import Draft, Ends, ends
from blueprint.edits import AddNode, Connect, Disconnect, Edit, RemoveNode, RenameNode, Replace

SIDES = {"Input": "target", "Output": "source"}


@dataclass(frozen=True, slots=True)
class PortChange:
    """Edges at a port of a Block, on the `source` or `target` side, go to another port, or away with it.

    `port` None are the edges that name no port, because the Block had none on that side.
    """

    side: str
    port: str | None
    name: str | None

    def concerns(self, edge: Edge, id: str) -> bool:
        """Whether the edge runs to or from this port of node `id`."""
        if self.side == "target":
            return (edge.target, edge.target_handle) == (id, self.port)
        return (edge.source, edge.source_handle) == (id, self.port)

    def moved(self, edge: Edge) -> Edge:
        """The edge at the other port."""
        if self.side == "target":
            return replace(edge, target_handle=self.name)
        return replace(edge, source_handle=self.name)


Changes: TypeAlias = tuple[PortChange, ...]


def port_changes(inner: Draft, edit: Edit) -> tuple[Changes, Changes]:
    """What an edit inside a Block is about to do to its ports, and what undoing it does."""
    match edit:
        case RenameNode(id, new_id) if side := _side(inner.nodes.get(id)):
            return (PortChange(side, id, new_id),), (PortChange(side, new_id, id),)
        case RemoveNode(id):
            return _closed(inner.nodes.get(id)), ()
        case AddNode(node):
            return _opened(node), _closed(node)
        case Replace(id, node) if _side(node) != _side(inner.nodes.get(id)):
            return _closed(inner.nodes.get(id)) + _opened(node), _closed(node)
    return (), ()


def carry(draft: Draft, id: str, there: Changes, back: Changes) -> list[Edit]:
    """Let the edges at a Block follow changes of its ports; gives what to mend after these are undone.

    Edges may stand at a port that does not exist (yet), so that undoing the changes alone would take
    more edges along than these brought.
    """
    if not there and not back:
        return []
    edges = draft.edges_at(id)
    draft.tally.spend(len(edges))
    before = {ends(edge): edge for edge in edges}
    after = _followed(before, id, there)
    for edge in _without(before, after):
        draft.drop(edge)
    for edge in _without(after, before):
        draft.put(edge)
    undone = _followed(after, id, back)
    back_again = filter(draft.joins, _without(before, undone))
    return [*map(Disconnect, _without(undone, before)), *map(Connect, back_again)]


def _followed(edges: Mapping[Ends, Edge], id: str, changes: Changes) -> Mapping[Ends, Edge]:
    """The edges after the changes; where one moves onto another, that one stays."""
    for change in changes:
        moving = [edge for edge in edges.values() if change.concerns(edge, id)]
        followed = {key: edge for key, edge in edges.items() if not change.concerns(edge, id)}
        for edge in map(change.moved, moving if change.name is not None else ()):
            followed.setdefault(ends(edge), edge)
        edges = followed
    return edges


def _without(edges: Mapping[Ends, Edge], others: Mapping[Ends, Edge]) -> list[Edge]:
    """Those of the edges that the others have not, or have otherwise."""
    return [edge for key, edge in edges.items() if key not in others or not _same(edge, others[key])]


def _same(edge: Edge, other: Edge) -> bool:
    return edge is other or encode(edge_to_json(edge)) == encode(edge_to_json(other))


def _side(node: Node | None) -> str | None:
    return SIDES.get(node.type) if node else None


def _opened(node: Node) -> Changes:
    side = _side(node)
    return (PortChange(side, None, node.id),) if side else ()


def _closed(node: Node | None) -> Changes:
    side = _side(node)
    return (PortChange(side, node.id, None),) if node and side else ()
