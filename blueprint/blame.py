"""Who last set what: each node, setting and edge of a network with the label of the version it came with.

Labels ride on the dress of nodes and edges, so that edits carry them along where something is renamed,
grouped or dissolved.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from blueprint.codec import JSON, encode
from blueprint.document import Edge, Graph, Node
from blueprint.draft import closed, draft_of, ends
from blueprint.identity import follow


@dataclass(frozen=True, slots=True)
class NodeBlame:
    """The label a node came with, or became another thing with; that of each setting it has."""

    label: str
    settings: Mapping[str, str]

    def to_json(self) -> JSON:
        """label and settings."""
        return {"label": self.label, "settings": dict(self.settings)}


@dataclass(frozen=True, slots=True)
class EdgeBlame:
    """The label an edge came with; its nodes are named by their paths."""

    source: str
    source_handle: str | None
    target: str
    target_handle: str | None
    label: str

    def to_json(self) -> JSON:
        """Both ends with their handles, and label."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Blame:
    """Labels for all there is; nodes by path, those inside Blocks as `b/c1`."""

    nodes: Mapping[str, NodeBlame]
    edges: tuple[EdgeBlame, ...]

    def to_json(self) -> dict[str, JSON]:
        """The labels as JSON."""
        nodes = {path: node.to_json() for path, node in self.nodes.items()}
        return {"nodes": nodes, "edges": [edge.to_json() for edge in self.edges]}


def blame(history: Sequence[tuple[str, Graph]]) -> Blame:
    """The labels of the last network of a history, oldest first. Raises DocumentError where ids or edges repeat."""
    labelled = Graph()
    for label, graph in history:
        old, new = draft_of(labelled), draft_of(graph)
        follow(old, new)
        labelled = _labelled(closed(new, graph), closed(old, labelled), label)
    return Blame(dict(_nodes(labelled, "")), tuple(_edges(labelled, "")))


def _labelled(new: Graph, old: Graph, label: str) -> Graph:
    """The new graph with the labels of the old one, where they agree, and elsewhere the new label."""
    nodes = {node.id: node for node in old.nodes}
    edges = {ends(edge): edge for edge in old.edges}
    return replace(
        new,
        nodes=tuple(_labelled_node(node, nodes.get(node.id), label) for node in new.nodes),
        edges=tuple(_labelled_edge(edge, edges.get(ends(edge)), label) for edge in new.edges),
    )


def _labelled_node(new: Node, old: Node | None, label: str) -> Node:
    """A node whose dress is its labels: `node`, and `config.<setting>` for each."""
    if old is None or old.type != new.type:
        old = Node(new.id, new.type)
    was = old.meta or {}
    labels = {"node": was.get("node", label)}
    for key in new.config:
        stays = key in old.config and encode(old.config[key]) == encode(new.config[key])
        labels[f"config.{key}"] = was.get(f"config.{key}", label) if stays else label
    inner = None if new.graph is None else _labelled(new.graph, old.graph or Graph(), label)
    return replace(new, meta=labels, graph=inner)


def _labelled_edge(new: Edge, old: Edge | None, label: str) -> Edge:
    was = old.meta if old and encode(old.extra) == encode(new.extra) else None
    return replace(new, meta=was or {"edge": label})


def _nodes(graph: Graph, path: str) -> Iterator[tuple[str, NodeBlame]]:
    for node in graph.nodes:
        labels = {key: str(label) for key, label in (node.meta or {}).items()}
        settings = {key: labels[f"config.{key}"] for key in node.config}
        yield path + node.id, NodeBlame(labels["node"], settings)
        yield from _nodes(node.graph or Graph(), f"{path}{node.id}/")


def _edges(graph: Graph, path: str) -> Iterator[EdgeBlame]:
    for edge in graph.edges:
        label = str((edge.meta or {})["edge"])
        yield EdgeBlame(path + edge.source, edge.source_handle, path + edge.target, edge.target_handle, label)
    for node in graph.nodes:
        yield from _edges(node.graph or Graph(), f"{path}{node.id}/")
