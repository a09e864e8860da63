"""The statements of an emitted class: what `__init__` constructs, and what `forward` runs."""

from dataclasses import dataclass
from typing import Any, TypeAlias

import blueprint
from foundry.phrases import fill, literal
from foundry.program import Line, Program, Value, ports_used
from foundry.spelling import (
    arguments,
    by_port,
    is_attribute,
    is_construction,
    is_module,
    phrase_of,
    taking,
)


@dataclass(frozen=True)
class Slot:
    """A setting in a statement, by the name of its argument."""

    name: str
    value: Any


Part: TypeAlias = str | Slot


def construction(line: Line, block: tuple[Part, ...]) -> list[tuple[Part, ...]]:
    """The statements that make what a line calls, if it is a module; `block` makes what is inside."""
    made = f"self.{line.name} = "
    if line.inside:
        copies = line.config.get("repeat", 1)
        if copies == 1 or line.config.get("shared"):
            return [(made, *block)]
        return [(made, "nn.ModuleList([", *block, " for _ in range(", Slot("repeat", copies), ")])")]
    if not is_module(line.type):
        return []
    frozen: list[tuple[Part, ...]] = [(f"self.{line.name}.requires_grad_(False)",)]
    return [(made, *_constructed(line)), *([] if line.config.get("trainable", True) else frozen)]


def forward(source: Program) -> list[str]:
    """The method forward. The running value is called x as long as nothing else needs the old x."""
    inputs = {name: "x" if len(source.inputs) == 1 else name for name in source.inputs}
    parameters = "".join(f", {name}: torch.Tensor" for name in inputs.values())
    returned = "torch.Tensor" if len(source.outputs) == 1 else "tuple[torch.Tensor, ...]"
    statements = _Forward(source, inputs).statements()
    return [f"def forward(self{parameters}) -> {returned}:", *(f"    {statement}" for statement in statements)]


class _Forward:
    def __init__(self, source: Program, inputs: dict[str, str]) -> None:
        self.source = source
        self.used = ports_used(source)
        self.called = {Value(name, "out"): text for name, text in inputs.items()}
        self.last_use = {value: i for i, line in enumerate(source.lines) for _, value in line.inputs}
        self.last_use |= {value: len(source.lines) for value in source.outputs}
        self.holder = Value(source.inputs[0], "out") if len(source.inputs) == 1 else None
        self.written: list[str] = []

    def statements(self) -> list[str]:
        for i, line in enumerate(self.source.lines):
            if line.inside:
                self._block(i, line)
            else:
                self._layer(i, line)
        return [*self.written, f"return {', '.join(self.called[value] for value in self.source.outputs)}"]

    def _layer(self, i: int, line: Line) -> None:
        used = self.used.get(line.name, [])
        attributes = [port for port in used if is_attribute(line.type, port)]
        for port in attributes:
            self.called[Value(line.name, port)] = f"self.{line.name}.{port}"
        ports = [port for port in used if port not in attributes]
        if attributes and not ports:
            return
        call = self._call(line)
        if len(ports) > 1:
            self.written.append(f"{line.name} = {call}")
            for port in ports:
                name = f"{line.name}_{port.replace('.', '_')}"
                self.called[Value(line.name, port)] = name
                self.written.append(f"{name} = {self._taken(line, port, line.name)}")
            return
        port = ports[0] if ports else "out"
        text = self._taken(line, port, call) if ports else call
        self.written.append(f"{self._name(i, Value(line.name, port))} = {text}")

    def _block(self, i: int, line: Line) -> None:
        inputs = [self.called[value] for _, value in line.inputs]
        if len(line.ports) > 1:
            names = [f"{line.name}_{n}" for n, _ in enumerate(line.ports, start=1)]
            self.called |= {Value(line.name, port): name for port, name in zip(line.ports, names, strict=True)}
            self.written.append(f"{', '.join(names)} = {_applied(line, f'self.{line.name}', inputs)}")
            return
        name = self._name(i, Value(line.name, line.ports[0]))
        copies = line.config.get("repeat", 1)
        if copies == 1:
            self.written.append(f"{name} = {_applied(line, f'self.{line.name}', inputs)}")
            return
        shared = line.config.get("shared")
        start = [] if name == inputs[0] else [f"{name} = {inputs[0]}"]
        loop = f"for _ in range({copies}):" if shared else f"for block in self.{line.name}:"
        step = f"    {name} = {_applied(line, f'self.{line.name}' if shared else 'block', [name])}"
        self.written += [*start, loop, step]

    def _name(self, i: int, value: Value) -> str:
        free = self.holder is None or self.last_use.get(self.holder, -1) <= i
        self.holder = value if free else self.holder
        self.called[value] = "x" if free else value.line
        return self.called[value]

    def _call(self, line: Line) -> str:
        entering = {port: self.called[value] for port, value in line.inputs}
        if is_module(line.type):
            positional, named = by_port(line.type, entering, line.config)
            given = [*map(_spelt, positional), *(f"{name}={_spelt(value)}" for name, value in named.items())]
            return f"self.{line.name}({', '.join(given)})"
        inputs: dict[str, list[str]] = {port.name: [] for port in blueprint.LAYERS[line.type].inputs}
        for port, text in entering.items():
            inputs[port.split(".")[0]].append(text)
        first = next(iter(entering.values()), "")
        return fill(phrase_of(line.type, line.config), inputs, lambda name: literal(line.config[name], first))

    def _taken(self, line: Line, port: str, result: str) -> str:
        phrase = fill(taking(line.type, port, line.ports), {}, lambda name: literal(line.config[name]))
        return phrase.replace("result", result)


def _spelt(value: Any) -> str:
    """What is passed: text as it stands, several of them in a tuple, a setting as Python."""
    if isinstance(value, tuple):
        return f"({', '.join(value)})"
    return value if isinstance(value, str) else literal(value)


def _constructed(line: Line) -> list[Part]:
    spelt = blueprint.LAYERS[line.type].torch
    if is_construction(line.type):
        return [fill(spelt, {}, lambda name: literal(line.config[name]))]
    positional, named = arguments(line.type, line.config)
    parts: list[Part] = []
    for name, value in positional.items():
        parts += [", " if parts else "", Slot(name, value)]
    for name, value in named.items():
        parts += [f", {name}=" if parts else f"{name}=", Slot(name, value)]
    return [f"{spelt}(", *parts, ")"]


def _applied(line: Line, target: str, inputs: list[str]) -> str:
    plain = f"{target}({', '.join(inputs)})"
    if line.type == "GradCheckpoint":
        return f"checkpoint({', '.join([target, *inputs])}, use_reentrant=False) if self.training else {plain}"
    return plain
