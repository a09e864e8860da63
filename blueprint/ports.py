"""Where edges may start and end at a node, and which place an edge takes that names none.

A Block's ports are the Inputs and Outputs drawn inside it; every other node has those of its type.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from blueprint.catalogue import layer_of
from blueprint.catalogue.layer import Port
from blueprint.document import Edge, Node

HOLDERS = ("Block", "GradCheckpoint")


def inputs_of(node: Node) -> tuple[Port, ...]:
    """The input ports of a node; none where its type is unknown."""
    if node.type in HOLDERS:
        return tuple(map(Port, node.graph.input_ids)) if node.graph else ()
    layer = layer_of(node.type)
    return layer.inputs if layer else ()


def outputs_of(node: Node) -> tuple[str, ...]:
    """The output ports of a node; `out.*` stands for out.0, out.1, ...; none where its type is unknown."""
    if node.type in HOLDERS:
        return node.graph.output_ids if node.graph else ()
    layer = layer_of(node.type)
    return layer.outputs if layer else ()


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

    def completed(self, edge: Edge, nodes: Mapping[str, Node]) -> Edge:
        """The edge with its omitted handles written, as far as its nodes exist and their ports are known."""
        source_handle, target_handle = edge.source_handle, edge.target_handle
        if source_handle is None and edge.source in nodes:
            source_handle = _first_output(nodes[edge.source])
        if target_handle is None and edge.target in nodes:
            target_handle = self._first_input(nodes[edge.target])
        if (source_handle, target_handle) == (edge.source_handle, edge.target_handle):
            return edge
        return replace(edge, source_handle=source_handle, target_handle=target_handle)

    def _first_input(self, node: Node) -> str | None:
        if node.type in HOLDERS:
            return next(iter(node.graph.input_ids), None) if node.graph else None
        port = next(iter(inputs_of(node)), None)
        if port is None:
            return None
        return self._free(node.id, port.name) if port.variadic else port.name

    def _free(self, node: str, port: str) -> str:
        number = self._lowest.get(node, 0)
        while self._edges[node, f"{port}.{number}"]:
            number += 1
        self._lowest[node] = number
        return f"{port}.{number}"


def _first_output(node: Node) -> str | None:
    port = next(iter(outputs_of(node)), None)
    return f"{port[:-1]}0" if port and port.endswith(".*") else port
