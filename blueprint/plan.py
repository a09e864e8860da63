"""A valid network made ready to run: steps in order, every setting filled in, every shape known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from blueprint.catalogue.layer import Tensor
from blueprint.document import Graph
from blueprint.examination import Examination, examine


@dataclass(frozen=True, slots=True)
class Step:
    """One layer's run. `config` holds every setting of its type, pairs and shapes as tuples.

    `inputs` are (port, source step, source port); shapes hold integers, and expressions as text.
    """

    id: str
    type: str
    config: Mapping[str, Any]
    inputs: tuple[tuple[str, str, str], ...]
    input_shapes: Mapping[str, tuple[int | str, ...]]
    output_shapes: Mapping[str, tuple[int | str, ...]]
    input_dtypes: Mapping[str, str]
    output_dtypes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """All steps, Inputs and Outputs among them, each after those that feed it."""

    steps: tuple[Step, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def resolve(graph: Graph) -> Plan:
    """The plan of a valid graph. Raises ValueError with the first issue where it is not valid."""
    found = examine(graph)
    issue = next((issue for issue in found.issues if issue.severity == "error"), None)
    if issue is not None:
        raise ValueError(f"the network is not valid: {issue.message}")
    steps = tuple(_step(id, found) for id in found.wiring.order)
    return Plan(steps, found.of_type("Input"), found.of_type("Output"))


def _step(id: str, found: Examination) -> Step:
    node, facts = found.wiring.nodes[id], found.facts[id]
    entering = {port: found.outputs(source)[source_port] for port, source, source_port in found.inputs[id]}
    leaving = found.outputs(id)
    config = {**found.configs[id], **facts.determined}
    if node.type == "Input":
        config["shape"] = _shape(leaving["out"])
    return Step(
        id=id,
        type=node.type,
        config=config,
        inputs=tuple(found.inputs[id]),
        input_shapes={port: _shape(tensor) for port, tensor in entering.items()},
        output_shapes={port: _shape(tensor) for port, tensor in leaving.items()},
        input_dtypes={port: tensor.dtype for port, tensor in entering.items()},
        output_dtypes={port: tensor.dtype for port, tensor in leaving.items()},
    )


def _shape(tensor: Tensor) -> tuple[int | str, ...]:
    return tuple(dim if isinstance(dim, int) else str(dim) for dim in tensor.shape)
