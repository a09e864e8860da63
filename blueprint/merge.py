"""Two people's changes to the same network, brought together: a three-way merge of nodes, settings and edges.

What only one changed is taken from there; where both changed the same thing in different ways the
result has it as `ours`, and a conflict says so. Dress (positions, `meta`, names) follows whoever changed it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from blueprint.alignment import Found, align_three
from blueprint.canonical import graph_content, node_content
from blueprint.codec import JSON, DocumentError
from blueprint.conflicts import Conflict, in_graph, in_key, in_type, removed
from blueprint.document import MAX_EDGES, MAX_NODES, Graph, Node, Position, position_to_json
from blueprint.draft import Draft, draft_of, ends
from blueprint.merged_edges import Standing, merged_edges
from blueprint.three import ABSENT, Absent, Three, Value, followed, itself, same, winner


@dataclass(frozen=True, slots=True)
class Merge:
    """The merged network, which has no edge to nowhere, and what both changed."""

    graph: Graph
    conflicts: tuple[Conflict, ...]


def merge(base: Graph, ours: Graph, theirs: Graph) -> Merge:
    """Bring the changes from `base` to `ours` and from `base` to `theirs` together.

    Without conflicts the content is the same whoever is `ours`. Raises DocumentError where ids or edges
    are repeated, or the merged network is too large.
    """
    drafts = Three(base, ours, theirs).each(draft_of)
    found = Found()
    align_three(drafts, "", found)
    graph = _Level(Three(base, ours, theirs), drafts, "", found).merged()
    for size, limit, kind in zip(graph.size, (MAX_NODES, MAX_EDGES), ("nodes", "edges"), strict=True):
        if size > limit:
            raise DocumentError(f"the merged network would have {size} {kind}; at most {limit} are allowed")
    return Merge(graph, tuple(found.conflicts))


@dataclass(slots=True)
class _Level:
    """One graph of three, aligned: that of the network or of a Block, whose `path` ends in a slash."""

    graphs: Three[Graph]
    drafts: Three[Draft]
    path: str
    found: Found
    standing: Standing = field(default_factory=Standing)

    def merged(self) -> Graph:
        ids = [*self.drafts.ours.nodes, *(id for id in self.drafts.theirs.nodes if id not in self.drafts.ours.nodes)]
        nodes = {id: node for id in ids if (node := self._node(id))}
        edges = merged_edges(self.drafts, nodes, self.standing, self.path, self.found.conflicts)
        extra = self._keys(self.path[:-1], "", self.graphs.each(lambda graph: graph.extra))
        name = followed(self.graphs.each(lambda graph: graph.name), itself)
        meta = followed(self.graphs.each(lambda graph: graph.meta), itself)
        return Graph(name, tuple(nodes.values()), edges, meta, extra)

    def _node(self, id: str) -> Node | None:
        nodes = self.drafts.each(lambda draft: draft.nodes.get(id))
        if nodes.ours is None or nodes.theirs is None:
            return self._of_one(id, nodes)
        if nodes.ours.type != nodes.theirs.type:
            return self._of_either(nodes.ours, nodes)
        return self._of_both(nodes.ours, nodes)

    def _of_one(self, id: str, nodes: Three[Node | None]) -> Node | None:
        """A node that one of the two has: new there, or removed by the other."""
        node, draft = (nodes.ours, self.drafts.ours) if nodes.ours else (nodes.theirs, self.drafts.theirs)
        if nodes.base is None or node is None:
            return node
        if not self._changed(node, nodes.base, draft):
            return None
        self.found.conflicts.append(removed(self.path + id, nodes.each(_content)))
        (self.standing.kept if nodes.ours else self.standing.removed).add(id)
        return nodes.ours

    def _changed(self, node: Node, base: Node, draft: Draft) -> bool:
        """Whether one person did anything to a node but disconnect it."""
        if self.path + node.id in self.found.renamed or not same(_content(node), _content(base)):
            return True
        return any(ends(edge) not in self.drafts.base.edges for edge in draft.edges_at(node.id))

    def _of_either(self, ours: Node, nodes: Three[Node | None]) -> Node:
        """A node that became another thing in one of the two, or in both."""
        side = winner(nodes.each(_content))
        if side is None:
            self.found.conflicts.append(in_type(self.path + ours.id, nodes.each(_type)))
        return _dressed(nodes.theirs if side == "theirs" and nodes.theirs else ours, nodes)

    def _of_both(self, ours: Node, nodes: Three[Node | None]) -> Node:
        """A node of one type in both, setting by setting."""
        path = self.path + ours.id
        config = self._keys(path, "config.", nodes.each(lambda node: node.config if node else {}))
        extra = self._keys(path, "", nodes.each(lambda node: node.extra if node else {}))
        graph = self._inside(path, nodes.each(lambda node: node.graph if node else None))
        return _dressed(replace(ours, config=config, extra=extra, graph=graph), nodes)

    def _keys(self, path: str, prefix: str, configs: Three[Mapping[str, JSON]]) -> dict[str, JSON]:
        merged: dict[str, JSON] = {}
        for key in {**configs.ours, **configs.theirs}:
            values = Three(*(config.get(key, ABSENT) for config in configs))
            side = winner(values)
            if side is None:
                self.found.conflicts.append(in_key(path, f"{prefix}{key}", key, values))
            value = values.theirs if side == "theirs" else values.ours
            if not isinstance(value, Absent):
                merged[key] = value
        return merged

    def _inside(self, path: str, graphs: Three[Graph | None]) -> Graph | None:
        """What a node holds, level by level; as a whole where it cannot be looked into."""
        base, ours, theirs = graphs.each(lambda graph: _opened(graph or Graph()))
        if graphs.ours and graphs.theirs and base and ours and theirs:
            whole = graphs.each(lambda graph: graph or Graph())
            return _Level(whole, Three(base, ours, theirs), f"{path}/", self.found).merged()
        values = graphs.each(_inner_content)
        side = winner(values)
        if side is None:
            self.found.conflicts.append(in_graph(path, values))
        return graphs.theirs if side == "theirs" else graphs.ours


def _opened(graph: Graph) -> Draft | None:
    try:
        return draft_of(graph)
    except DocumentError:
        return None


def _content(node: Node | None) -> Value:
    return ABSENT if node is None else node_content(node)


def _type(node: Node | None) -> Value:
    return ABSENT if node is None else node.type


def _inner_content(graph: Graph | None) -> Value:
    return ABSENT if graph is None else graph_content(graph)


def _dressed(node: Node, nodes: Three[Node | None]) -> Node:
    position = followed(nodes.each(lambda node: node.position if node else None), _place)
    meta = followed(nodes.each(lambda node: node.meta if node else None), itself)
    return replace(node, position=position, meta=meta)


def _place(position: Position | None) -> Value:
    return ABSENT if position is None else position_to_json(position)
