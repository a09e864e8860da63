"""How each catalogue layer is written in PyTorch, for which torch need not be there.

A layer is a class of torch.nn, a class of `foundry.modules`, a construction with computed arguments, or an
expression; the catalogue says which. Nothing else is ever written or called, and no name comes from a document.
"""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import blueprint
from foundry import formulas

Config = Mapping[str, Any]
MODULES = Path(__file__).with_name("modules")
HOLDERS = ("Block", "GradCheckpoint")
# Settings that no class of PyTorch takes.
OURS = ("trainable",)


@dataclass(frozen=True)
class OwnClass:
    """A class of `foundry.modules`: its text without imports, and its arguments with their defaults as written.

    `parts` are the classes of that folder which it uses.
    """

    name: str
    module: str
    imports: tuple[str, ...]
    parts: tuple[str, ...]
    text: str
    arguments: Mapping[str, str | None]


def is_class(type: str) -> bool:
    """Whether a layer is a class of torch.nn that takes the settings."""
    return re.fullmatch(r"nn\.\w+", blueprint.LAYERS[type].torch) is not None


def is_own(type: str) -> bool:
    """Whether a layer is a class of `foundry.modules`."""
    return re.fullmatch(r"[A-Z]\w*", blueprint.LAYERS[type].torch) is not None


def is_construction(type: str) -> bool:
    """Whether a layer is a class of torch.nn whose arguments are computed from settings."""
    return blueprint.LAYERS[type].torch.startswith("nn.") and not is_class(type)


def is_module(type: str) -> bool:
    """Whether a layer is a module, not a mere expression."""
    return is_class(type) or is_own(type) or is_construction(type)


def arguments(type: str, config: Config) -> tuple[dict[str, Any], dict[str, Any]]:
    """A config as a person would write the call: leading arguments by position, then those that are not default.

    Both by the names of PyTorch's arguments.
    """
    if is_own(type):
        return _own_arguments(own_class(blueprint.LAYERS[type].torch), config)
    positional: dict[str, Any] = {}
    named: dict[str, Any] = {}
    leading = True
    for field in blueprint.LAYERS[type].fields:
        if field.name in OURS or f"{field.name}=" in blueprint.LAYERS[type].call:
            continue
        given = field.required or field.determined
        leading = leading and given and config[field.name] is not None
        value = brief(config[field.name], field)
        if leading:
            positional[field.name] = value
        elif value != _default_in_torch(field):
            named[field.name] = value
    return positional, named


def brief(value: Any, field: blueprint.Field) -> Any:
    """(3, 3) as 3, the way people write square kernels, and (64,) as 64 where it is read off the input."""
    if not isinstance(value, tuple):
        return value
    square = field.type in ("sizes", "open_sizes") and value[0] is not None and all(item == value[0] for item in value)
    return value[0] if square or (field.determined and len(value) == 1) else value


def phrase_of(type: str, config: Config) -> str:
    """The expression of a layer that is one."""
    return formulas.phrase(config["expression"]) if type == "Lambda" else blueprint.LAYERS[type].torch


def by_port(type: str, inputs: Mapping[str, Any], config: Config) -> tuple[list[Any], dict[str, Any]]:
    """What enters a module's call: by position as far as ports are filled without a gap, then by name.

    Where the catalogue says how the call is written, so it is; settings in it are left out where they are default.
    """
    if blueprint.LAYERS[type].call:
        return _as_called(blueprint.LAYERS[type], inputs, config)
    positional: list[Any] = []
    named: dict[str, Any] = {}
    gap = False
    for port in blueprint.LAYERS[type].inputs:
        entering = [value for handle, value in inputs.items() if port.accepts(handle)]
        gap = gap or not entering
        if gap and entering:
            named[port.name] = entering[0]
        else:
            positional += entering
    return positional, named


def _as_called(layer: blueprint.Layer, inputs: Mapping[str, Any], config: Config) -> tuple[list[Any], dict[str, Any]]:
    positional: list[Any] = []
    named: dict[str, Any] = {}
    defaults = {field.name: field.default for field in layer.fields}
    for argument in layer.call:
        ports = argument.strip("(=)").split(", ")
        name = ports[0]
        if argument.endswith("="):
            if name in inputs:
                named[name] = inputs[name]
            elif name in defaults and config[name] != defaults[name]:
                named[name] = config[name]
        elif all(port in inputs for port in ports):
            positional.append(inputs[name] if argument == name else tuple(inputs[port] for port in ports))
    return positional, named


def taking(type: str, port: str, given: Sequence[str]) -> str:
    """How to get from `result`, what the layer's call returns, to what it gives at a port, one of those `given`."""
    layer = blueprint.LAYERS[type]
    outputs = [name for name in given if name not in layer.parameters or name == layer.outputs[0]]
    if port in layer.returns:
        return layer.returns[port]
    if port.startswith("out."):
        return f"result[{int(port.removeprefix('out.'))}]"
    return "result" if len(outputs) == 1 else f"result[{outputs.index(port)}]"


def is_attribute(type: str, port: str) -> bool:
    """Whether an output is a parameter of the module, not something it computes."""
    layer = blueprint.LAYERS[type]
    return port in layer.parameters and port != layer.outputs[0]


def _default_in_torch(field: blueprint.Field) -> Any:
    """Sequences come batch first here, and not in PyTorch."""
    return False if field.name == "batch_first" else field.default


def _own_arguments(own: OwnClass, config: Config) -> tuple[dict[str, Any], dict[str, Any]]:
    positional = {name: config[name] for name, default in own.arguments.items() if default is None}
    named = {
        name: config[name]
        for name, default in own.arguments.items()
        if default is not None and repr(config[name]) != repr(ast.literal_eval(default))
    }
    return positional, named


@cache
def own_class(name: str) -> OwnClass:
    """A class of `foundry.modules`, read from its file."""
    module = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
    source = (MODULES / f"{module}.py").read_text(encoding="utf-8")
    tree = ast.parse(source)
    (definition,) = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)
    statements = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    imports = tuple(ast.unparse(node) for node in statements if not _is_ours(node))
    parts = tuple(alias.name for node in statements if _is_ours(node) for alias in node.names)
    lines = source.splitlines()[definition.lineno - 1 : definition.end_lineno]
    return OwnClass(name, module, imports, parts, "\n".join(lines), _init_arguments(definition))


def _is_ours(node: ast.Import | ast.ImportFrom) -> bool:
    return isinstance(node, ast.ImportFrom) and str(node.module).startswith("foundry.modules.")


def _init_arguments(definition: ast.ClassDef) -> dict[str, str | None]:
    inits = [node for node in definition.body if isinstance(node, ast.FunctionDef) and node.name == "__init__"]
    if not inits:
        return {}
    names = [argument.arg for argument in inits[0].args.args[1:]]
    defaults = [ast.unparse(default) for default in inits[0].args.defaults]
    padded: list[str | None] = [None] * (len(names) - len(defaults)) + [*defaults]
    return dict(zip(names, padded, strict=True))
