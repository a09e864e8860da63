"""Strategies for settings and tensors: mostly fitting, sometimes not, so that both answers are judged."""

from typing import Any

from hypothesis import strategies as st

Config = dict[str, Any]
Drawn = tuple[Config, tuple[list[int], str]]

BOOLEANS = st.booleans()
DTYPES = ("float32", "float16", "bfloat16", "int32", "int64", "uint8", "bool")
ANY_DTYPE = st.sampled_from(DTYPES)
MOSTLY_FLOAT32 = st.sampled_from(("float32",) * 6 + DTYPES[1:])


def sizes(axes: int, low: int, high: int) -> st.SearchStrategy[Any]:
    """One integer for all axes, or a list with one for each."""
    one = st.integers(low, high)
    return one | st.lists(one, min_size=axes, max_size=axes)


def settings_of(required: Config | None = None, /, **optional: st.SearchStrategy[Any]) -> st.SearchStrategy[Config]:
    """Settings that must be given, and those that may."""
    return st.fixed_dictionaries(required or {}, optional=optional)


def shapes(low: int, high: int, most: int = 4) -> st.SearchStrategy[list[int]]:
    """Sizes of a tensor of `low` to `high` dimensions."""
    return st.lists(st.integers(1, most), min_size=low, max_size=high)


def spatial(axes: int, most: int = 8, channels: int = 6) -> st.SearchStrategy[list[int]]:
    """[N, C, ...] or [C, ...] over so many axes; sometimes of another rank."""
    extent = st.lists(st.integers(1, most), min_size=axes, max_size=axes)
    batched = st.tuples(st.integers(1, 3), st.integers(1, channels), extent).map(lambda x: [x[0], x[1], *x[2]])
    single = st.tuples(st.integers(1, channels), extent).map(lambda x: [x[0], *x[1]])
    return st.one_of(batched, batched, batched, single, single, shapes(1, 6, 3))


def drawn(config: st.SearchStrategy[Config], shape: st.SearchStrategy[list[int]]) -> st.SearchStrategy[Drawn]:
    """Settings, and one tensor that enters."""
    return st.tuples(config, st.tuples(shape, MOSTLY_FLOAT32))


def tuples(config: Config) -> Config:
    """Lists as the tuples PyTorch wants."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in config.items()}
