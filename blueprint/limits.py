"""How large and how odd a value in a document may be, and the refusal of what is beyond."""

import math
from collections.abc import Iterator

MAX_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 64
MAX_VALUES = 4_000_000
MAX_DIGITS = 100
SAFE_INTEGER = 2**53


class DocumentError(ValueError):
    """The document cannot be read at all: not JSON, another schema, or over a limit."""


def budget() -> Iterator[int]:
    """What `enter` counts the values of one document with."""
    return iter(range(MAX_VALUES))


def enter(depth: int, left: Iterator[int]) -> None:
    """Begin one more value, `depth` lists and objects deep. Raises DocumentError."""
    if next(left, None) is None:
        raise DocumentError(f"the document holds more than {MAX_VALUES} values")
    if depth > MAX_DEPTH:
        raise DocumentError(f"values are nested deeper than {MAX_DEPTH} levels")


def fitting_integer(value: int) -> int:
    """The integer, where it has not too many digits. Raises DocumentError."""
    if abs(value) >= 10**MAX_DIGITS:
        raise DocumentError(f"a number has more than {MAX_DIGITS} digits")
    return int(value)


def fitting_number(value: float) -> int | float:
    """The number, as an integer where it is one below 2^53. Raises DocumentError where it is not finite."""
    if not math.isfinite(value):
        raise DocumentError("a number is not finite (NaN or Infinity, or beyond 1.8e308)")
    return int(value) if value.is_integer() and abs(value) < SAFE_INTEGER else float(value)


def fitting_text(value: str) -> str:
    """The text, where it is made of characters. Raises DocumentError."""
    if "\0" in value:
        raise DocumentError("a text holds a NUL character")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise DocumentError("a text holds half of a surrogate pair, which is not a character") from None
    return str(value)
