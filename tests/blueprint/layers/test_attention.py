"""Attention over heads, held against PyTorch."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from blueprint import analyze
from tests.blueprint.examples import Layer, network, single
from tests.blueprint.issues import complaint
from tests.blueprint.layers.drawing import BOOLEANS, MOSTLY_FLOAT32, settings_of, shapes
from tests.blueprint.layers.held import held, same_when_named, told_bytes
from tests.blueprint.oracle import agree, around, kept_bytes, sample

Config = dict[str, Any]
PORTS = ["query", "key", "value", "key_padding_mask", "attn_mask"]
ATTENTION = {
    "dropout": st.sampled_from([0, 0, 0.5]),
    "bias": BOOLEANS,
    "add_bias_kv": BOOLEANS,
    "add_zero_attn": BOOLEANS,
    "batch_first": BOOLEANS,
    "need_weights": BOOLEANS,
    "average_attn_weights": BOOLEANS,
}
HEADS = st.sampled_from([1, 2, 2, 3])
MASKS = st.sampled_from(("bool",) * 3 + ("float32",) * 3 + ("float16", "int64", "uint8"))


class Attending(nn.Module):
    """PyTorch's module, given what a node has: up to three sequences, and masks at the end."""

    def __init__(self, config: Config, query: int, key: int, value: int, masks: tuple[str, ...] = ()) -> None:
        super().__init__()
        made = {"embed_dim": query, "kdim": key, "vdim": value, "batch_first": True, **config}
        self.asked = {name: made.pop(name) for name in ("need_weights", "average_attn_weights") if name in made}
        self.attention = nn.MultiheadAttention(**made)
        self.masks = masks

    def forward(self, *given: Tensor) -> tuple[Tensor, ...]:
        sequences = given[: len(given) - len(self.masks)]
        masks = dict(zip(self.masks, given[len(sequences) :], strict=True))
        query = sequences[0]
        key = sequences[1] if len(sequences) > 1 else query
        value = sequences[2] if len(sequences) > 2 else key
        output, weights = self.attention(query, key, value, **masks, **self.asked)
        return (output,) if weights is None else (output, weights)


@settings(deadline=None)
@given(
    settings_of({"num_heads": HEADS}, embed_dim=st.sampled_from([2, 4, 6]), **ATTENTION),
    st.tuples(shapes(1, 2, 4), st.sampled_from([1, 2, 4, 6])).map(lambda x: [*x[0], x[1]]) | shapes(1, 4),
    MOSTLY_FLOAT32,
)
def test_self_attention_agrees_with_torch(config: Config, shape: list[int], dtype: str) -> None:
    case = ("MultiheadAttention", config, [(shape, dtype)])
    if agree(*case, lambda: Attending(config, shape[-1], shape[-1], shape[-1])):
        same_when_named(*case, (), range(len(shape) - 1))


@st.composite
def sequences(draw: st.DrawFn) -> list[tuple[list[int], str]]:
    """Two or three sequences, that mostly fit each other."""
    batch = draw(st.sampled_from([[], [1], [2], [3]]))
    query, key = [*batch, draw(st.integers(1, 4))], [*batch, draw(st.integers(1, 4))]
    features = st.sampled_from([2, 4, 4, 5])
    found = [[*query, draw(st.sampled_from([4, 4, 6, 3]))], [*key, draw(features)], [*key, draw(features)]]
    found = found[: draw(st.integers(2, 3))]
    if draw(st.integers(0, 5)) == 0:
        found[-1] = draw(shapes(1, 4, 4))
    return [(shape, draw(MOSTLY_FLOAT32)) for shape in found]


@settings(deadline=None)
@given(settings_of({"num_heads": HEADS}, **ATTENTION), sequences())
def test_attention_to_others_agrees_with_torch(config: Config, entering: list[tuple[list[int], str]]) -> None:
    sizes = [shape[-1] for shape, _ in entering]
    agree(
        "MultiheadAttention",
        {"batch_first": True, **config},
        entering,
        lambda: Attending(config, sizes[0], sizes[1], sizes[-1]),
        ports=PORTS,
    )


@st.composite
def masked(draw: st.DrawFn) -> tuple[Config, list[tuple[list[int], str]], list[str]]:
    """A sequence or two, and masks that mostly fit."""
    config = draw(settings_of({"num_heads": st.sampled_from([1, 2])}, **ATTENTION))
    batch, targets, sources = draw(st.sampled_from([[], [1], [3]])), draw(st.integers(1, 4)), draw(st.integers(1, 4))
    first = config.setdefault("batch_first", True)
    entering = [[*batch, length, 4] if first or not batch else [length, *batch, 4] for length in (targets, sources)]
    each = [(batch or [1])[0] * config["num_heads"], targets, sources]
    padding = st.sampled_from([[*batch, sources]] * 4 + [[sources], [1, 1], [targets]])
    mask = st.sampled_from([each, each[1:]] * 3 + [[sources, targets], [1, targets, sources], [sources], [1, *each]])
    wanted = draw(st.sampled_from([["key_padding_mask"], ["attn_mask"], ["key_padding_mask", "attn_mask"]]))
    masks = [(draw(padding if name == "key_padding_mask" else mask), draw(MASKS)) for name in wanted]
    return config, [*[(shape, "float32") for shape in entering], *masks], wanted


@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(deadline=None)
@given(masked())
def test_masks_agree_with_torch(case: tuple[Config, list[tuple[list[int], str]], list[str]]) -> None:
    config, entering, masks = case
    if len(masks) == 2 and any(dtype == "float16" for _, dtype in entering):
        # Added to the other mask, halves become float32; alone they are refused, and here as well.
        assert not analyze(around("MultiheadAttention", config, entering, ["query", "key", *masks])).valid
        return
    agree(
        "MultiheadAttention",
        config,
        entering,
        lambda: Attending(config, 4, 4, 4, tuple(masks)),
        ports=["query", "key", *masks],
    )


