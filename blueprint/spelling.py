"""The one canonical spelling of a JSON value (RFC 8785), numbers as ECMAScript writes them.

Hashes and messages are built from it, so Python and a browser come to the same bytes.
"""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias

JSON: TypeAlias = "bool | int | float | str | Sequence[JSON] | Mapping[str, JSON] | None"


def encode(value: JSON) -> bytes:
    """The canonical bytes of a JSON value: keys sorted by code points, no spaces, UTF-8."""
    return spelled(value).encode("utf-8")


def spelled(value: JSON) -> str:
    """The canonical text of a JSON value."""
    if value is None or isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{spelled(key)}:{spelled(value[key])}" for key in sorted(value)) + "}"
    return "[" + ",".join(map(spelled, value)) + "]"


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
