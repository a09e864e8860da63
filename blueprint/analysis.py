"""What a person sees beside the canvas: is the network valid, why not, and what does it cost.

`macs` are multiply-accumulates of matrix products and convolutions, `flops` twice that; both, like
`activation_bytes`, for a batch of 1. All counts are exact, expressions where sizes stay named.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from blueprint.catalogue import LAYERS, catalogue_hash
from blueprint.catalogue.layer import Tensor
from blueprint.codec import JSON
from blueprint.dimensions import Dim, substitute, total
from blueprint.document import Graph
from blueprint.examination import Examination, examine
from blueprint.issues import Issue
from blueprint.memory import activation_bytes, check_training, training_bytes, weight_bytes
from blueprint.record import Record

ONE_SAMPLE = {"B": 1}


@dataclass(slots=True)
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


@dataclass(slots=True)
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
    catalogue: str

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
    check_training(batch, precision, optimizer)
    return analysis_of(examine(graph), batch, precision, optimizer)


def analysis_of(found: Examination, batch: int = 1, precision: str = "float32", optimizer: str = "adam") -> Analysis:
    """The analysis of what an examination found. Nodes inside Blocks follow their Block, as one copy."""
    top: list[NodeFigures] = []
    kept: list[Dim] = []
    nodes: dict[str, NodeFigures] = {}
    for id in found.wiring.order:
        if (record := found.records[id]).facts:
            figures, held = counted(record, found, precision)
            top.append(figures)
            kept.append(held)
            nodes[record.path] = figures
            nodes.update(inside(record))
    issues = found.issues()
    valid = not any(issue.severity == "error" for issue in issues)
    totals = totals_of(sums_of(top), total(kept), batch, optimizer)
    return Analysis(valid, tuple(issues), nodes, totals, catalogue_hash())


NO_FIGURES = NodeFigures({}, 0, 0, 0, 0, 0)


class Sums(NamedTuple):
    """The figures of all nodes added up."""

    params: int = 0
    trainable_params: int = 0
    macs: Dim = 0
    activation_bytes: Dim = 0

    def exchanged(self, old: NodeFigures | None, new: NodeFigures | None) -> "Sums":
        """The sums with one node's figures, where it has any, in place of others."""
        before, after = old or NO_FIGURES, new or NO_FIGURES
        return Sums(
            self.params - before.params + after.params,
            self.trainable_params - before.trainable_params + after.trainable_params,
            total((self.macs, -before.macs, after.macs)),
            total((self.activation_bytes, -before.activation_bytes, after.activation_bytes)),
        )


def sums_of(figures: Collection[NodeFigures]) -> Sums:
    """Add figures up."""
    return Sums(
        sum([each.params for each in figures]),
        sum([each.trainable_params for each in figures]),
        total([each.macs for each in figures]),
        total([each.activation_bytes for each in figures]),
    )


def totals_of(sums: Sums, activations: Dim, batch: int = 1, optimizer: str = "adam") -> Totals:
    """The totals; `activations` are the bytes kept in the precision of training, B left as it is."""
    return Totals(
        params=sums.params,
        trainable_params=sums.trainable_params,
        macs=sums.macs,
        flops=2 * sums.macs,
        weight_bytes=weight_bytes(sums.params),
        activation_bytes=sums.activation_bytes,
        training_bytes=training_bytes(sums.params, sums.trainable_params, activations, batch, optimizer),
    )


def counted(record: Record, found: Examination, precision: str) -> tuple[NodeFigures, Dim]:
    """The figures of a node whose facts are known, and the bytes kept of it in a precision, B left as it is."""
    kept = activation_bytes(record, found.kept)
    held = kept if precision == "float32" else activation_bytes(record, found.kept, precision)
    return figures_of(record, found, kept), held


def figures_of(record: Record, found: Examination, kept: Dim) -> NodeFigures:
    """The figures of a node that keeps so many bytes; an output that is a parameter is told where an edge takes it."""
    facts = record.facts
    assert facts is not None
    outputs = record.outputs
    if hidden := LAYERS[record.node.type].parameters[: len(outputs) - 1]:
        used = {edge.source_handle for edge in found.wiring.outgoing[record.node.id]}
        outputs = {port: tensor for port, tensor in outputs.items() if port not in hidden or port in used}
    macs = substitute(facts.macs, ONE_SAMPLE)
    return NodeFigures(outputs, facts.params, record.trainable, macs, 2 * macs, substitute(kept, ONE_SAMPLE))


def inside(record: Record) -> Iterator[tuple[str, NodeFigures]]:
    """The figures of what is in a Block, by path."""
    if (found := record.inner) is None:
        return
    for id in found.wiring.order:
        if (each := found.records[id]).facts:
            yield each.path, figures_of(each, found, activation_bytes(each, found.kept))
            yield from inside(each)


def shape_json(shape: tuple[Dim, ...]) -> list[int | str]:
    """A shape as in documents: integers, and expressions as text."""
    return [dim if isinstance(dim, int) else str(dim) for dim in shape]
