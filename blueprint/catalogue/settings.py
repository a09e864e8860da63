"""Reading a node's config: every value against its field, omitted ones filled with the default.

The values a rule sees are complete and of fixed form: pairs are tuples, shapes are tuples of dimensions.
"""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from blueprint.catalogue.layer import Check, Config, Field, Layer
from blueprint.codec import JSON
from blueprint.dimensions import TooComplex, at_least
from blueprint.expressions import MAX_INTEGER, parse_dimension
from blueprint.quoting import quoted, shown

MAX_RANK = 8


class Unfit(ValueError):
    """A value does not fit its field; the text says what the field wants."""


def read_config(layer: Layer, given: Mapping[str, JSON], check: Check) -> Config | None:
    """All settings of a node, or None when one has a wrong value. Reports those, and unknown ones."""
    known = {field.name for field in layer.fields}
    for name in sorted(set(given) - known):
        check(False, "unknown_field", *_unknown(name, sorted(known)))
    config: dict[str, Any] = {}
    fine = True
    for field in layer.fields:
        try:
            config[field.name] = _value(field, given)
        except Unfit as unfit:
            fine = check(False, "bad_config", *unfit.args)
    return config if fine else None


def _unknown(name: str, known: list[str]) -> tuple[str, str]:
    close = get_close_matches(name[:64], known, 1)
    mend = f"did you mean {close[0]}?" if close else f"its settings are {', '.join(known)}" if known else "it has none"
    return f"has no setting {quoted(name)}", mend


def _value(field: Field, given: Mapping[str, JSON]) -> Any:
    if field.name not in given:
        if field.required:
            raise Unfit(f"needs {field.name}", f"set it to {wanted(field)}")
        value = field.default
        return value if value is None else READERS[field.type](field, value)
    value = given[field.name]
    if value is None and (field.nullable or field.determined):
        return None
    try:
        return READERS[field.type](field, value)
    except (Unfit, TooComplex) as unfit:
        detail = f" ({unfit})" if unfit.args else ""
        raise Unfit(f"{field.name} is {shown(value)}{detail}", f"it must be {wanted(field)}") from None


def wanted(field: Field) -> str:
    """What a field accepts, for people."""
    if field.choices and field.type == "choice":
        return "one of " + ", ".join(f'"{choice}"' for choice in field.choices)
    words = WORDS[field.type]
    if field.type in RANGED:
        high = field.maximum if field.maximum is not None else None if field.type == "number" else "2^31 - 1"
        words += f" >= {field.minimum:g}" if high is None else f" from {field.minimum:g} to {high}"
    if field.choices:
        words += " or " + " or ".join(f'"{choice}"' for choice in field.choices)
    return words + (" or null" if field.nullable else "")


def _boolean(field: Field, value: JSON) -> bool:
    if not isinstance(value, bool):
        raise Unfit
    return value


def _integer(field: Field, value: JSON) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Unfit
    low = -MAX_INTEGER if field.minimum is None else field.minimum
    high = MAX_INTEGER if field.maximum is None else field.maximum
    if not low <= value <= high:
        raise Unfit
    return value


def _number(field: Field, value: JSON) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise Unfit
    if (field.minimum is not None and value < field.minimum) or (field.maximum is not None and value > field.maximum):
        raise Unfit
    return float(value)


def _choice(field: Field, value: JSON) -> str:
    if value not in field.choices or not isinstance(value, str):
        raise Unfit
    return value


def _pair(field: Field, value: JSON) -> tuple[int, int] | str:
    if isinstance(value, str) and value in field.choices:
        return value
    items = value if isinstance(value, list | tuple) else (value, value)
    if len(items) != 2:
        raise Unfit
    return _integer(field, items[0]), _integer(field, items[1])


def _open_pair(field: Field, value: JSON) -> tuple[int | None, int | None]:
    items = value if isinstance(value, list | tuple) else (value, value)
    if len(items) != 2 or value is None:
        raise Unfit
    first, second = (None if item is None else _integer(field, item) for item in items)
    return first, second


def _integers(field: Field, value: JSON) -> tuple[int, ...]:
    items = value if isinstance(value, list | tuple) else (value,)
    if not 1 <= len(items) <= MAX_RANK:
        raise Unfit
    return tuple(_integer(field, item) for item in items)


def _shape(field: Field, value: JSON) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= MAX_RANK:
        raise Unfit
    return tuple(_dimension(field, item) for item in value)


def _dimension(field: Field, item: JSON) -> Any:
    if not isinstance(item, str):
        return _integer(field, item)
    try:
        dim = parse_dimension(item)
    except ValueError as error:
        raise Unfit(f"{shown(item)} {error}") from None
    if at_least(dim, 1) is False:
        raise Unfit(f"{shown(item)} is less than 1")
    if at_least(dim, MAX_INTEGER + 1):
        raise Unfit(f"{shown(item)} is more than 2^31 - 1")
    return dim


READERS: Mapping[str, Callable[[Field, JSON], Any]] = {
    "boolean": _boolean,
    "integer": _integer,
    "number": _number,
    "choice": _choice,
    "pair": _pair,
    "open_pair": _open_pair,
    "integers": _integers,
    "shape": _shape,
}
RANGED = {"integer", "number", "pair", "open_pair", "integers"}
WORDS = {
    "boolean": "true or false",
    "integer": "an integer",
    "number": "a number",
    "pair": "an integer or a pair [height, width] of integers",
    "open_pair": "an integer or a pair [height, width] of integers or null, each integer",
    "integers": f"an integer or a list of 1 to {MAX_RANK} integers, each",
    "shape": f'a list of 1 to {MAX_RANK} sizes, each an integer from 1 to 2^31 - 1 or an expression such as "B"',
}
