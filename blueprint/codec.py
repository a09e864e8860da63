"""JSON in and out, so that everything behind this door is plain data of known size.

`decode` refuses whatever a hostile or broken file may hold (bombs, NaN, repeated keys, text that is no
text) with one sentence; `encode` writes the one canonical spelling of a value.
"""

import codecs
import json
from collections.abc import Iterator, Mapping
from typing import NoReturn

from blueprint.limits import (
    MAX_BYTES,
    MAX_DIGITS,
    DocumentError,
    budget,
    enter,
    fitting_integer,
    fitting_number,
    fitting_text,
)
from blueprint.spelling import JSON, encode, number_text

__all__ = ["JSON", "MAX_BYTES", "DocumentError", "decode", "encode", "number_text", "plain"]


def decode(data: bytes | str | Mapping[str, object]) -> JSON:
    """Plain JSON values of a text or mapping. Raises DocumentError."""
    if isinstance(data, Mapping):
        return plain(data)
    text = _text(data)
    try:
        return plain(_loaded(text))
    except (ValueError, RecursionError):
        from blueprint.reader import read

        return read(text)


def plain(value: object) -> JSON:
    """A fresh copy made of plain JSON values only; integral floats become integers, as in ECMAScript."""
    return _plain(value, 0, budget())


def _text(data: bytes | str) -> str:
    if len(data) > MAX_BYTES:
        raise DocumentError(f"the document is larger than {MAX_BYTES // 2**20} MiB")
    if isinstance(data, str):
        return data
    start = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    try:
        return data[start:].decode("utf-8")
    except UnicodeDecodeError as error:
        raise DocumentError(f"the document is not UTF-8 text (byte {start + error.start})") from None


def _loaded(text: str) -> object:
    """What the standard library makes of a text. Raises ValueError, or RecursionError."""
    return json.loads(
        text,
        object_pairs_hook=_object,
        parse_int=_integer,
        parse_float=float,
        parse_constant=_refuse_constant,
    )


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key appears twice")
    return result


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS + 1:
        raise ValueError("too many digits")
    return int(digits)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _plain(value: object, depth: int, left: Iterator[int]) -> JSON:
    enter(depth, left)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return fitting_integer(value)
    if isinstance(value, float):
        return fitting_number(value)
    if isinstance(value, str):
        return fitting_text(value)
    if isinstance(value, Mapping):
        return {_key(key): _plain(item, depth + 1, left) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, depth + 1, left) for item in value]
    raise DocumentError(f"a value of type {type(value).__name__} is not JSON")


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise DocumentError(f"an object has a key of type {type(key).__name__}; keys are text")
    return fitting_text(key)
