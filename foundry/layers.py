"""What each catalogue layer is in PyTorch: modules and functions behind the texts of the catalogue.

Those texts are this project's own; they are compiled once, and settings reach them as arguments, never as text.
"""

import importlib
import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import torch
from torch import nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

import blueprint
from foundry.phrases import fill, names_in, sized
from foundry.spelling import arguments, is_class, is_construction, own_class, phrase_of

Config = Mapping[str, Any]
SPACE = {"torch": torch, "nn": nn, "F": functional, "math": math, "sized": sized}


def module_of(type: str, config: Config) -> nn.Module:
    """A freshly initialised module of a layer type; its parameters are frozen where the config says so."""
    spelt = blueprint.LAYERS[type].torch
    if is_construction(type):
        make = compiled(spelt, ())
        module: nn.Module = make(**{name: config[name] for name in names_in(spelt)})
    else:
        positional, named = arguments(type, config)
        made = getattr(nn, spelt.removeprefix("nn.")) if is_class(type) else _own(spelt)
        module = made(*positional.values(), **named)
    return module if config.get("trainable", True) else module.requires_grad_(False)


def function_of(type: str, config: Config, ports: tuple[str, ...]) -> tuple[Callable[..., Any], dict[str, Any]]:
    """The function of a layer type that is an expression, given what enters these ports, and its settings by name."""
    phrase = phrase_of(type, config)
    shapes = tuple(field.name for field in blueprint.LAYERS[type].fields if field.type == "shape")
    return compiled(phrase, ports, shapes), settings_of(phrase, config)


def settings_of(phrase: str, config: Config) -> dict[str, Any]:
    """The settings that a phrase names."""
    return {name: config[name] for name in names_in(phrase) if name in config}


@cache
def compiled(phrase: str, ports: tuple[str, ...], shapes: tuple[str, ...] = ()) -> Callable[..., Any]:
    """A phrase of the catalogue as a function of its inputs, by position, and its settings, by name."""
    inputs: dict[str, list[str]] = {}
    for n, port in enumerate(ports):
        inputs.setdefault(port.split(".")[0], []).append(f"x{n}")
    first = "x0" if ports else "None"
    settings = [name for name in names_in(phrase) if name not in inputs]
    body = fill(phrase, inputs, lambda name: f"sized({name}, {first})" if name in shapes else name)
    positional = [f"x{n}" for n in range(len(ports))]
    signature = ", ".join([*positional, *(["*", *settings] if settings else [])])
    space = dict(SPACE)
    exec(f"def phrase({signature}):\n    return {body}", space)
    made: Callable[..., Any] = space["phrase"]  # type: ignore[assignment]
    made.__module__ = __name__
    return made


def checkpointed(block: nn.Module, *inputs: torch.Tensor) -> Any:
    """What a Block gives; in training it keeps only its inputs and is run again in the backward pass."""
    return checkpoint(block, *inputs, use_reentrant=False) if block.training else block(*inputs)


@cache
def _own(name: str) -> type[nn.Module]:
    found: type[nn.Module] = getattr(importlib.import_module(f"foundry.modules.{own_class(name).module}"), name)
    return found
