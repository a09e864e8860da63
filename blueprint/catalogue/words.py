"""How sizes appear in messages."""

from blueprint.dimensions import Dim, Shape

LONGEST = 40


def brief(dim: Dim) -> str:
    """A dimension, cut when long."""
    text = str(dim)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def sizes(shape: Shape) -> str:
    """A shape: `[B, 16, 8, 8]`."""
    return f"[{', '.join([brief(dim) for dim in shape])}]"


def by(dims: Shape) -> str:
    """Spatial sizes: `3x3`, `H x (W + 1)` when named."""
    if all(isinstance(dim, int) for dim in dims):
        return "x".join([str(dim) for dim in dims])
    return " x ".join([f"({brief(dim)})" if " " in str(dim) else brief(dim) for dim in dims])


def uniform(setting: tuple[int, ...] | str) -> str:
    """A setting along several axes: `1` when all are 1, else `1x2`."""
    if isinstance(setting, str):
        return setting
    first = setting[0]
    return str(first) if all(size == first for size in setting) else by(setting)


def count(number: int, noun: str) -> str:
    """`1 dimension`, `2 dimensions`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
