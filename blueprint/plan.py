"""A valid network made ready to run: steps in order, every setting filled in, every shape known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from blueprint.catalogue.layer import Tensor
from blueprint.document import Graph
from blueprint.examination import Examination, examine
from blueprint.record import Record


@dataclass(frozen=True, slots=True)
class Step:
    """One layer's run. `config` holds every setting of its type, sizes and shapes as tuples.

    `inputs` are (port, source step, source port); shapes hold integers, and expressions as text. `inside` is the
    plan of a Block, whose inputs and outputs are its ports.
    """

    id: str
    type: str
    config: Mapping[str, Any]
    inputs: tuple[tuple[str, str, str], ...]
    input_shapes: Mapping[str, tuple[int | str, ...]]
    output_shapes: Mapping[str, tuple[int | str, ...]]
    input_dtypes: Mapping[str, str]
    output_dtypes: Mapping[str, str]
    inside: "Plan | None" = None


@dataclass(frozen=True, slots=True)
class Plan:
    """All steps, Inputs and Outputs among them, each after those that feed it."""

    steps: tuple[Step, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def resolve(graph: Graph) -> Plan:
    """The plan of a valid graph. Raises ValueError with the first issue where it is not valid."""
    found = examine(graph)
    issue = next((issue for issue in found.issues() if issue.severity == "error"), None)
    if issue is not None:
        raise ValueError(f"the network is not valid: {issue.message}")
    return _plan(found, tuple(found.of_type("Input")), tuple(found.of_type("Output")))


def _plan(found: Examination, inputs: tuple[str, ...], outputs: tuple[str, ...]) -> Plan:
    return Plan(tuple(_step(found.records[id], found) for id in found.wiring.order), inputs, outputs)


def _step(record: Record, found: Examination) -> Step:
    assert record.config is not None
    assert record.facts is not None
    entering = {port: found.records[source].outputs[out] for port, source, out in record.sources}
    config = {**record.config, **(record.facts.determined or {})}
    if record.node.type == "Input":
        config["shape"] = _shape(record.outputs["out"])
    graph = record.node.graph
    inside = _plan(record.inner, graph.input_ids, graph.output_ids) if record.inner and graph else None
    return Step(
        id=record.node.id,
        type=record.node.type,
        config=config,
        inputs=record.sources,
        input_shapes={port: _shape(tensor) for port, tensor in entering.items()},
        output_shapes={port: _shape(tensor) for port, tensor in record.outputs.items()},
        input_dtypes={port: tensor.dtype for port, tensor in entering.items()},
        output_dtypes={port: tensor.dtype for port, tensor in record.outputs.items()},
        inside=inside,
    )


def _shape(tensor: Tensor) -> tuple[int | str, ...]:
    return tuple(dim if isinstance(dim, int) else str(dim) for dim in tensor.shape)
