"""The canonical form of a graph: its content alone, in one spelling, so that equal networks hash equally.

Content is nodes (id, type, config) and edges (ends, handles); names, positions, `meta` and edge ids
are dress. Types are written by their catalogue names and omitted handles are written out.
"""

import hashlib
from dataclasses import replace

from blueprint.catalogue import ALIASES, layer_of
from blueprint.codec import JSON, encode
from blueprint.document import SCHEMA, Edge, Graph, Node
from blueprint.ports import Ports


def canonical(graph: Graph) -> bytes:
    """The canonical JSON bytes of a graph's content."""
    graph = with_handles(graph)
    document: dict[str, JSON] = {
        "schema": SCHEMA,
        "nodes": [node_content(node) for node in sorted(graph.nodes, key=_node_order)],
        "edges": [edge_content(edge) for edge in sorted(graph.edges, key=_edge_order)],
        **graph.extra,
    }
    return encode(document)


def node_content(node: Node) -> dict[str, JSON]:
    """What of a node is content."""
    return {"id": node.id, "type": node.type, "config": node.config, **node.extra}


def edge_content(edge: Edge) -> dict[str, JSON]:
    """What of an edge is content."""
    handles = {"source_handle": edge.source_handle, "target_handle": edge.target_handle}
    return {"source": edge.source, "target": edge.target, **handles, **edge.extra}


def content_hash(graph: Graph) -> str:
    """SHA-256 of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(canonical(graph)).hexdigest()


def with_handles(graph: Graph) -> Graph:
    """The same graph with catalogue type names and every omitted handle written where its node is known."""
    nodes = tuple(replace(node, type=ALIASES.get(node.type, node.type)) for node in graph.nodes)
    layers = {node.id: layer_of(node.type) for node in reversed(nodes)}
    ports = Ports(graph.edges)
    edges = []
    for edge in graph.edges:
        edges.append(ports.completed(edge, layers))
        if edges[-1] is not edge:
            ports.enter(edges[-1])
    return replace(graph, nodes=nodes, edges=tuple(edges))


def _node_order(node: Node) -> tuple[str, bytes]:
    return node.id, encode(node_content(node))


def _edge_order(edge: Edge) -> tuple[str, str, bytes]:
    return edge.target, edge.target_handle or "", encode(edge_content(edge))
