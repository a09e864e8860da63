"""Attention without weights, held against PyTorch's scaled_dot_product_attention."""

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from blueprint import analyze
from tests.blueprint.examples import network, single
from tests.blueprint.issues import complaint
from tests.blueprint.layers.drawing import BOOLEANS, MOSTLY_FLOAT32, settings_of, shapes
from tests.blueprint.layers.held import held, told_bytes
from tests.blueprint.oracle import Reference, agree, around, kept_bytes, sample

Config = dict[str, Any]
TYPE = "ScaledDotProductAttention"
PORTS = ["query", "key", "value", "attn_mask"]
SETTINGS = {
    "dropout_p": st.sampled_from([0, 0, 0.5]),
    "is_causal": BOOLEANS,
    "scale": st.sampled_from([None, 0.25, -1, 0]),
}


def reference(config: Config) -> Reference:
    """PyTorch's function; only `query` connected means attention to itself."""

    def attend(query: Any, key: Any = None, value: Any = None, mask: Any = None) -> Any:
        key = query if key is None else key
        value = key if value is None else value
        return nn.functional.scaled_dot_product_attention(query, key, value, mask, **config)

    return attend


@st.composite
def sequences(draw: st.DrawFn, shared: bool = False) -> list[list[int]]:
    """A query, a key and a value, mostly of fitting shapes."""
    lead = draw(st.lists(st.sampled_from([1, 2, 3]), max_size=3))
    leads = [lead, lead, lead] if draw(BOOLEANS) else [_stretched(draw, lead) for _ in range(3)]
    if shared and lead:
        heads = draw(st.sampled_from([1, 2, 4]))
        leads = [[*lead[:-1], heads], *([*lead[:-1], draw(st.sampled_from([1, 2, 2, 3]))] for _ in range(2))]
    length, sources, size = draw(st.integers(1, 5)), draw(st.integers(1, 5)), draw(st.integers(1, 4))
    found = [[*leads[0], length, size], [*leads[1], sources, size], [*leads[2], sources, draw(st.integers(1, 4))]]
    if draw(st.integers(0, 7)) == 0:
        found[draw(st.integers(0, 2))] = draw(shapes(1, 4, 4))
    return found


def _stretched(draw: st.DrawFn, lead: list[int]) -> list[int]:
    """Sizes that are stretched to others: some are 1, some of the first are left out."""
    ones = [draw(st.sampled_from([size, size, 1])) for size in lead]
    return ones[draw(st.integers(0, len(ones))) :] if draw(st.integers(0, 2)) == 0 else ones


def values_match(found: list[list[int]]) -> bool:
    """PyTorch's kernel reads beyond the end where there are fewer values than keys, and says nothing."""
    key, value = found[min(1, len(found) - 1)], found[-1]
    return len(key) < 2 or len(value) < 2 or key[-2] == value[-2]


@settings(deadline=None)
@given(settings_of(**SETTINGS), sequences(), st.integers(1, 3), st.tuples(*[MOSTLY_FLOAT32] * 3))
def test_attention_agrees_with_torch(config: Config, found: list[list[int]], count: int, dtypes: Any) -> None:
    assume(values_match(found[:count]))
    entering = list(zip(found, dtypes, strict=True))[:count]
    agree(TYPE, config, entering, lambda: reference(config), ports=PORTS)


@settings(deadline=None)
@given(settings_of(**SETTINGS), sequences(shared=True))
def test_grouped_queries_agree_with_torch(config: Config, found: list[list[int]]) -> None:
    assume(values_match(found))
    config = {**config, "enable_gqa": True}
    agree(TYPE, config, [(shape, "float32") for shape in found], lambda: reference(config), ports=PORTS)


MASKS = st.sampled_from(("bool",) * 3 + ("float32",) * 3 + ("float16", "bfloat16", "int64"))


@st.composite
def masks(draw: st.DrawFn) -> tuple[list[int], list[int], str]:
    """A sequence and a mask for its pairs, stretched or not."""
    query = [*draw(st.lists(st.sampled_from([1, 2, 3]), max_size=2)), draw(st.integers(1, 4)), 2]
    pairs = [*query[:-1], query[-2]]
    mask = draw(st.sampled_from([_stretched(draw, pairs), pairs, pairs[-2:]]) | shapes(2, 5, 3))
    return query, mask, draw(MASKS)


