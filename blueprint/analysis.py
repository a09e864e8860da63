"""What a person sees beside the canvas: is the network valid, why not, and what does it cost.

`macs` are multiply-accumulates of matrix products and convolutions, `flops` twice that; both, like
`activation_bytes`, for a batch of 1. All counts are exact, expressions where sizes stay named.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from blueprint.catalogue import CATALOGUE_HASH
from blueprint.catalogue.layer import Tensor
from blueprint.codec import JSON
from blueprint.dimensions import Dim, substitute, total
from blueprint.document import Graph
from blueprint.examination import Examination, examine
from blueprint.issues import Issue
from blueprint.memory import activation_bytes, training_bytes, weight_bytes


@dataclass(frozen=True, slots=True)
class NodeFigures:
    """What one layer gives and costs; activation_bytes are those of its own tensors kept for backward."""

    outputs: Mapping[str, Tensor]
    params: int
    trainable_params: int
    macs: Dim
    flops: Dim
    activation_bytes: Dim

    def to_json(self) -> dict[str, JSON]:
        """The figures as in contracts; counts are decimal strings or expressions."""
        outputs = {port: {"shape": shape_json(x.shape), "dtype": x.dtype} for port, x in self.outputs.items()}
        names = ("params", "trainable_params", "macs", "flops", "activation_bytes")
        return {"outputs": outputs, **{name: str(getattr(self, name)) for name in names}}


@dataclass(frozen=True, slots=True)
class Totals:
    """What the whole network costs; training_bytes = weights + gradients + optimiser state + activations."""

    params: int
    trainable_params: int
    macs: Dim
    flops: Dim
    weight_bytes: int
    activation_bytes: Dim
    training_bytes: Dim

    def to_json(self) -> dict[str, JSON]:
        """The totals as in contracts; counts are decimal strings or expressions."""
        return {name: str(getattr(self, name)) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Analysis:
    """The whole answer. Nodes that could not be analysed have no figures and do not count in the totals."""

    valid: bool
    issues: tuple[Issue, ...]
    nodes: Mapping[str, NodeFigures]
    totals: Totals
    catalogue: str = CATALOGUE_HASH

    def to_json(self) -> dict[str, JSON]:
        """The analysis as in contracts."""
        return {
            "valid": self.valid,
            "issues": [issue.to_json() for issue in self.issues],
            "nodes": {id: figures.to_json() for id, figures in self.nodes.items()},
            "totals": self.totals.to_json(),
            "catalogue": self.catalogue,
        }


def analyze(graph: Graph, *, batch: int = 1, precision: str = "float32", optimizer: str = "adam") -> Analysis:
    """Analyse a graph. The three settings concern `training_bytes` only; ValueError where one is unknown."""
    found = examine(graph)
    kept = activation_bytes(found)
    nodes = {id: _figures(id, found, kept.get(id, 0)) for id in found.wiring.order if id in found.facts}
    params = sum(figures.params for figures in nodes.values())
    macs = total(figures.macs for figures in nodes.values())
    totals = Totals(
        params=params,
        trainable_params=params,
        macs=macs,
        flops=total((macs, macs)),
        weight_bytes=weight_bytes(params),
        activation_bytes=total(figures.activation_bytes for figures in nodes.values()),
        training_bytes=training_bytes(found, params, batch, precision, optimizer),
    )
    valid = not any(issue.severity == "error" for issue in found.issues)
    return Analysis(valid, tuple(found.issues), nodes, totals)


def shape_json(shape: tuple[Dim, ...]) -> list[int | str]:
    """A shape as in documents: integers, and expressions as text."""
    return [dim if isinstance(dim, int) else str(dim) for dim in shape]


def _figures(id: str, found: Examination, kept: Dim) -> NodeFigures:
    facts = found.facts[id]
    macs, kept = (substitute(count, {"B": 1}) for count in (facts.macs, kept))
    return NodeFigures(found.outputs(id), facts.params, facts.params, macs, total((macs, macs)), kept)
