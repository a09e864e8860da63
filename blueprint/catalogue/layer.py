"""What a layer type is: its ports, its settings, and one rule from input tensors to facts.

A rule is a pure function `(inputs, config, check) -> Facts | None`. It calls `check` for everything
PyTorch would refuse, goes on where it can, and gives None where nothing more can be said.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from blueprint.codec import JSON
from blueprint.dimensions import Dim, Shape
from blueprint.quoting import MAX_SHOWN

Config: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tensor:
    """What flows along an edge."""

    shape: Shape
    dtype: str = "float32"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a layer once its inputs are.

    `determined` fills settings the input decides. The rest tells what autograd keeps for the backward
    pass in training mode: the input (always, or only when it needs a gradient itself), the output,
    further tensors; and whether the output is a view of the input, so that keeping it costs nothing new.
    """

    outputs: tuple[Tensor, ...]
    params: int = 0
    macs: Dim = 0
    determined: Mapping[str, JSON] = field(default_factory=dict)
    keeps_input: bool = False
    keeps_input_for_gradient: bool = False
    keeps_output: bool = False
    keeps: tuple[Tensor, ...] = ()
    is_view: bool = False


class Check(Protocol):
    """Report unless `verdict` is True: False is an error, None (symbols leave it open) a warning.

    Gives False exactly for an error, so that a rule can stop there.
    """

    def __call__(self, verdict: bool | None, code: str, what: str, mend: str, /) -> bool: ...


Rule: TypeAlias = Callable[[tuple[Tensor, ...], Config, Check], Facts | None]


@dataclass(frozen=True, slots=True)
class Field:
    """One setting, named as PyTorch names it.

    `type` is a key of `settings.READERS`. A `determined` setting follows from the input when omitted.
    """

    name: str
    type: str
    help: str
    default: JSON = None
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False
    determined: bool = False
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Port:
    """An input; a variadic one is `in.0`, `in.1`, ... with at least `minimum` of them."""

    name: str
    variadic: bool = False
    minimum: int = 1

    def index(self, handle: str) -> int | None:
        """Which of the variadic ports a handle names."""
        match = re.fullmatch(re.escape(self.name) + r"\.(0|[1-9][0-9]{0,8})", handle)
        return int(match.group(1)) if match and self.variadic else None

    def accepts(self, handle: str) -> bool:
        """Whether a handle names this port."""
        return self.index(handle) is not None if self.variadic else handle == self.name


@dataclass(frozen=True, slots=True)
class Layer:
    """One type of the catalogue."""

    type: str
    category: str
    doc: str
    inputs: tuple[Port, ...]
    outputs: tuple[str, ...]
    fields: tuple[Field, ...]
    rule: Rule


LAYERS: dict[str, Layer] = {}
IN = (Port("in"),)
OUT = ("out",)


def layer(
    type: str,
    category: str,
    doc: str,
    *fields: Field,
    inputs: tuple[Port, ...] = IN,
    outputs: tuple[str, ...] = OUT,
) -> Callable[[Rule], Rule]:
    """Register the rule below as a layer type."""

    def register(rule: Rule) -> Rule:
        if type in LAYERS:
            raise ValueError(f"{type} is in the catalogue already")
        LAYERS[type] = Layer(type, category, doc, inputs, outputs, fields, rule)
        return rule

    return register


def one_or_both(pair: Sequence[Dim] | str) -> str:
    """A pair setting for people: `1` when both are 1, else `1x2`."""
    return pair if isinstance(pair, str) else str(pair[0]) if pair[0] == pair[1] else by(pair)


def brief(dim: Dim) -> str:
    """A dimension for people, cut when long."""
    text = str(dim)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 3] + "..."


def sizes(dims: Sequence[Dim]) -> str:
    """A shape for people: `[B, 16, 8, 8]`."""
    return "[" + ", ".join(map(brief, dims)) + "]"


def by(dims: Sequence[Dim]) -> str:
    """Spatial sizes for people: `3x3`, `H x (W + 1)` when named."""
    if all(isinstance(dim, int) for dim in dims):
        return "x".join(map(str, dims))
    return " x ".join(f"({brief(dim)})" if " " in str(dim) else brief(dim) for dim in dims)
