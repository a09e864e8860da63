"""The canonical form of a graph: its content alone, in one spelling, so that equal networks hash equally.

Content is nodes (id, type, config, graph) and edges (ends, handles); names, positions, `meta` and edge
ids are dress. Types are written by their catalogue names, with the settings that another name implied,
and omitted handles are written out, inside Blocks too.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from blueprint.catalogue.aliases import ALIASES
from blueprint.codec import JSON, encode
from blueprint.document import SCHEMA, Edge, Graph, Node
from blueprint.ports import Ports

Key = TypeVar("Key", str, tuple[str, str])


def canonical(graph: Graph) -> bytes:
    """The canonical JSON bytes of a graph's content."""
    return encode({"schema": SCHEMA, **graph_content(with_handles(graph))})


def graph_content(graph: Graph) -> dict[str, JSON]:
    """What of a graph with handles written is content, in canonical order."""
    nodes = [(node.id, node_content(node)) for node in graph.nodes]
    edges = [((edge.target, edge.target_handle or ""), edge_content(edge)) for edge in graph.edges]
    return {"nodes": _ordered(nodes), "edges": _ordered(edges), **graph.extra}


def node_content(node: Node) -> dict[str, JSON]:
    """What of a node is content; what it holds has its handles written."""
    inner = {} if node.graph is None else {"graph": graph_content(node.graph)}
    return {"id": node.id, "type": node.type, "config": node.config, **inner, **node.extra}


def edge_content(edge: Edge) -> dict[str, JSON]:
    """What of an edge is content."""
    handles = {"source_handle": edge.source_handle, "target_handle": edge.target_handle}
    return {"source": edge.source, "target": edge.target, **handles, **edge.extra}


def content_hash(graph: Graph) -> str:
    """SHA-256 of the canonical bytes, in hexadecimal."""
    import hashlib

    return hashlib.sha256(canonical(graph)).hexdigest()


def with_handles(graph: Graph) -> Graph:
    """The same graph with every node `named` and every omitted handle written where its node is known.

    What needs no change is the same object as before.
    """
    nodes = tuple(map(named, graph.nodes))
    by_id = {node.id: node for node in reversed(nodes)}
    ports = Ports(graph.edges)
    edges = []
    for edge in graph.edges:
        edges.append(ports.completed(edge, by_id))
        if edges[-1] is not edge:
            ports.enter(edges[-1])
    same = all(map(_is, nodes, graph.nodes)) and all(map(_is, edges, graph.edges))
    return graph if same else replace(graph, nodes=nodes, edges=tuple(edges))


def named(node: Node) -> Node:
    """The node under the catalogue's name of its type, implied settings and inner handles written."""
    if node.type in ALIASES:
        type, implied = ALIASES[node.type]
        node = replace(node, type=type, config={**implied, **node.config})
    if node.graph is None:
        return node
    inner = with_handles(node.graph)
    return node if inner is node.graph else replace(node, graph=inner)


def _is(new: object, old: object) -> bool:
    return new is old


def _ordered(contents: Sequence[tuple[Key, dict[str, JSON]]]) -> list[JSON]:
    """Contents by key; those of one key, which a valid graph has not, by their own spelling."""
    times = Counter(key for key, _ in contents)
    order = sorted(contents, key=lambda entry: (entry[0], encode(entry[1]) if times[entry[0]] > 1 else b""))
    return [content for _, content in order]