@settings(deadline=None)
@given(settings_of(**SETTINGS), masks(), st.sampled_from(["float32", "float32", "float16", "bfloat16"]))
def test_masks_agree_with_torch(config: Config, case: tuple[list[int], list[int], str], dtype: str) -> None:
    query, mask, kind = case
    entering = [(query, dtype), (mask, kind)]
    if len(mask) < 2 or config.get("is_causal"):
        # The kernel for four dimensions alone refuses one row for all queries; it alone takes a mask and is_causal,
        # which PyTorch's documentation forbids. We refuse both everywhere.
        assert not analyze(around(TYPE, config, entering, ["query", "attn_mask"])).valid
        return

    def make() -> Reference:
        attend = reference(config)
        return lambda query, mask: attend(query, None, None, mask)

    agree(TYPE, config, entering, make, ports=["query", "attn_mask"])


@settings(deadline=None)
@given(
    settings_of(**{**SETTINGS, "enable_gqa": BOOLEANS}),
    st.sampled_from([[2, 3, 4], [3, 4], [4], []]),
    st.integers(2, 6),
    st.sampled_from([3, 3, 5]),
)
def test_what_attention_keeps_is_told(config: Config, lead: list[int], sources: int, size: int) -> None:
    if config.get("enable_gqa") and not lead:
        return
    others = [*lead[:-1], 2] if config.get("enable_gqa") else lead
    found = [[*lead, 5, 3], [*others, sources, 3], [*others, sources, size]]
    exact = not config.get("enable_gqa") or len(lead) == 2
    held(
        TYPE,
        config,
        [(shape, "float32") for shape in found],
        lambda: reference(config),
        ports=PORTS,
        open=(0, -2) if lead and not config.get("enable_gqa") else (),
        slack=0 if exact else 0.15,
    )


def test_a_mask_is_kept_as_floats_by_the_kernel() -> None:
    entering = [([2, 4, 7, 8], "float32"), ([7, 7], "bool")]
    kept = kept_bytes(lambda x, mask: reference({})(x, None, None, mask), [sample(*each) for each in entering])
    assert told_bytes(TYPE, {}, entering, ["query", "attn_mask"]) == kept


MESSAGES = [
    (
        around(TYPE, {}, [([2, 4, 7, 8], "float32"), ([2, 4, 5, 6], "float32")], PORTS),
        f"{TYPE} `layer`: query [2, 4, 7, 8] does not fit key [2, 4, 5, 6] and value [2, 4, 5, 6];"
        " use as many features in keys as in queries, and as many values as keys",
    ),
    (
        around(TYPE, {"enable_gqa": True}, [([2, 4, 7, 8], "float32"), ([2, 3, 5, 8], "float32")], PORTS),
        f"{TYPE} `layer`: 4 query heads cannot share 3 key heads equally;"
        " use a number of key heads that divides that of query heads",
    ),
    (
        around(TYPE, {"is_causal": True}, [([7, 8], "float32"), ([7, 7], "bool")], ["query", "attn_mask"]),
        f"{TYPE} `layer`: has both attn_mask and is_causal; set is_causal to false",
    ),
    (
        around(TYPE, {}, [([7, 8], "float32"), ([7, 8], "bool")], ["query", "attn_mask"]),
        f"{TYPE} `layer`: attn_mask [7, 8] cannot be stretched to the pairs of queries and keys [7, 7];"
        " give it one row for each query and one column for each key",
    ),
    (
        single(TYPE, {}, ["B", "T"], "int64"),
        f"{TYPE} `layer`: computes with floating-point numbers but gets int64;"
        " give the Input dtype float32, or put an Embedding before it if these are tokens",
    ),
]


@pytest.mark.parametrize(("graph", "message"), MESSAGES)
def test_mistakes_are_told_with_what_to_do(graph: Any, message: str) -> None:
    assert complaint(graph) == message


@pytest.mark.parametrize(
    ("query", "key", "severities"),
    [
        (["B", "H", "T", 8], ["B", "H", "S", 8], []),
        (["B", "4*H", "T", 8], ["B", "H", "S", 8], ["warning"]),
        (["B", "4*H", "T", 8], ["B", 2, "S", 8], []),
        (["B", "H", "T", 8], ["B", 2, "S", 8], ["warning"]),
        (["B", "4*H + 1", "T", 8], ["B", 2, "S", 8], ["error"]),
        (["B", 4, "T", "E"], ["B", 2, "S", 8], ["warning"]),
    ],
)
def test_heads_of_open_number_may_share(query: list[Any], key: list[Any], severities: list[str]) -> None:
    graph = network(
        [
            ("q", "Input", {"shape": query}),
            ("k", "Input", {"shape": key}),
            ("layer", TYPE, {"enable_gqa": True}),
            ("out", "Output", {}),
        ],
        [("q", "layer", "query"), ("k", "layer", "key"), ("layer", "out")],
    )
    assert [issue.severity for issue in analyze(graph).issues if issue.node == "layer"][:1] == severities
