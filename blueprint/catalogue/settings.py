"""Reading a node's config: every value against its field, omitted ones filled with the default.

The values a rule sees are complete and of fixed form: sizes are tuples, shapes are tuples of dimensions.
"""

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from blueprint.catalogue.layer import LAYERS, Config, Field, Layer, Report
from blueprint.codec import JSON, number_text
from blueprint.dimensions import TooComplex, at_least
from blueprint.expressions import MAX_INTEGER, parse_dimension
from blueprint.limits import SAFE_INTEGER
from blueprint.quoting import quoted, shown
from blueprint.similar import similar

MAX_RANK = 8
MAX_TEXT = 1000


class Unfit(ValueError):
    """A value does not fit its field; the text says what the field wants."""


class Settings(NamedTuple):
    """The fields of a type made ready: by name, and the config of a node that gives nothing."""

    fields: Mapping[str, Field]
    defaults: Config
    required: tuple[str, ...]


@cache
def settings_of(type: str) -> Settings:
    """The settings of a catalogue type."""
    fields = LAYERS[type].fields
    defaults = {
        field.name: None if field.default is None else READERS[field.type](field, field.default) for field in fields
    }
    required = tuple(field.name for field in fields if field.required)
    return Settings({field.name: field for field in fields}, MappingProxyType(defaults), required)


def read_config(layer: Layer, given: Mapping[str, JSON], report: Report) -> Config | None:
    """All settings of a node, or None when one has a wrong value. Reports those, and unknown ones.

    Nodes that give none share one config, which cannot be changed.
    """
    fields, defaults, required = settings_of(layer.type)
    if not given and not required:
        return defaults
    config = dict(defaults)
    try:
        for name, value in given.items():
            config[name] = (
                None
                if value is None and _may_be_null(fields[name])
                else READERS[fields[name].type](fields[name], value)
            )
        if all(name in given for name in required):
            return config
    except (KeyError, Unfit, TooComplex):
        return _read_with_reports(layer, given, report)  # the same again, which says what is wrong
    return _read_with_reports(layer, given, report)


def _read_with_reports(layer: Layer, given: Mapping[str, JSON], report: Report) -> Config | None:
    """The slow way, taken where something is wrong: unknown settings by name, then each field in order."""
    fields = settings_of(layer.type).fields
    for name in sorted(set(given) - set(fields)):
        report(False, "unknown_field", *_unknown(name, list(fields)))
    config: dict[str, Any] = {}
    fine = True
    for field in layer.fields:
        try:
            config[field.name] = _value(field, given)
        except Unfit as unfit:
            fine = report(False, "bad_config", *unfit.args)
    return config if fine else None


def _unknown(name: str, known: list[str]) -> tuple[str, str]:
    close = similar(name, known)
    mend = f"did you mean {close}?" if close else f"its settings are {', '.join(known)}" if known else "it has none"
    return f"has no setting {quoted(name)}", mend


def _may_be_null(field: Field) -> bool:
    return field.nullable or field.determined


def _value(field: Field, given: Mapping[str, JSON]) -> Any:
    if field.name not in given:
        if field.required:
            raise Unfit(f"needs {field.name}", f"set it to {wanted(field)}")
        return None if field.default is None else READERS[field.type](field, field.default)
    value = given[field.name]
    if value is None and _may_be_null(field):
        return None
    try:
        return READERS[field.type](field, value)
    except (Unfit, TooComplex) as unfit:
        detail = f" ({unfit})" if unfit.args else ""
        raise Unfit(f"{field.name} is {shown(value)}{detail}", f"it must be {wanted(field)}") from None


def wanted(field: Field) -> str:
    """What a field accepts, for people."""
    if field.type == "choice":
        return "one of " + ", ".join(f'"{choice}"' for choice in field.choices)
    words = _words(field)
    if field.type in RANGED:
        low = "" if field.minimum is None else number_text(field.minimum)
        whole = field.type not in ("number", "numbers")
        high = number_text(field.maximum) if field.maximum is not None else "2^31 - 1" if whole else ""
        low = low or ("-(2^31 - 1)" if whole else "")
        words += f" from {low} to {high}" if low and high else f" >= {low}" if low else f" <= {high}" if high else ""
    if field.choices:
        words += " or " + " or ".join(f'"{choice}"' for choice in field.choices)
    return words + (" or null" if field.nullable else "")


