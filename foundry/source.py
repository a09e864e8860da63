"""A blueprint as PyTorch source that a person would have written, and that needs nothing but torch.

Blocks become classes, and those that differ in numbers only one class; repeats become loops. Every name in it is
made by `program`, every value is printed by `repr` of a checked setting; the only user text is in class names, of
which nothing but ASCII letters and digits survive. The platform never runs it; tests do.
"""

import ast
import keyword
import re
from collections.abc import Iterable

import blueprint
from foundry.classes import Classes
from foundry.program import Program, program
from foundry.spelling import is_own, own_class

CHECKPOINT = "from torch.utils.checkpoint import checkpoint"
TAKEN = {"F", "Tensor", "checkpoint", "math", "nn", "torch"}


def emit(graph: blueprint.Graph) -> str:
    """The source of one nn.Module with the state-dict keys and, bit for bit, the output of `build(graph)`.

    Its class is the last one in the text.
    """
    source = program(graph)
    owns = [own_class(name) for name in _own_names(source)]
    classes = Classes({*TAKEN, *(own.name for own in owns)})
    classes.write(source, class_name(graph.name), _block_names(source))
    written = [own.text for own in owns] + list(classes.texts.values())
    imports = _imports(
        ["import torch", "from torch import nn", *(line for own in owns for line in own.imports)], written
    )
    return "\n".join(imports) + "\n\n\n" + "\n\n\n".join(written) + "\n"


def class_name(text: str, fallback: str = "Network") -> str:
    """A class name from a title: its ASCII words, capitalised and joined; the fallback where that gives none."""
    words = re.findall(r"[A-Za-z0-9]+", text)
    name = "".join(word[0].upper() + word[1:] for word in words)[:40]
    if name[:1].isdigit():
        name = f"{fallback}{name}"
    return fallback if not name or keyword.iskeyword(name) else name


def _block_names(source: Program) -> dict[int, str]:
    """Class names for Blocks, after their ids."""
    names: dict[int, str] = {}
    for line in source.lines:
        if line.inside:
            names |= {id(line.inside): class_name(line.id, "Block"), **_block_names(line.inside)}
    return names


def _own_names(source: Program) -> list[str]:
    """The classes of `foundry.modules` that a program uses, in the order of use."""
    names: dict[str, None] = {}
    for line in source.lines:
        if line.inside:
            names |= dict.fromkeys(_own_names(line.inside))
        elif is_own(line.type):
            names |= dict.fromkeys(_with_parts(blueprint.LAYERS[line.type].torch))
    return list(names)


def _with_parts(name: str) -> list[str]:
    """A class of `foundry.modules` after those it uses."""
    return [*(part for each in own_class(name).parts for part in _with_parts(each)), name]


def _imports(wanted: Iterable[str], written: Iterable[str]) -> list[str]:
    """Import lines, each once, in the order a formatter would put them; and those that the text calls for."""
    text = "\n".join(written)
    needed = {*wanted}
    needed |= {"import math"} if re.search(r"\bmath\.", text) else set()
    needed |= {"from torch.nn import functional as F"} if re.search(r"\bF\.", text) else set()
    needed |= {CHECKPOINT} if re.search(r"\bcheckpoint\(", text) else set()
    modules: set[str] = set()
    names: dict[str, set[str]] = {}
    for line in needed:
        (statement,) = ast.parse(line).body
        if isinstance(statement, ast.ImportFrom):
            names.setdefault(statement.module or "", set()).update(map(ast.unparse, statement.names))
        else:
            modules.add(line)
    froms = {module: f"from {module} import {', '.join(sorted(names[module]))}" for module in sorted(names)}
    standard = sorted(modules - {"import torch"}) + [froms[name] for name in froms if not name.startswith("torch")]
    torch = ["import torch", *(froms[name] for name in froms if name.startswith("torch"))]
    return [*standard, *([""] if standard else []), *torch]