@st.composite
def roomy(draw: st.DrawFn) -> tuple[Config, list[tuple[list[int], str]]]:
    """Sequences in which no size of 1 saves a copy."""
    config = draw(settings_of({"num_heads": st.sampled_from([1, 2, 4])}, **ATTENTION))
    batch, features = draw(st.sampled_from([[], [2], [3]])), st.sampled_from([8, 8, 12])
    entering = [[7, *batch, 8], [5, *batch, draw(features)], [5, *batch, draw(features)]][: draw(st.integers(1, 3))]
    if config.setdefault("batch_first", True) and batch:
        entering = [[shape[1], shape[0], shape[2]] for shape in entering]
    return config, [(shape, "float32") for shape in entering]


@settings(deadline=None)
@given(roomy())
def test_what_attention_keeps_is_told(case: tuple[Config, list[tuple[list[int], str]]]) -> None:
    config, entering = case
    sizes = [shape[-1] for shape, _ in entering]
    key = sizes[min(1, len(sizes) - 1)]
    held(
        "MultiheadAttention",
        config,
        entering,
        lambda: Attending(config, sizes[0], key, sizes[-1]),
        ports=PORTS,
        slack=0.02,
    )


@pytest.mark.parametrize("masks", [["key_padding_mask"], ["attn_mask"], ["key_padding_mask", "attn_mask"]])
@pytest.mark.parametrize("config", [{"num_heads": 1}, {"num_heads": 4}, {"num_heads": 2, "add_zero_attn": True}])
def test_masks_are_kept_as_numbers(config: Config, masks: list[str]) -> None:
    config = {**config, "need_weights": False}
    shapes = {"key_padding_mask": [3, 5], "attn_mask": [7, 5]}
    entering = [([3, 7, 8], "float32"), ([3, 5, 8], "float32"), *((shapes[mask], "bool") for mask in masks)]
    kept = kept_bytes(Attending(config, 8, 8, 8, tuple(masks)), [sample(*each) for each in entering])
    told = told_bytes("MultiheadAttention", config, entering, ["query", "key", *masks])
    assert told == pytest.approx(kept, rel=0.01)


MESSAGES = [
    (
        single("MultiheadAttention", {"num_heads": 5}, ["B", "T", 64]),
        "MultiheadAttention `layer`: embed_dim 64 cannot be shared by 5 heads equally;"
        " set the heads to a divisor of 64",
    ),
    (
        single("MultiheadAttention", {"num_heads": 4}, ["B", 64, 8, 8]),
        "MultiheadAttention `layer`: needs query, key and value all [N, L, features] or all [L, features] but gets"
        " [B, 64, 8, 8], [B, 64, 8, 8] and [B, 64, 8, 8]; bring all three to one of these forms",
    ),
    (
        around("MultiheadAttention", {"num_heads": 4}, [([2, 5, 8], "float32"), ([3, 7, 8], "float32")], PORTS),
        "MultiheadAttention `layer`: query [2, 5, 8] does not fit key [3, 7, 8] and value [3, 7, 8];"
        " use one batch for all, and as many values as keys",
    ),
    (
        around(
            "MultiheadAttention",
            {"num_heads": 4},
            [([2, 5, 8], "float32"), ([4, 5], "bool")],
            ["query", "attn_mask"],
        ),
        "MultiheadAttention `layer`: attn_mask is [4, 5] but must be [5, 5] or [8, 5, 5];"
        " give it one row for each query and one column for each key",
    ),
    (
        around(
            "MultiheadAttention",
            {"num_heads": 4},
            [([2, 5, 8], "float32"), ([2, 5], "int64")],
            ["query", "key_padding_mask"],
        ),
        "MultiheadAttention `layer`: key_padding_mask is of int64;"
        " use bool, where true hides, or float32, which is added to the scores",
    ),
]


@pytest.mark.parametrize(("graph", "message"), MESSAGES)
def test_mistakes_are_told_with_what_to_do(graph: Any, message: str) -> None:
    assert complaint(graph) == message


def attending(*masks: Layer) -> Any:
    """Attention to a batch of unknown size and length, with masks."""
    nodes = [*masks, ("in", "Input", {"shape": ["B", "T", 8]}), ("layer", "MultiheadAttention", {"num_heads": 2})]
    edges = [("in", "layer"), ("layer", "out"), *((id, "layer", id) for id, _, _ in masks)]
    return network([*nodes, ("out", "Output", {})], edges)


def test_masks_may_be_as_open_as_what_they_hide() -> None:
    assert analyze(attending(("attn_mask", "Input", {"shape": ["T", "T"]}))).issues == ()
    assert analyze(attending(("attn_mask", "Input", {"shape": ["2*B", "T", "T"]}))).issues == ()
    assert analyze(attending(("key_padding_mask", "Input", {"shape": ["B", "T"], "dtype": "bool"}))).issues == ()
    (issue,) = analyze(attending(("attn_mask", "Input", {"shape": ["S", "T"]}))).issues
    assert issue.severity == "warning"


def test_weights_are_there_only_where_they_are_asked_for() -> None:
    graph = network(
        [
            ("in", "Input", {"shape": ["B", "T", 8]}),
            ("layer", "MultiheadAttention", {"num_heads": 2, "need_weights": False}),
            ("out", "Output", {}),
            ("shown", "Output", {}),
        ],
        [("in", "layer"), ("layer", "out"), ("layer", "shown", "in", "attn_output_weights")],
    )
    assert [issue.code for issue in analyze(graph).issues if issue.node == "layer"] == ["unknown_port"]
