"""Networks the tests of this room share, written short: a chain of (id, type, config), or nodes and edges."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from blueprint import Edge, Graph, Node

Layer = tuple[str, str, Mapping[str, Any]]


def chain(*layers: Layer) -> Graph:
    """Each layer feeds the next."""
    ids = [id for id, _, _ in layers]
    return network(layers, pairwise(ids))


def network(layers: Iterable[Layer], edges: Iterable[tuple[str, ...]]) -> Graph:
    """Edges are (source, target), (source, target, target port) or (source, target, target port, source port)."""
    return Graph(
        "example",
        tuple(Node(id, type, dict(config)) for id, type, config in layers),
        tuple(_edge(*edge) for edge in edges),
    )


def single(type: str, config: Mapping[str, Any], shape: list[int | str], dtype: str = "float32") -> Graph:
    """One layer between an Input and an Output."""
    return chain(("in", "Input", {"shape": shape, "dtype": dtype}), ("layer", type, config), ("out", "Output", {}))


def _edge(source: str, target: str, port: str | None = None, source_port: str | None = None) -> Edge:
    return Edge(source, target, source_port, port)
