"""JSON that every reader takes: it has neither NaN nor Infinity, though Python writes and reads both."""

import json
import math
from typing import Any


def read(data: bytes) -> Any:
    """The value; raises ValueError for what is not JSON, NaN and Infinity included."""
    return json.loads(data, parse_constant=_refuse)


def strict(data: bytes) -> bytes:
    """Python's JSON with null where it says NaN or Infinity; all other JSON byte for byte as it is."""
    if b"NaN" not in data and b"Infinity" not in data:
        return data
    replaced: list[str] = []
    value = json.loads(data, parse_constant=replaced.append, parse_float=_number)  # append gives None
    return json.dumps(value, allow_nan=False).encode() if replaced else data


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _number(text: str) -> float | None:
    number = float(text)  # 1e999 is JSON and reads as infinity
    return number if math.isfinite(number) else None
