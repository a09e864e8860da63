"""The classes of emitted source: one for each Block, and one for all Blocks that differ only in numbers.

Where Blocks are alike but for some settings, those settings become arguments of the class, as a person would write
a residual block once and give it its channels.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from foundry.phrases import literal
from foundry.program import Program
from foundry.statements import Part, Slot, construction, forward

MOST_ARGUMENTS = 8
ANNOTATED = (bool, int, float, str)


@dataclass(frozen=True)
class Instance:
    """A Block's program with the statements that construct what it calls, their settings left as slots."""

    source: Program
    wanted: str
    statements: tuple[tuple[Part, ...], ...]
    forward: str

    @property
    def slots(self) -> list[Slot]:
        """The settings, in order."""
        return [part for statement in self.statements for part in statement if isinstance(part, Slot)]

    @property
    def skeleton(self) -> tuple[Any, ...]:
        """All but the settings' values."""
        blank = tuple(
            tuple(part.name if isinstance(part, Slot) else (part,) for part in each) for each in self.statements
        )
        return blank, self.forward


class Classes:
    """Texts of classes by name, each after those it needs."""

    def __init__(self, taken: Iterable[str]) -> None:
        self.texts: dict[str, str] = {}
        self._taken = set(taken)
        self._calls: dict[int, tuple[Part, ...]] = {}

    def write(self, source: Program, name: str, names: "dict[int, str]") -> None:
        """Write the class of a program and of the Blocks in it; `names` are those wanted for Blocks, by identity."""
        for level in _levels(source):
            alike: dict[tuple[Any, ...], list[Instance]] = {}
            for each in level:
                instance = self._instance(each, names.get(id(each), name))
                alike.setdefault(instance.skeleton, []).append(instance)
            for group in alike.values():
                self._write_group(group)

    def _instance(self, source: Program, wanted: str) -> Instance:
        made = [part for line in source.lines for part in construction(line, self._calls.get(id(line.inside), ()))]
        return Instance(source, wanted, tuple(made), "\n".join(forward(source)))

    def _write_group(self, group: list[Instance]) -> None:
        arguments = _arguments(group)
        if arguments is None:
            same: dict[str, list[Instance]] = {}
            for instance in group:
                same.setdefault(repr(instance.slots), []).append(instance)
            for each in same.values():
                self._write(each, {})
            return
        self._write(group, arguments)

    def _write(self, group: list[Instance], arguments: dict[int, str]) -> None:
        """One class for the group; `arguments` names the slots that are its arguments."""
        first = group[0]
        name = self._free(first.wanted)
        self.texts[name] = _text(name, first, arguments)
        order = list(dict.fromkeys(arguments.values()))
        for instance in group:
            values = {argument: instance.slots[n].value for n, argument in arguments.items()}
            self._calls[id(instance.source)] = _call(name, [Slot(each, values[each]) for each in order])

    def _free(self, wanted: str) -> str:
        name, number = wanted, 1
        while name in self._taken:
            number += 1
            name = f"{wanted}{number}"
        self._taken.add(name)
        return name


def _levels(source: Program) -> list[list[Program]]:
    """The program and those in it, the innermost first."""
    levels: list[list[Program]] = []

    def visit(each: Program) -> int:
        height = 1 + max((visit(line.inside) for line in each.lines if line.inside), default=-1)
        while len(levels) <= height:
            levels.append([])
        levels[height].append(each)
        return height

    visit(source)
    return levels


def _arguments(group: list[Instance]) -> dict[int, str] | None:
    """Names for the slots that differ within a group, equal ones alike; None where they would be too many."""
    columns = list(zip(*(instance.slots for instance in group), strict=True))
    names: dict[tuple[Any, ...], str] = {}
    found: dict[int, str] = {}
    for n, column in enumerate(columns):
        values = tuple(slot.value for slot in column)
        if all(value == values[0] and type(value) is type(values[0]) for value in values):
            continue
        if any(type(value) is not type(values[0]) for value in values) or type(values[0]) not in ANNOTATED:
            return None
        found[n] = names.setdefault(values, _unused(column[0].name, names.values()))
    return found if len(names) <= MOST_ARGUMENTS else None


def _unused(name: str, taken: Iterable[str]) -> str:
    known = set(taken)
    return next(each for each in [name, *(f"{name}_{n}" for n in range(2, len(known) + 3))] if each not in known)


def _text(name: str, instance: Instance, arguments: dict[int, str]) -> str:
    types = {argument: type(instance.slots[n].value).__name__ for n, argument in arguments.items()}
    parameters = "".join(f", {argument}: {kind}" for argument, kind in types.items())
    position = iter(range(len(instance.slots)))
    lines = []
    for statement in instance.statements:
        parts = [
            part if isinstance(part, str) else arguments.get(next(position), literal(part.value)) for part in statement
        ]
        lines.append(f"        {''.join(parts)}")
    header = [f"class {name}(nn.Module):", f"    def __init__(self{parameters}) -> None:", "        super().__init__()"]
    body = [f"    {line}" for line in instance.forward.split("\n")]
    return "\n".join([*header, *lines, "", *body])


def _call(name: str, slots: Sequence[Slot]) -> tuple[Part, ...]:
    parts: list[Part] = [f"{name}("]
    for n, slot in enumerate(slots):
        parts += [", ", slot] if n else [slot]
    return (*parts, ")")
