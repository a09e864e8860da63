"""What each catalogue layer is in PyTorch: the fixed tables from which modules are built and source is written.

Nothing outside these tables is ever called, and no name in them comes from a document.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import torch
from torch import Tensor, nn

import blueprint

Config = Mapping[str, Any]

# Layers that are a class of torch.nn; the catalogue's setting names are the class's argument names.
MODULES: dict[str, type[nn.Module]] = {
    "AdaptiveAvgPool2d": nn.AdaptiveAvgPool2d,
    "AvgPool2d": nn.AvgPool2d,
    "BatchNorm2d": nn.BatchNorm2d,
    "Conv2d": nn.Conv2d,
    "Dropout": nn.Dropout,
    "Embedding": nn.Embedding,
    "Flatten": nn.Flatten,
    "GELU": nn.GELU,
    "Identity": nn.Identity,
    "LayerNorm": nn.LayerNorm,
    "Linear": nn.Linear,
    "MaxPool2d": nn.MaxPool2d,
    "ReLU": nn.ReLU,
    "SiLU": nn.SiLU,
    "Sigmoid": nn.Sigmoid,
    "Softmax": nn.Softmax,
    "Tanh": nn.Tanh,
}


@dataclass(frozen=True)
class Function:
    """A layer without state. `run(*tensors, **config)` computes it, `write(names, config)` is the same as source."""

    run: Callable[..., Tensor]
    write: Callable[[Sequence[str], Config], str]


def add_all(*tensors: Tensor) -> Tensor:
    """Their sum, from left to right."""
    return reduce(add, tensors)


def concat(*tensors: Tensor, dim: int) -> Tensor:
    """Their concatenation along one dimension."""
    return torch.cat(tensors, dim=dim)


FUNCTIONS: dict[str, Function] = {
    "Add": Function(add_all, lambda names, config: " + ".join(names)),
    "Concat": Function(concat, lambda names, config: f"torch.cat([{', '.join(names)}], dim={config['dim']!r})"),
}


def arguments(type: str, config: Config) -> tuple[list[Any], dict[str, Any]]:
    """A config as a person would write the call: required arguments by position, then those that are not default."""
    kinds = {field.name: field.type for field in blueprint.LAYERS[type].fields}
    positional: list[Any] = []
    named: dict[str, Any] = {}
    for name, parameter in inspect.signature(MODULES[type]).parameters.items():
        if name not in config:
            continue
        value = _as_written(config[name], kinds[name])
        if parameter.default is inspect.Parameter.empty:
            positional.append((None, None) if value is None else value)
        elif value != parameter.default:
            named[name] = value
    return positional, named


def _as_written(value: Any, kind: str) -> Any:
    """(3, 3) as 3, the way people write square kernels, and (64,) as 64; other values as they are."""
    if not isinstance(value, tuple):
        return value
    same = len(value) == 1 or (kind == "pair" and value[0] == value[1] and value[0] is not None)
    return value[0] if same else value
