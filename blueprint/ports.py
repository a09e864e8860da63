"""Which input ports are taken, so that an omitted handle gets its place: the first port, or the next free one."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from blueprint.catalogue.layer import Layer
from blueprint.document import Edge


class Ports:
    """Counts the edges into each port; finds the lowest free variadic one in amortised constant time."""

    def __init__(self, edges: Iterable[Edge] = ()) -> None:
        self._edges = Counter((edge.target, edge.target_handle) for edge in edges)
        self._lowest: dict[str, int] = {}

    def enter(self, edge: Edge) -> None:
        """Note that an edge arrives."""
        self._edges[edge.target, edge.target_handle] += 1

    def leave(self, edge: Edge) -> None:
        """Note that an edge is gone."""
        self._edges[edge.target, edge.target_handle] -= 1
        self._lowest.pop(edge.target, None)

    def completed(self, edge: Edge, layers: Mapping[str, Layer | None]) -> Edge:
        """The edge with its omitted handles written, as far as its nodes are of known types."""
        source, target = layers.get(edge.source), layers.get(edge.target)
        source_handle, target_handle = edge.source_handle, edge.target_handle
        if source_handle is None and source is not None and source.outputs:
            source_handle = source.outputs[0]
        if target_handle is None and target is not None and target.inputs:
            port = target.inputs[0]
            target_handle = self._free(edge.target, port.name) if port.variadic else port.name
        if (source_handle, target_handle) == (edge.source_handle, edge.target_handle):
            return edge
        return replace(edge, source_handle=source_handle, target_handle=target_handle)

    def _free(self, node: str, port: str) -> str:
        number = self._lowest.get(node, 0)
        while self._edges[node, f"{port}.{number}"]:
            number += 1
        self._lowest[node] = number
        return f"{port}.{number}"
