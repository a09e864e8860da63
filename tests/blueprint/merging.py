"""The network that tests of merging start from, and merging in short."""

from collections.abc import Sequence

from blueprint import Conflict, Edit, Graph, Group, apply, merge
from blueprint.draft import draft_of
from tests.blueprint.examples import chain

BASE = chain(
    ("in", "Input", {"shape": ["B", 3, 8, 8]}),
    ("conv", "Conv2d", {"out_channels": 4, "kernel_size": 3}),
    ("relu", "ReLU", {}),
    ("drop", "Dropout", {"p": 0.5}),
    ("out", "Output", {}),
)
NESTED = apply(BASE, [Group(("conv", "relu"), "stage")])


def whole(graph: Graph) -> bool:
    """Whether ids are unique and every edge has both its nodes, at every level."""
    draft = draft_of(graph)
    joined = all({edge.source, edge.target} <= draft.nodes.keys() for edge in graph.edges)
    return joined and all(whole(node.graph) for node in graph.nodes if node.graph)


def merged(ours: Sequence[Edit], theirs: Sequence[Edit], base: Graph = BASE) -> tuple[Graph, tuple[Conflict, ...]]:
    result = merge(base, apply(base, ours), apply(base, theirs))
    assert whole(result.graph)
    return result.graph, result.conflicts
