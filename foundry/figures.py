"""Figures as JSON can hold them: JSON has neither NaN nor infinity, so what is no number is null there."""

import math
from typing import Any


def finite(value: Any) -> Any:
    """Plain dicts, lists, texts and numbers with None in place of each number that is not finite."""
    match value:
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {key: finite(item) for key, item in value.items()}
        case list() | tuple():
            return [finite(item) for item in value]
        case _:
            return value
