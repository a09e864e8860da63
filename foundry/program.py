"""A blueprint as a short program: one line per layer, in order, under names made here and never by a user.

Both the module builder and the source emitter work from these lines, so they cannot come to differ.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import blueprint
from foundry.errors import FoundryError
from foundry.spelling import FUNCTIONS, MODULES


@dataclass(frozen=True)
class Line:
    """`name` = `type`(`config`) applied to the values called `inputs`."""

    name: str
    type: str
    config: Mapping[str, Any]
    inputs: tuple[str, ...]


@dataclass(frozen=True)
class Program:
    """Names of the inputs, the lines, and the names of the values returned."""

    inputs: tuple[str, ...]
    lines: tuple[Line, ...]
    outputs: tuple[str, ...]


def program(graph: blueprint.Graph) -> Program:
    """The program of a valid blueprint; raises FoundryError with the first issue of an invalid one.

    Layers are called by lower-case type and number, in topological order: conv2d_1, conv2d_2, linear_1.
    """
    try:
        plan = blueprint.resolve(graph)
    except ValueError as error:
        raise FoundryError(str(error)) from error
    numbers: Counter[str] = Counter()
    names: dict[str, str] = {}
    lines: list[Line] = []
    outputs: dict[str, str] = {}
    for step in plan.steps:
        numbers[step.type] += 1
        names[step.id] = f"{step.type.lower()}_{numbers[step.type]}"
        sources = tuple(names[source] for _, source, _ in step.inputs)
        if step.type == "Output":
            outputs[step.id] = sources[0]
        elif step.type in MODULES or step.type in FUNCTIONS:
            lines.append(Line(names[step.id], step.type, step.config, sources))
        elif step.type != "Input":
            raise FoundryError(f"layer type {step.type} cannot be built yet; replace node {step.id!r}")
    return Program(
        tuple(names[node] for node in plan.inputs), tuple(lines), tuple(outputs[node] for node in plan.outputs)
    )
