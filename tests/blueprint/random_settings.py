"""Random settings of any layer, within their ranges and small enough to fit often."""

import random
from collections.abc import Callable
from typing import Any

from blueprint import Field, Layer

TEXTS = {
    "equation": [
        "ij->ji",
        "bi,bj->bij",
        "bij,bjk->bik",
        "bchw->bhwc",
        "...i->...",
        "bi->b",
        "bid,bjd->bij",
        "ii->i",
        "b->",
    ],
    "expression": [
        "x + 1",
        "relu(x) * 2",
        "x * sigmoid(x)",
        "x + y",
        "x @ y",
        "-tanh(x) / 2",
        "softmax(x) * x",
        "gelu(x",
    ],
}


def random_config(layer: Layer, chance: random.Random) -> dict[str, Any]:
    """Required settings, and some of the others, within their ranges."""
    wanted = [field for field in layer.fields if field.required or (not field.determined and chance.random() < 0.25)]
    return {field.name: random_value(field, chance) for field in wanted}


def random_value(field: Field, chance: random.Random) -> Any:
    """A value within a field's range, small enough to fit often."""
    if field.nullable and chance.random() < 0.2:
        return None
    if field.choices and (field.type == "choice" or chance.random() < 0.15):
        return chance.choice(field.choices)
    return VALUES[field.type](field, chance)


def _integer(field: Field, chance: random.Random) -> int:
    low = -3 if field.minimum is None else int(field.minimum)
    high = min(low + 8, int(field.maximum) if field.maximum is not None else low + 8)
    drawn = chance.randint(max(low, -8), high)
    return chance.choice([drawn, drawn, max(low, min(high, 1)), max(low, min(high, 2)), max(low, min(high, 4))])


def _number(field: Field, chance: random.Random) -> float:
    low = -2.0 if field.minimum is None else float(field.minimum)
    high = low + 3 if field.maximum is None else float(field.maximum)
    drawn = chance.choice([low, high, (low + high) / 2, round(chance.uniform(low, high), 3)])
    return int(drawn) if drawn == int(drawn) else drawn


def _sizes(field: Field, chance: random.Random) -> Any:
    low = int(field.minimum or 0)
    draw = [chance.randint(low, low + 2) for _ in range(field.count or chance.randint(1, 3))]
    return draw[0] if chance.random() < 0.6 else draw


def _shape(field: Field, chance: random.Random) -> list[Any]:
    sizes: list[Any] = [chance.choice([1, 2, 3, 4, 8]) for _ in range(chance.randint(1, 3))]
    if field.minimum == -1:
        sizes[chance.randrange(len(sizes))] = -1
        return ["B", *sizes] if chance.random() < 0.7 else sizes
    return sizes


VALUES: dict[str, Callable[[Field, random.Random], Any]] = {
    "boolean": lambda field, chance: chance.random() < 0.5,
    "integer": _integer,
    "number": _number,
    "numbers": lambda field, chance: [_number(field, chance) for _ in range(chance.randint(1, 4))],
    "text": lambda field, chance: chance.choice(TEXTS.get(field.name, ["x"])),
    "sizes": _sizes,
    "open_sizes": lambda field, chance: chance.choice([None, 2, 3]) if field.nullable else chance.randint(1, 3),
    "integers": lambda field, chance: [_integer(field, chance) for _ in range(field.count or chance.randint(1, 3))],
    "shape": _shape,
}
