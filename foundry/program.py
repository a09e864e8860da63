"""A blueprint as a short program: one line per layer, in order, under names made here and never by a user.

Both the module builder and the source emitter work from these lines, so they cannot come to differ.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import blueprint
from foundry.errors import FoundryError


@dataclass(frozen=True)
class Value:
    """What a line, or an input of the program, gives at a port."""

    line: str
    port: str


@dataclass(frozen=True)
class Line:
    """`name` = `type`(`config`) applied to values, by port in port order; `ports` are its outputs.

    `inside` is the program of a Block; `id` is the node's, for people only.
    """

    name: str
    id: str
    type: str
    config: Mapping[str, Any]
    inputs: tuple[tuple[str, Value], ...]
    ports: tuple[str, ...]
    inside: "Program | None" = None


@dataclass(frozen=True)
class Program:
    """Names of the inputs, the lines, and the values returned."""

    inputs: tuple[str, ...]
    lines: tuple[Line, ...]
    outputs: tuple[Value, ...]


def program(graph: blueprint.Graph) -> Program:
    """The program of a valid blueprint; raises FoundryError with the first issue of an invalid one.

    Layers are called by lower-case type and number, in topological order: conv2d_1, conv2d_2, linear_1.
    """
    try:
        return _program(blueprint.resolve(graph))
    except ValueError as error:
        raise FoundryError(str(error)) from error


def _program(plan: blueprint.Plan) -> Program:
    numbers: Counter[str] = Counter()
    names: dict[str, str] = {}
    lines: list[Line] = []
    outputs: dict[str, Value] = {}
    for step in plan.steps:
        numbers[step.type] += 1
        names[step.id] = f"{step.type.lower()}_{numbers[step.type]}"
        inputs = tuple((port, Value(names[source], out)) for port, source, out in step.inputs)
        if step.type == "Output":
            outputs[step.id] = inputs[0][1]
        elif step.type != "Input":
            inside = _program(step.inside) if step.inside else None
            lines.append(
                Line(names[step.id], step.id, step.type, step.config, inputs, tuple(step.output_shapes), inside)
            )
    return Program(tuple(names[id] for id in plan.inputs), tuple(lines), tuple(outputs[id] for id in plan.outputs))


def ports_used(source: Program) -> dict[str, list[str]]:
    """Which ports of each line some other line, or the result, takes; in the order of use."""
    used: dict[str, dict[str, None]] = {}
    for value in [*(value for line in source.lines for _, value in line.inputs), *source.outputs]:
        used.setdefault(value.line, {})[value.port] = None
    return {name: list(ports) for name, ports in used.items()}
