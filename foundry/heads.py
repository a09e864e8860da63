"""What comes out of a classifier: its scores, and losses that the network itself adds (AuxLossHead)."""

from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor

import blueprint

LOSS = "AuxLossHead"


@dataclass(frozen=True)
class Heads:
    """Where a module's results stand: `scores` at one place, `losses` at others; a single result is no tuple."""

    scores: int = 0
    losses: tuple[int, ...] = ()


SINGLE = Heads()


def heads_of(graph: blueprint.Graph) -> Heads:
    """The heads of a valid network that has one Output for scores."""
    losses = _loss_outputs(graph)
    outputs = blueprint.resolve(graph).outputs
    scores = next((n for n, id in enumerate(outputs) if id not in losses), 0)
    return Heads(scores, tuple(n for n, id in enumerate(outputs) if id in losses))


def split_heads(made: Any, heads: Heads) -> tuple[Tensor, Tensor | float]:
    """The scores and the sum of the losses in what a module gave."""
    if not isinstance(made, tuple):
        return made, 0.0
    return made[heads.scores], sum((made[n].float().sum() for n in heads.losses), 0.0)


def scores_alone(graph: blueprint.Graph) -> blueprint.Graph:
    """The network without its own losses: the same weights under the same names."""
    gone = _loss_outputs(graph) | {node.id for node in graph.nodes if node.type == LOSS}
    if not gone:
        return graph
    nodes = tuple(node for node in graph.nodes if node.id not in gone)
    edges = tuple(edge for edge in graph.edges if edge.source not in gone and edge.target not in gone)
    return replace(graph, nodes=nodes, edges=edges)


def _loss_outputs(graph: blueprint.Graph) -> set[str]:
    """Outputs that an AuxLossHead feeds."""
    types = {node.id: node.type for node in graph.nodes}
    ends = ((edge.target, types.get(edge.source), types.get(edge.target)) for edge in graph.edges)
    return {target for target, feeding, fed in ends if (feeding, fed) == (LOSS, "Output")}
