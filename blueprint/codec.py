"""JSON in and out, so that everything behind this door is plain data of known size.

`decode` refuses whatever a hostile or broken file may hold (bombs, NaN, repeated keys, text that is no
text) with one sentence. `encode` writes the one canonical spelling of a value, numbers as ECMAScript
writes them (RFC 8785), so that a browser computes the same hash.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NoReturn, TypeAlias

JSON: TypeAlias = "bool | int | float | str | Sequence[JSON] | Mapping[str, JSON] | None"

MAX_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 64
MAX_VALUES = 4_000_000
MAX_DIGITS = 100
SAFE_INTEGER = 2**53


class DocumentError(ValueError):
    """The document cannot be read at all: not JSON, another schema, or over a limit."""


def decode(data: bytes | str | Mapping[str, object]) -> JSON:
    """Plain JSON values of a text or mapping. Raises DocumentError."""
    if isinstance(data, Mapping):
        return plain(data)
    text = _text(data)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=float,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        raise DocumentError(f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise DocumentError(f"values are nested deeper than {MAX_DEPTH} levels") from None
    return plain(value)


def plain(value: object) -> JSON:
    """A fresh copy made of plain JSON values only; integral floats become integers, as in ECMAScript."""
    return _plain(value, 0, iter(range(MAX_VALUES)))


def encode(value: JSON) -> bytes:
    """The canonical bytes of a JSON value: keys sorted, no spaces, UTF-8."""
    return _encode(value).encode("utf-8")


def _text(data: bytes | str) -> str:
    if len(data) > MAX_BYTES:
        raise DocumentError(f"the document is larger than {MAX_BYTES // 2**20} MiB")
    if isinstance(data, str):
        return data
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError(f"the document is not UTF-8 text (byte {error.start})") from None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise DocumentError(f"the key {json.dumps(repeated[:40])} appears twice in one object")
    return result


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise DocumentError(f"a number has more than {MAX_DIGITS} digits")
    return int(digits)


def _refuse_constant(name: str) -> NoReturn:
    raise DocumentError(f"{name} is not a JSON number")


def _plain(value: object, depth: int, budget: Iterator[int]) -> JSON:
    if next(budget, None) is None:
        raise DocumentError(f"the document holds more than {MAX_VALUES} values")
    if depth > MAX_DEPTH:
        raise DocumentError(f"values are nested deeper than {MAX_DEPTH} levels")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return _plain_integer(value)
    if isinstance(value, float):
        return _plain_number(value)
    if isinstance(value, str):
        return _plain_text(value)
    if isinstance(value, Mapping):
        return {_plain_key(key): _plain(item, depth + 1, budget) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, depth + 1, budget) for item in value]
    raise DocumentError(f"a value of type {type(value).__name__} is not JSON")


def _plain_integer(value: int) -> int:
    if value.bit_length() > MAX_DIGITS * 3:
        raise DocumentError(f"a number has more than {MAX_DIGITS} digits")
    return int(value)


def _plain_number(value: float) -> int | float:
    if not math.isfinite(value):
        raise DocumentError("a number is not finite (NaN or Infinity, or beyond 1.8e308)")
    return int(value) if value.is_integer() and abs(value) < SAFE_INTEGER else float(value)


def _plain_text(value: str) -> str:
    if "\0" in value:
        raise DocumentError("a text holds a NUL character")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise DocumentError("a text holds half of a surrogate pair, which is not a character") from None
    return str(value)


def _plain_key(key: object) -> str:
    if not isinstance(key, str):
        raise DocumentError(f"an object has a key of type {type(key).__name__}; keys are text")
    return _plain_text(key)


def _encode(value: JSON) -> str:
    if value is None or isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_encode(key)}:{_encode(value[key])}" for key in sorted(value)) + "}"
    return "[" + ",".join(map(_encode, value)) + "]"


def number_text(value: float) -> str:
    """ECMAScript's Number::toString (ECMA-262, 6.1.6.1.20) of a finite number."""
    negative, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    text, sign = "".join(map(str, digits)), "-" if negative and value else ""
    point = len(text) + int(exponent)
    if len(text) <= point <= 21:
        body = text + "0" * (point - len(text))
    elif 0 < point <= 21:
        body = f"{text[:point]}.{text[point:]}"
    elif -6 < point <= 0:
        body = "0." + "0" * -point + text
    else:
        fraction = f".{text[1:]}" if len(text) > 1 else ""
        body = f"{text[0]}{fraction}e{point - 1:+d}"
    return sign + body
