"""What a layer type is: its ports, its settings, one worked example, and one rule from input tensors to facts.

A rule is a pure function `(*inputs, config, report) -> Facts | None`, one argument for each port: a Tensor,
None at an optional port left open, a tuple of Tensors at a variadic one. It reports everything PyTorch would
refuse, goes on where it can, and gives None where nothing more can be said. Rules are written in the part of
Python that `blueprint.typescript` translates for browsers (see its docstring), so they hold in both languages.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, TypeAlias

from blueprint.codec import JSON
from blueprint.dimensions import Dim, Shape

NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")
Config: TypeAlias = Mapping[str, Any]


class Tensor(NamedTuple):
    """What flows along an edge."""

    shape: Shape
    dtype: str = "float32"


@dataclass(slots=True)
class Facts:
    """What is known of a layer once its inputs are.

    `params` are numbers that training may change; `macs` multiply-accumulates of matrix products and
    convolutions. `determined` fills settings that the input decides. The rest tells what autograd keeps for
    the backward pass in training mode: the inputs (always, or only when they need a gradient themselves), the
    outputs, what enters or leaves at some ports alone, further tensors; and whether outputs are views of the first
    input, so that keeping them costs nothing new. A rule may leave out the last of a layer's outputs.
    """

    outputs: tuple[Tensor, ...]
    params: int = 0
    macs: Dim = 0
    determined: Config | None = None
    keeps_input: bool = False
    keeps_input_for_gradient: bool = False
    keeps_output: bool = False
    keeps_ports: tuple[str, ...] = ()
    keeps: tuple[Tensor, ...] = ()
    is_view: bool = False


class Report(Protocol):
    """Tells of something wrong: `verdict` False is an error, None (symbols leave it open) a warning, True nothing.

    Gives False exactly for an error, so that a rule can stop there. Build the texts only where the verdict is
    not True: rules run at every keystroke.
    """

    def __call__(self, verdict: bool | None, code: str, what: str, mend: str, /) -> bool: ...


Rule: TypeAlias = Callable[..., Facts | None]


@dataclass(frozen=True, slots=True)
class Field:
    """One setting, named as PyTorch names it.

    `type` is a key of `settings.READERS`; `count` is how many integers a "sizes" or "open_sizes" holds. A
    `determined` setting follows from the input when omitted.
    """

    name: str
    type: str
    help: str
    default: JSON = None
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    choices: tuple[str, ...] = ()
    count: int = 0
    required: bool = False
    determined: bool = False
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Port:
    """An input; a variadic one is `in.0`, `in.1`, ... with at least `minimum` of them.

    An optional one left open takes what enters the port `stand_in`, where it names one.
    """

    name: str
    variadic: bool = False
    minimum: int = 1
    optional: bool = False
    stand_in: str = ""

    def index(self, handle: str) -> int | None:
        """Which of the variadic ports a handle names."""
        name, _, number = handle.rpartition(".")
        return int(number) if self.variadic and name == self.name and NUMBER.fullmatch(number) else None

    def accepts(self, handle: str) -> bool:
        """Whether a handle names this port."""
        return self.index(handle) is not None if self.variadic else handle == self.name


@dataclass(frozen=True, slots=True)
class Example:
    """A layer at work: tensors are written "[B, 3, 8, 8]", or "int64[B, T]" where they are not float32.

    `inputs` go to the ports in order, `gives` come from the outputs in order; `config` as in a document.
    """

    config: Config
    inputs: tuple[str, ...]
    gives: tuple[str, ...]
    params: int = 0
    macs: str | int = 0


@dataclass(frozen=True, slots=True)
class Layer:
    """One type of the catalogue.

    `torch` says how PyTorch spells it (see `foundry.spelling`): "nn.Conv2d" for a class of torch.nn whose
    arguments are the fields; the name of a class of `foundry.modules`; or an expression such as
    "torch.flatten({in}, {start_dim}, {end_dim})". `returns` tells where in `result` each output is found.
    `parameters` are the output ports that give parameters themselves. `call` is what a module is called with, where
    that is not its ports in order: a port; "(a, b)", several in a tuple; "name=", the port or setting of that name.
    """

    type: str
    category: str
    doc: str
    inputs: tuple[Port, ...]
    outputs: tuple[str, ...]
    fields: tuple[Field, ...]
    rule: Rule
    example: Example
    torch: str
    returns: Mapping[str, str] = field(default_factory=dict)
    parameters: tuple[str, ...] = ()
    call: tuple[str, ...] = ()


LAYERS: dict[str, Layer] = {}
IN = (Port("in"),)
OUT = ("out",)
TRAINABLE = Field("trainable", "boolean", "Whether training changes its parameters.", default=True)


def layer(
    type: str,
    category: str,
    doc: str,
    *fields: Field,
    example: Example,
    torch: str = "",
    inputs: tuple[Port, ...] = IN,
    outputs: tuple[str, ...] = OUT,
    returns: Mapping[str, str] | None = None,
    parameters: tuple[str, ...] = (),
    call: tuple[str, ...] = (),
) -> Callable[[Rule], Rule]:
    """Register the rule below as a layer type; `torch` defaults to the class of that name in torch.nn."""

    def register(rule: Rule) -> Rule:
        if type in LAYERS:
            raise ValueError(f"{type} is in the catalogue already")
        spelt = torch or f"nn.{type}"
        LAYERS[type] = Layer(
            type, category, doc, inputs, outputs, fields, rule, example, spelt, returns or {}, parameters, call
        )
        return rule

    return register
