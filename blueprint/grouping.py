"""Grouping nodes into a Block: the edges that cross its border get a port there."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from blueprint.document import Edge, Graph, Node, Position
from blueprint.draft import Draft, Ends, Refused, ends
from blueprint.edits import Edit, Ungroup
from blueprint.outside import SIDES
from blueprint.quoting import quoted


def group(draft: Draft, ids: Sequence[str], id: str) -> Sequence[Edit]:
    """Put nodes of a draft into a new Block, and give the edit that undoes it."""
    if len(set(ids)) != len(ids) or not ids:
        raise Refused("the nodes to group must be one or more, each named once")
    chosen = [_groupable(draft, each) for each in ids]
    packing = _Packing(id, frozenset(ids), Counter(ids))
    for edge in _edges_at(draft, ids):
        draft.drop(edge)
        packing.pack(edge)
    for node in chosen:
        draft.leave(node)
    if not id or id in draft.nodes:
        reason = f"there is a node {quoted(id)} already" if id else "the id of the block is empty"
        raise Refused(f"the nodes cannot be grouped, {reason}; choose another id")
    draft.enter(Node(id, "Block", position=_corner(chosen), graph=packing.graph(chosen)))
    for edge in packing.outer:
        draft.put(edge)
    return [Ungroup(id)]


@dataclass(slots=True)
class _Packing:
    """What goes into a Block and what stays outside, edge by edge."""

    block: str
    members: frozenset[str]
    taken: Counter[str]
    inputs: dict[tuple[str, str | None], str] = field(default_factory=dict)
    outputs: dict[tuple[str, str | None], str] = field(default_factory=dict)
    inner: list[Edge] = field(default_factory=list)
    outer: list[Edge] = field(default_factory=list)

    def pack(self, edge: Edge) -> None:
        if edge.source in self.members and edge.target in self.members:
            self.inner.append(edge)
        elif edge.target in self.members:
            self._pack_entering(edge)
        else:
            self._pack_leaving(edge)

    def graph(self, chosen: Sequence[Node]) -> Graph:
        inputs = (Node(id, "Input") for id in self.inputs.values())
        outputs = (Node(id, "Output") for id in self.outputs.values())
        return Graph(nodes=(*inputs, *chosen, *outputs), edges=tuple(self.inner))

    def _pack_entering(self, edge: Edge) -> None:
        start = (edge.source, edge.source_handle)
        if start not in self.inputs:
            self.inputs[start] = self._port(edge.target_handle, "in")
            self.outer.append(Edge(*_between(start, (self.block, self.inputs[start]))))
        self.inner.append(replace(edge, source=self.inputs[start], source_handle="out"))

    def _pack_leaving(self, edge: Edge) -> None:
        start = (edge.source, edge.source_handle)
        if start not in self.outputs:
            self.outputs[start] = self._port(edge.source_handle, "out")
            self.inner.append(Edge(*_between(start, (self.outputs[start], "in"))))
        self.outer.append(replace(edge, source=self.block, source_handle=self.outputs[start]))

    def _port(self, handle: str | None, otherwise: str) -> str:
        """A free id after a handle: `in.0` gives in, in2, in3, ..."""
        stem = (handle or "").partition(".")[0] or otherwise
        name = stem
        while name in self.taken:
            self.taken[stem] += 1
            name = f"{stem}{self.taken[stem]}"
        self.taken[name] += 1
        return name


def _groupable(draft: Draft, id: str) -> Node:
    node = draft.node(id)
    if node.type in SIDES:
        what = f"node {quoted(id)} is an {node.type} of the network"
        raise Refused(f"{what} and cannot be put into a block; leave it out of the group")
    return node


def _edges_at(draft: Draft, ids: Sequence[str]) -> list[Edge]:
    """The edges at the nodes, in the order of the ports they enter."""
    found: dict[Ends, Edge] = {ends(edge): edge for id in ids for edge in draft.edges_at(id)}
    return sorted(found.values(), key=_entrance)


def _entrance(edge: Edge) -> Ends:
    return edge.target, edge.target_handle or "", edge.source, edge.source_handle or ""


def _between(start: tuple[str, str | None], end: tuple[str, str]) -> tuple[str, str, str | None, str]:
    return start[0], end[0], start[1], end[1]


def _corner(nodes: Sequence[Node]) -> Position | None:
    """The upper left corner of what is drawn."""
    drawn = [node.position for node in nodes if node.position]
    if not drawn:
        return None
    return Position(min(position.x for position in drawn), min(position.y for position in drawn))
