"""The canonical form of a graph: its content alone, in one spelling, so that equal networks hash equally.

Content is nodes (id, type, config) and edges (ends, handles); names, positions, `meta` and edge ids
are dress. Types are written by their catalogue names and omitted handles are written out.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count

from blueprint.catalogue import ALIASES, layer_of
from blueprint.catalogue.layer import Layer
from blueprint.codec import JSON, encode
from blueprint.document import SCHEMA, Edge, Graph, Node


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
    free = _FreePorts(graph.edges)
    return replace(graph, nodes=nodes, edges=tuple(_with_handles(edge, layers, free) for edge in graph.edges))


def _node_order(node: Node) -> tuple[str, bytes]:
    return node.id, encode(node_content(node))


def _edge_order(edge: Edge) -> tuple[str, str, bytes]:
    return edge.target, edge.target_handle or "", encode(edge_content(edge))


def _with_handles(edge: Edge, layers: dict[str, Layer | None], free: "_FreePorts") -> Edge:
    source, target = layers.get(edge.source), layers.get(edge.target)
    source_handle, target_handle = edge.source_handle, edge.target_handle
    if source_handle is None and source is not None and source.outputs:
        source_handle = source.outputs[0]
    if target_handle is None and target is not None and target.inputs:
        port = target.inputs[0]
        target_handle = free.take(edge.target, port.name) if port.variadic else port.name
    if (source_handle, target_handle) == (edge.source_handle, edge.target_handle):
        return edge
    return replace(edge, source_handle=source_handle, target_handle=target_handle)


class _FreePorts:
    """Hands out the variadic ports of each node that no edge names, in order."""

    def __init__(self, edges: Iterable[Edge]) -> None:
        self.named = {(edge.target, edge.target_handle) for edge in edges if edge.target_handle}
        self.numbers: dict[str, Iterator[int]] = {}

    def take(self, node: str, port: str) -> str:
        numbers = self.numbers.setdefault(node, count())
        return next(handle for n in numbers if (node, handle := f"{port}.{n}") not in self.named)
