"""The edges of a merge: what feeds one input port is one field, merged as a whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from blueprint.canonical import edge_content
from blueprint.conflicts import Conflict, in_inputs, port_gone
from blueprint.document import Edge, Node
from blueprint.draft import Draft
from blueprint.quoting import quoted
from blueprint.replacing import Places
from blueprint.three import ABSENT, Three, Value, followed, itself, winner

Port: TypeAlias = tuple[str, str]
Feeds: TypeAlias = Mapping[tuple[str, str], Edge]


@dataclass(slots=True)
class Standing:
    """Nodes that are as ours has them: `kept` though theirs removed them, `removed` though theirs changed them."""

    kept: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)


def merged_edges(
    drafts: Three[Draft], nodes: Mapping[str, Node], standing: Standing, path: str, conflicts: list[Conflict]
) -> tuple[Edge, ...]:
    """The edges between the merged nodes of one level; adds what both connected otherwise to the conflicts."""
    ports = drafts.each(_by_port)
    wiring = _Wiring(drafts, nodes, standing, path, conflicts)
    into = (port for port in {**ports.ours, **ports.theirs} if port[0] in nodes)
    return tuple(edge for port in into for edge in wiring.into(port, _at(port, ports)))


@dataclass(slots=True)
class _Wiring:
    drafts: Three[Draft]
    nodes: Mapping[str, Node]
    standing: Standing
    path: str
    conflicts: list[Conflict]
    _places: dict[tuple[str, str], Places] = field(default_factory=dict)

    def into(self, port: Port, feeds: Three[Feeds]) -> Iterator[Edge]:
        """The edges into a port."""
        side = self._side(port, feeds)
        for start, edge in (feeds.ours if side == "ours" else feeds.theirs).items():
            both = start in feeds.ours and start in feeds.theirs
            if edge.source in self.nodes and (both or not self._gone(edge, side)):
                yield _dressed(edge, Three(*(each.get(start) for each in feeds)))

    def _side(self, port: Port, feeds: Three[Feeds]) -> str:
        """Whose edges there are."""
        target, kept = port[0], self.standing.kept
        if target in kept or any(source in self.standing.removed for source, _ in feeds.theirs):
            return "ours"
        side = winner(feeds.each(_value))
        stays = any(source in kept for source, _ in feeds.ours)
        if side is None or (side == "theirs" and stays and feeds.theirs):
            conflict = in_inputs(self.path + target, port[1], feeds.each(_value), feeds.each(_sources))
            self.conflicts.append(conflict)
        return "ours" if side is None or stays else side

    def _gone(self, edge: Edge, side: str) -> bool:
        """Whether one person drew the edge at a port that the other took away."""
        draft = self.drafts.ours if side == "ours" else self.drafts.theirs
        for id in (edge.source, edge.target):
            there, now = self._at(side, draft.nodes[id]), self._at("merged", self.nodes[id])
            if (there.fit(edge) and not now.fit(edge)) or now.named_none(edge):
                named = replace(edge, source=self.path + edge.source, target=self.path + edge.target)
                self.conflicts.append(port_gone(self.path + id, named, side, edge_content(edge)))
                return True
        return False

    def _at(self, side: str, node: Node) -> Places:
        if (side, node.id) not in self._places:
            self._places[side, node.id] = Places(node)
        return self._places[side, node.id]


def _by_port(draft: Draft) -> dict[Port, dict[tuple[str, str], Edge]]:
    """What feeds each port; edges to nowhere feed nothing."""
    ports: dict[Port, dict[tuple[str, str], Edge]] = {}
    for edge in draft.edges.values():
        if edge.source in draft.nodes and edge.target in draft.nodes:
            feeds = ports.setdefault((edge.target, edge.target_handle or ""), {})
            feeds[edge.source, edge.source_handle or ""] = edge
    return ports


def _at(port: Port, ports: Three[dict[Port, dict[tuple[str, str], Edge]]]) -> Three[Feeds]:
    return ports.each(lambda feeds: feeds.get(port, {}))


def _value(feeds: Feeds) -> Value:
    """What feeds a port, as JSON: source, source_handle and unknown keys."""
    contents = [edge_content(feeds[start]) for start in sorted(feeds)]
    aside = ("target", "target_handle")
    return [{key: content[key] for key in content if key not in aside} for content in contents] or ABSENT


def _sources(feeds: Feeds) -> str:
    return " and ".join(quoted(source) for source, _ in sorted(feeds)) or "nothing"


def _dressed(edge: Edge, edges: Three[Edge | None]) -> Edge:
    if edges.ours is None or edges.theirs is None:
        return edge
    id = followed(edges.each(lambda edge: edge.id if edge else None), itself)
    return replace(edge, id=id, meta=followed(edges.each(lambda edge: edge.meta if edge else None), itself))
