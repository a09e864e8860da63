"""How each catalogue layer is written in PyTorch: fixed tables, for which torch need not be there.

Nothing outside these tables is ever written or called, and no name in them comes from a document.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import blueprint

Config = Mapping[str, Any]

# Layers that are a class of torch.nn; the catalogue's settings are the class's arguments, in its order.
MODULES = (
    "AdaptiveAvgPool2d",
    "AvgPool2d",
    "BatchNorm2d",
    "Conv2d",
    "Dropout",
    "Embedding",
    "Flatten",
    "GELU",
    "Identity",
    "LayerNorm",
    "Linear",
    "MaxPool2d",
    "ReLU",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Tanh",
)

# Layers without state, as an expression of their inputs' names.
FUNCTIONS: dict[str, Callable[[Sequence[str], Config], str]] = {
    "Add": lambda names, config: " + ".join(names),
    "Concat": lambda names, config: f"torch.cat([{', '.join(names)}], dim={config['dim']!r})",
}

# Arguments that follow from the input and yet have a default in PyTorch: people write them by name.
BY_NAME = {("Softmax", "dim")}


def arguments(type: str, config: Config) -> tuple[list[Any], dict[str, Any]]:
    """A config as a person would write the call: required arguments by position, then those that are not default."""
    positional: list[Any] = []
    named: dict[str, Any] = {}
    for field in blueprint.LAYERS[type].fields:
        value = _as_written(config[field.name], field.type)
        if (field.required or field.determined) and (type, field.name) not in BY_NAME:
            positional.append((None, None) if value is None else value)
        elif value != field.default:
            named[field.name] = value
    return positional, named


def _as_written(value: Any, kind: str) -> Any:
    """(3, 3) as 3, the way people write square kernels, and (64,) as 64; other values as they are."""
    if not isinstance(value, tuple):
        return value
    same = len(value) == 1 or (kind == "pair" and value[0] == value[1] and value[0] is not None)
    return value[0] if same else value
