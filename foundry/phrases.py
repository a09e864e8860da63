"""The catalogue's PyTorch texts and their placeholders: "torch.cat([{in}], dim={dim})".

`{port}` is what enters a port, `{in}` all that enter a variadic one, joined by ", " or as `{in: + }` says, `{in.0}` the
first of them; any other name is a setting, or a size that the input determines. A setting that is a shape may hold
("size", n): size n of the first input, known when the network runs.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

PLACEHOLDER = re.compile(r"\{(\w+)(?:\.([0-9]+))?(?::([^}]*))?\}")
Config = Mapping[str, Any]


def names_in(phrase: str) -> list[str]:
    """The placeholders of a phrase, each once."""
    return list(dict.fromkeys(match.group(1) for match in PLACEHOLDER.finditer(phrase)))


def fill(phrase: str, inputs: Mapping[str, Sequence[str]], setting: Callable[[str], str]) -> str:
    """The phrase with the texts of its inputs, by port, and of its settings; an open port is None."""

    def text(match: re.Match[str]) -> str:
        name, number, joint = match.groups()
        if name not in inputs:
            return setting(name)
        if number:
            return inputs[name][int(number)]
        return (joint or ", ").join(inputs[name]) or "None"

    return PLACEHOLDER.sub(text, phrase)


def literal(value: Any, first: str = "") -> str:
    """A checked setting as Python; sizes of the input are asked of the variable called `first`."""
    if isinstance(value, tuple):
        if len(value) == 2 and value[0] == "size":
            return f"{first}.shape[{value[1]!r}]"
        items = [literal(item, first) for item in value]
        return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
    return repr(value)


def sized(value: Any, x: Any) -> Any:
    """A shape with the sizes that it takes from an input."""
    if isinstance(value, tuple):
        return x.shape[value[1]] if len(value) == 2 and value[0] == "size" else tuple(sized(item, x) for item in value)
    return value