def _words(field: Field) -> str:
    axes = AXES[field.count] if field.type in ("sizes", "open_sizes") else ""
    many = f"an integer or {axes} of integers" if axes else "an integer"
    match field.type:
        case "sizes":
            return many
        case "open_sizes":
            return f"{many} or null, each integer"
        case "integers":
            return f"an integer or a list of 1 to {field.count or MAX_RANK} integers, each"
        case "numbers":
            return f"a number or a list of 1 to {field.count or MAX_RANK} numbers, each"
        case "shape" if field.minimum == -1:
            return f'a list of 1 to {MAX_RANK} sizes, each an integer from -1 to 2^31 - 1 or an expression such as "B"'
    return WORDS[field.type]


def _boolean(field: Field, value: JSON) -> bool:
    if not isinstance(value, bool):
        raise Unfit
    return value


def _integer(field: Field, value: JSON) -> int:
    if type(value) is not int:
        raise Unfit
    low = -MAX_INTEGER if field.minimum is None else field.minimum
    high = MAX_INTEGER if field.maximum is None else field.maximum
    if not low <= value <= high:
        raise Unfit
    return value


def _number(field: Field, value: JSON) -> int | float:
    """A number with no fraction is an integer, as in documents."""
    if type(value) is not int and type(value) is not float:
        raise Unfit
    if (field.minimum is not None and value < field.minimum) or (field.maximum is not None and value > field.maximum):
        raise Unfit
    if not abs(value) <= MAX_NUMBER:
        raise Unfit
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < SAFE_INTEGER else value


def _choice(field: Field, value: JSON) -> str:
    if not isinstance(value, str) or value not in field.choices:
        raise Unfit
    return value


def _text(field: Field, value: JSON) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= MAX_TEXT:
        raise Unfit
    return value


def _sizes(field: Field, value: JSON) -> tuple[int, ...] | str:
    if isinstance(value, list | tuple):
        if len(value) != field.count:
            raise Unfit
        return tuple([_integer(field, item) for item in value])
    if isinstance(value, str) and value in field.choices:
        return value
    return (_integer(field, value),) * field.count


def _open_sizes(field: Field, value: JSON) -> tuple[int | None, ...]:
    items = value if isinstance(value, list | tuple) else (value,) * field.count
    if len(items) != field.count or value is None:
        raise Unfit
    return tuple([None if item is None else _integer(field, item) for item in items])


def _integers(field: Field, value: JSON) -> tuple[int, ...]:
    items = value if isinstance(value, list | tuple) else (value,)
    if not 1 <= len(items) <= (field.count or MAX_RANK):
        raise Unfit
    return tuple([_integer(field, item) for item in items])


def _numbers(field: Field, value: JSON) -> tuple[int | float, ...]:
    items = value if isinstance(value, list | tuple) else (value,)
    if not 1 <= len(items) <= (field.count or MAX_RANK):
        raise Unfit
    return tuple([_number(field, item) for item in items])


def _shape(field: Field, value: JSON) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= MAX_RANK:
        raise Unfit
    return tuple([_dimension(field, item) for item in value])


def _dimension(field: Field, item: JSON) -> Any:
    if not isinstance(item, str):
        return _size(field, item)
    try:
        dim = parse_dimension(item)
    except ValueError as error:
        raise Unfit(f"{shown(item)} {error}") from None
    if at_least(dim, 1) is False:
        raise Unfit(f"{shown(item)} is less than 1")
    if at_least(dim, MAX_INTEGER + 1):
        raise Unfit(f"{shown(item)} is more than 2^31 - 1")
    return dim


def _size(field: Field, item: JSON) -> int:
    """An integer >= 1, or -1 where the field lets a size open."""
    size = _integer(field, item)
    if size == 0:
        raise Unfit("a size of 0 holds no numbers")
    return size


MAX_NUMBER = 1e30
READERS: Mapping[str, Callable[[Field, JSON], Any]] = {
    "boolean": _boolean,
    "integer": _integer,
    "number": _number,
    "choice": _choice,
    "text": _text,
    "sizes": _sizes,
    "open_sizes": _open_sizes,
    "integers": _integers,
    "numbers": _numbers,
    "shape": _shape,
}
AXES = ("", "", "a pair [height, width]", "a triple [depth, height, width]")
RANGED = {"integer", "number", "sizes", "open_sizes", "integers", "numbers"}
WORDS = {
    "boolean": "true or false",
    "integer": "an integer",
    "number": "a number",
    "text": f"a text of 1 to {MAX_TEXT} characters",
    "shape": f'a list of 1 to {MAX_RANK} sizes, each an integer from 1 to 2^31 - 1 or an expression such as "B"',
}
