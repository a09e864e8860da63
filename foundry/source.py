"""A blueprint as PyTorch source that a person would have written, and that needs nothing but torch.

Every name in it is made by `program`, every value is printed by `repr` of a checked setting; the only user text is
the class name, of which nothing but ASCII letters and digits survive. The platform never runs it; tests do.
"""

import keyword
import re

import blueprint
from foundry.program import Line, Program, program
from foundry.spelling import FUNCTIONS, MODULES, arguments

HEADER = "import torch\nfrom torch import nn\n\n\n"


def emit(graph: blueprint.Graph) -> str:
    """The source of one nn.Module with the state-dict keys and, bit for bit, the output of `build(graph)`."""
    source = program(graph)
    returned = "torch.Tensor" if len(source.outputs) == 1 else "tuple[torch.Tensor, ...]"
    parameters = ", ".join(f"{name}: torch.Tensor" for name in _input_names(source).values())
    init = [f"self.{line.name} = {_construction(line)}" for line in source.lines if line.type in MODULES]
    lines = [
        f"class {class_name(graph.name)}(nn.Module):",
        "    def __init__(self) -> None:",
        "        super().__init__()",
        *(f"        {line}" for line in init),
        "",
        f"    def forward(self, {parameters}) -> {returned}:",
        *(f"        {line}" for line in _body(source)),
    ]
    return HEADER + "\n".join(lines) + "\n"


def class_name(text: str) -> str:
    """A class name from a title: its ASCII words, capitalised and joined; "Network" where that gives none."""
    words = re.findall(r"[A-Za-z0-9]+", text)
    name = "".join(word[0].upper() + word[1:] for word in words)[:40]
    if name[:1].isdigit():
        name = f"Network{name}"
    return "Network" if not name or keyword.iskeyword(name) else name


def _construction(line: Line) -> str:
    positional, named = arguments(line.type, line.config)
    written = [repr(value) for value in positional] + [f"{name}={value!r}" for name, value in named.items()]
    return f"nn.{line.type}({', '.join(written)})"


def _body(source: Program) -> list[str]:
    """The statements of forward. The running value is called x as long as nothing else needs the old x."""
    last_use = {name: i for i, line in enumerate(source.lines) for name in line.inputs}
    last_use |= {name: len(source.lines) for name in source.outputs}
    called = _input_names(source)
    holder = source.inputs[0] if len(source.inputs) == 1 else None
    statements = []
    for i, line in enumerate(source.lines):
        inputs = [called[name] for name in line.inputs]
        free = holder is None or last_use.get(holder, -1) <= i
        called[line.name] = "x" if free else line.name
        holder = line.name if free else holder
        statements.append(f"{called[line.name]} = {_expression(line, inputs)}")
    return [*statements, f"return {', '.join(called[name] for name in source.outputs)}"]


def _input_names(source: Program) -> dict[str, str]:
    return {name: "x" if len(source.inputs) == 1 else name for name in source.inputs}


def _expression(line: Line, inputs: list[str]) -> str:
    if line.type in MODULES:
        return f"self.{line.name}({', '.join(inputs)})"
    return FUNCTIONS[line.type](inputs, line.config)
