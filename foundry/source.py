"""A blueprint as PyTorch source that a person would have written, and that needs nothing but torch.

Blocks become classes, repeats become loops. Every name in it is made by `program`, every value is printed by `repr`
of a checked setting; the only user text is in class names, of which nothing but ASCII letters and digits survive.
The platform never runs it; tests do.
"""

import ast
import keyword
import re
from collections.abc import Iterable

import blueprint
from foundry.program import Program, program
from foundry.spelling import is_own, own_class
from foundry.statements import construction, forward

CHECKPOINT = "from torch.utils.checkpoint import checkpoint"
TAKEN = {"F", "Tensor", "checkpoint", "math", "nn", "torch"}


def emit(graph: blueprint.Graph) -> str:
    """The source of one nn.Module with the state-dict keys and, bit for bit, the output of `build(graph)`.

    Its class is the last one in the text.
    """
    source = program(graph)
    owns = [own_class(name) for name in _own_names(source)]
    classes = Classes({own.name for own in owns})
    classes.add(source, class_name(graph.name))
    written = [own.text for own in owns] + list(classes.texts.values())
    imports = _imports(
        ["import torch", "from torch import nn", *(line for own in owns for line in own.imports)], written
    )
    return "\n".join(imports) + "\n\n\n" + "\n\n\n".join(written) + "\n"


class Classes:
    """The classes written so far, by name; the same class is not written twice."""

    def __init__(self, taken: Iterable[str]) -> None:
        self.texts: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.taken = {*TAKEN, *taken}

    def add(self, source: Program, wanted: str) -> str:
        """Write the class of a program after those it needs, and give its name."""
        inside = {
            line.name: self.add(line.inside, class_name(line.id, "Block")) for line in source.lines if line.inside
        }
        body = _body(source, inside)
        if body not in self.names:
            name = self._free(wanted)
            self.names[body] = name
            self.texts[name] = f"class {name}(nn.Module):\n{body}"
        return self.names[body]

    def _free(self, wanted: str) -> str:
        name, number = wanted, 1
        while name in self.taken:
            number += 1
            name = f"{wanted}{number}"
        self.taken.add(name)
        return name


def class_name(text: str, fallback: str = "Network") -> str:
    """A class name from a title: its ASCII words, capitalised and joined; the fallback where that gives none."""
    words = re.findall(r"[A-Za-z0-9]+", text)
    name = "".join(word[0].upper() + word[1:] for word in words)[:40]
    if name[:1].isdigit():
        name = f"{fallback}{name}"
    return fallback if not name or keyword.iskeyword(name) else name


def _body(source: Program, inside: dict[str, str]) -> str:
    parameters = ", ".join(f"{name}: torch.Tensor" for name in _input_names(source).values())
    returned = "torch.Tensor" if len(source.outputs) == 1 else "tuple[torch.Tensor, ...]"
    init = [line for each in source.lines for line in construction(each, inside.get(each.name, ""))]
    lines = [
        *(["    def __init__(self) -> None:", "        super().__init__()", *(f"        {line}" for line in init), ""]),
        f"    def forward(self{', ' if parameters else ''}{parameters}) -> {returned}:",
        *(f"        {line}" for line in forward(source, _input_names(source))),
    ]
    return "\n".join(lines)


def _input_names(source: Program) -> dict[str, str]:
    return {name: "x" if len(source.inputs) == 1 else name for name in source.inputs}


def _own_names(source: Program) -> list[str]:
    """The classes of `foundry.modules` that a program uses, in the order of use."""
    names: dict[str, None] = {}
    for line in source.lines:
        if line.inside:
            names |= dict.fromkeys(_own_names(line.inside))
        elif is_own(line.type):
            names[blueprint.LAYERS[line.type].torch] = None
    return list(names)


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
