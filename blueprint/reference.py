"""The reference of all layers, written from the catalogue: `python -m blueprint.reference OUT`."""

import sys
from pathlib import Path

from blueprint.catalogue import ALIASES, LAYERS
from blueprint.catalogue.layer import Field, Layer, Port
from blueprint.catalogue.settings import wanted
from blueprint.spelling import spelled

TITLES = {"ends": "Ends: what enters and leaves"}
WHEN_OMITTED = "from the input"
# How the layers are written that are no call of their own.
WRITTEN = {
    "Input": "an argument of forward",
    "Output": "a result of forward",
    "Lambda": "its formula",
    "Block": "a class of what is inside",
    "GradCheckpoint": "torch.utils.checkpoint.checkpoint",
}


def families() -> dict[str, list[Layer]]:
    """All layers by category, in the order of the catalogue."""
    found: dict[str, list[Layer]] = {}
    for layer in LAYERS.values():
        found.setdefault(layer.category, []).append(layer)
    return found


def title(category: str) -> str:
    """A category as a heading."""
    return TITLES.get(category, category.capitalize())


def other_names(layer: Layer) -> list[str]:
    """Names other programs have for a type, with the settings they imply: "BiLSTM (bidirectional true)"."""
    found = [(name, implied) for name, (type, implied) in ALIASES.items() if type == layer.type]
    return [
        name + (f" ({', '.join(f'{key} {spelled(value)}' for key, value in implied.items())})" if implied else "")
        for name, implied in found
    ]


def entering(layer: Layer) -> list[str]:
    """The input ports: "in.0, in.1, ... (at least 2)", "key (optional)"."""
    return [_port(port) for port in layer.inputs]


def leaving(layer: Layer) -> list[str]:
    """The output ports."""
    return [f"{port[:-1]}0, {port[:-1]}1, ..." if port.endswith(".*") else port for port in layer.outputs]


def settings(layer: Layer) -> list[tuple[str, str, str, str, str]]:
    """A row for each setting: its name, what it may be, what it is when omitted, its unit, and what it is for."""
    return [(field.name, wanted(field), _default(field), field.unit, field.help) for field in layer.fields]


def example(layer: Layer) -> list[str]:
    """The worked example in lines: settings, what enters, what comes out, what it costs."""
    worked = layer.example
    lines = [f"settings {spelled(worked.config)}"] if worked.config else ["no settings"]
    lines += [f"takes {', '.join(worked.inputs)}"] if worked.inputs else []
    lines += [f"gives {', '.join(worked.gives)}"] if worked.gives else []
    cost = [f"{worked.params:,} parameters"] if worked.params else []
    cost += [f"{worked.macs} multiply-accumulates for a batch of 1"] if worked.macs else []
    return [*lines, *([", ".join(cost)] if cost else [])]


def in_pytorch(layer: Layer) -> str:
    """How PyTorch spells a layer, {name} standing for what enters or a setting; own classes go into emitted source."""
    spelt = WRITTEN.get(layer.type, layer.torch)
    if spelt == f"nn.{layer.type}":
        return f"torch.{spelt}"
    return f"{spelt}, a class written into the source" if spelt.isidentifier() else spelt


def page(layer: Layer) -> str:
    """One layer in Markdown."""
    parts = [f"### {layer.type}", layer.doc, _facts(layer)]
    if layer.fields:
        rows = ["| setting | may be | when omitted | unit | meaning |", "|---|---|---|---|---|"]
        parts.append("\n".join([*rows, *(f"| {' | '.join(map(_cell, row))} |" for row in settings(layer))]))
    parts.append("\n".join(["Example:", "", *(f"    {line}" for line in example(layer))]))
    return "\n\n".join(parts)


def family_page(category: str, layers: list[Layer]) -> str:
    """One category in Markdown."""
    head = f"# {title(category)}\n\nWritten from the catalogue; B is the batch. [All layers](index.md)"
    return "\n\n".join([head, *map(page, layers)]) + "\n"


def index() -> str:
    """All layers in a line each, in Markdown."""
    parts = ["# Layers"]
    for category, layers in families().items():
        rows = ["| layer | what it does |", "|---|---|"]
        rows += [f"| [{layer.type}]({category}.md#{layer.type.lower()}) | {_cell(layer.doc)} |" for layer in layers]
        parts += [f"## {title(category)}", "\n".join(rows)]
    return "\n\n".join(parts) + "\n"


def write(out: Path) -> list[Path]:
    """Write the reference into a folder: an index, and a page for each category; gives the files."""
    texts = {"index": index(), **{category: family_page(category, layers) for category, layers in families().items()}}
    out.mkdir(parents=True, exist_ok=True)
    files = [out / f"{name}.md" for name in texts]
    for file, text in zip(files, texts.values(), strict=True):
        file.write_text(text, encoding="utf-8")
    return files


def _facts(layer: Layer) -> str:
    names = other_names(layer)
    lines = [f"- Inputs: {', '.join(map(_code, entering(layer))) or 'none'}"]
    lines += [f"- Outputs: {', '.join(map(_code, leaving(layer))) or 'none'}"]
    lines += [f"- PyTorch: {_code(in_pytorch(layer))}"]
    return "\n".join([*lines, *([f"- Also called: {', '.join(names)}"] if names else [])])


def _port(port: Port) -> str:
    if port.variadic:
        return f"{port.name}.0, {port.name}.1, ... (at least {port.minimum})"
    if not port.optional:
        return port.name
    return f"{port.name} ({port.stand_in} when not connected)" if port.stand_in else f"{port.name} (optional)"


def _default(field: Field) -> str:
    if field.required:
        return "required"
    if field.default is None:
        return WHEN_OMITTED if field.determined else "none"
    return spelled(field.default)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _code(text: str) -> str:
    return f"`{text}`"


if __name__ == "__main__":
    print(*write(Path(sys.argv[1])), sep="\n")
