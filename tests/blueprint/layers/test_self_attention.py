"""Attention with its projections, held against the same written out in matrix products."""

import math
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from blueprint import analyze
from foundry.modules.cross_attention import CrossAttention
from foundry.modules.self_attention import SelfAttention
from tests.blueprint.examples import network, single
from tests.blueprint.issues import complaint
from tests.blueprint.layers.drawing import BOOLEANS, MOSTLY_FLOAT32, Drawn, drawn, settings_of, shapes
from tests.blueprint.layers.held import held, told_bytes
from tests.blueprint.oracle import agree, around, kept_bytes, sample

Config = dict[str, Any]
SETTINGS = {
    "num_kv_heads": st.sampled_from([None, 1, 2, 3]),
    "bias": BOOLEANS,
    "dropout": st.sampled_from([0, 0, 0.5]),
    "is_causal": BOOLEANS,
    "rotary": BOOLEANS,
    "base": st.sampled_from([100, 10000]),
}
HEADS = st.sampled_from([1, 2, 2, 4])


def waves(x: Tensor, base: float) -> Tensor:
    """Su et al. 2021, equation 34, with the pairs (i, i + d/2), as complex numbers."""
    length, size = x.shape[-2:]
    frequencies = base ** (-2 * torch.arange(size // 2) / size)
    turns = torch.polar(torch.ones(()), torch.arange(length)[:, None] * frequencies).to(x.device)
    turned = torch.complex(*x.chunk(2, -1)) * turns
    return torch.cat((turned.real, turned.imag), -1)


def attend(query: Tensor, key: Tensor, value: Tensor, hidden: Tensor | None = None) -> Tensor:
    """Vaswani et al. 2017, equation 1, with repeated heads where there are fewer keys than queries."""
    key, value = (x.repeat_interleave(query.shape[-3] // x.shape[-3], -3) for x in (key, value))
    scores = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1])
    weights = (scores if hidden is None else scores.masked_fill(hidden, -math.inf)).softmax(-1)
    return weights @ value


class Attending(nn.Module):
    """Self-attention written out; it has nothing of PyTorch's own attention."""

    def __init__(self, embed_dim: int, num_heads: int, **config: Any) -> None:
        super().__init__()
        size, shared = embed_dim // num_heads, config.get("num_kv_heads") or num_heads
        if embed_dim % num_heads or num_heads % shared or (config.get("rotary") and size % 2):
            raise ValueError("heads do not share equally")
        bias = config.get("bias", True)
        self.size, self.config = size, config
        self.query = nn.Linear(embed_dim, embed_dim, bias)
        self.key, self.value = nn.Linear(embed_dim, shared * size, bias), nn.Linear(embed_dim, shared * size, bias)
        self.out = nn.Linear(embed_dim, embed_dim, bias)

    def forward(self, x: Tensor) -> Tensor:
        query, key, value = (
            each(x).unflatten(-1, (-1, self.size)).transpose(-3, -2) for each in (self.query, self.key, self.value)
        )
        if self.config.get("rotary"):
            query, key = (waves(each, self.config.get("base", 10000)) for each in (query, key))
        later = torch.ones(x.shape[-2], x.shape[-2], dtype=torch.bool, device=x.device).triu(1)
        gathered = attend(query, key, value, later if self.config.get("is_causal") else None)
        joined: Tensor = self.out(gathered.transpose(-3, -2).flatten(-2))
        return joined


def loaded(config: Config, size: int) -> tuple[SelfAttention, Attending]:
    """Our class and the one written out, with the same weights."""
    ours, theirs = SelfAttention(size, **config).eval(), Attending(size, **config).eval()
    parts = (theirs.query, theirs.key, theirs.value)
    with torch.no_grad():
        for mine, other in (("weight", "weight"), ("bias", "bias")):
            if getattr(ours.in_proj, mine) is not None:
                rows = getattr(ours.in_proj, mine).split([each.out_features for each in parts])
                for part, row in zip(parts, rows, strict=True):
                    getattr(part, other).copy_(row)
                getattr(theirs.out, other).copy_(getattr(ours.out_proj, mine))
    return ours, theirs


@pytest.mark.parametrize("rotary", [False, True])
@pytest.mark.parametrize("is_causal", [False, True])
@pytest.mark.parametrize("num_kv_heads", [None, 1, 2, 4])
@pytest.mark.parametrize("lead", [[], [3], [2, 3]])
def test_the_module_computes_what_the_equations_say(
    rotary: bool, is_causal: bool, num_kv_heads: int | None, lead: list[int]
) -> None:
    torch.manual_seed(1)
    config = {"num_heads": 4, "num_kv_heads": num_kv_heads, "rotary": rotary, "is_causal": is_causal}
    ours, theirs = loaded(config, 16)
    x = torch.randn(*lead, 6, 16)
    torch.testing.assert_close(ours(x), theirs(x))


SEQUENCES = st.tuples(shapes(1, 3, 4), st.sampled_from([2, 4, 4, 8, 6])).map(lambda x: [*x[0], x[1]]) | shapes(1, 3)


@settings(deadline=None)
@given(drawn(settings_of({"num_heads": HEADS}, embed_dim=st.sampled_from([4, 4, 8]), **SETTINGS), SEQUENCES))
def test_self_attention_agrees_with_torch(case: Drawn) -> None:
    config, (shape, dtype) = case
    given = {"embed_dim": shape[-1], **config}
    if len(shape) < 2:
        assert not analyze(around("SelfAttention", config, [(shape, dtype)])).valid
        return
    if agree("SelfAttention", config, [(shape, dtype)], lambda: Attending(**given)):
        assert SelfAttention(**given)(sample(shape, dtype)).shape == sample(shape, dtype).shape


@settings(deadline=None)
@given(
    settings_of({"num_heads": st.sampled_from([2, 4])}, **{**SETTINGS, "num_kv_heads": st.sampled_from([None, 1, 2])}),
    st.sampled_from([[3, 7, 16], [2, 5, 16], [7, 16], [2, 2, 5, 16]]),
)
def test_what_self_attention_keeps_is_told(config: Config, shape: list[int]) -> None:
    held(
        "SelfAttention",
        config,
        [(shape, "float32")],
        lambda: SelfAttention(shape[-1], **config),
        open=range(len(shape) - 1),
        slack=0.05,
    )


class Gathering(nn.Module):
    """Cross-attention written out."""

    def __init__(self, embed_dim: int, num_heads: int, kdim: int, bias: bool = True, dropout: float = 0) -> None:
        super().__init__()
        if embed_dim % num_heads:
            raise ValueError("heads do not share equally")
        self.size = embed_dim // num_heads
        self.query, self.out = nn.Linear(embed_dim, embed_dim, bias), nn.Linear(embed_dim, embed_dim, bias)
        self.key, self.value = nn.Linear(kdim, embed_dim, bias), nn.Linear(kdim, embed_dim, bias)

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        if x.shape[:-2] != context.shape[:-2] or x.dim() < 2:
            raise ValueError("PyTorch would stretch one context to all sequences; that is more often a mistake")
        made = (self.query(x), self.key(context), self.value(context))
        query, key, value = (each.unflatten(-1, (-1, self.size)).transpose(-3, -2) for each in made)
        gathered = attend(query, key, value)
        joined: Tensor = self.out(gathered.transpose(-3, -2).flatten(-2))
        return joined


def test_cross_attention_computes_what_the_equations_say() -> None:
    torch.manual_seed(1)
    ours, theirs = CrossAttention(16, 4, 10).eval(), Gathering(16, 4, 10).eval()
    with torch.no_grad():
        theirs.query.load_state_dict(ours.q_proj.state_dict())
        theirs.out.load_state_dict(ours.out_proj.state_dict())
        for name in ("weight", "bias"):
            for part, row in zip((theirs.key, theirs.value), getattr(ours.kv_proj, name).chunk(2), strict=True):
                getattr(part, name).copy_(row)
    x, context = torch.randn(3, 6, 16), torch.randn(3, 9, 10)
    torch.testing.assert_close(ours(x, context), theirs(x, context))


@st.composite
def pairs(draw: st.DrawFn) -> list[tuple[list[int], str]]:
    """A sequence and a context, that mostly fit."""
    lead = draw(st.lists(st.integers(1, 3), max_size=2))
    x, context = [*lead, draw(st.integers(1, 4)), 4], [*lead, draw(st.integers(1, 4)), draw(st.integers(1, 5))]
    context = draw(st.sampled_from([context] * 5 + [[*context[-2:]], [2, *context[-2:]], [3]]))
    return [(x, draw(MOSTLY_FLOAT32)), (context, draw(MOSTLY_FLOAT32))]


CROSS = settings_of(
    {"num_heads": HEADS},
    kdim=st.integers(1, 5),
    bias=BOOLEANS,
    dropout=st.sampled_from([0, 0.5]),
    embed_dim=st.sampled_from([4, 4, 5]),
)


@settings(deadline=None)
@given(CROSS, pairs())
def test_cross_attention_agrees_with_torch(config: Config, entering: list[tuple[list[int], str]]) -> None:
    given = {"embed_dim": 4, "kdim": entering[1][0][-1], **config}
    agree("CrossAttention", config, entering, lambda: Gathering(**given), ports=["in", "context"])


@pytest.mark.parametrize("dropout", [0, 0.5])
@pytest.mark.parametrize("lead", [[], [3], [2, 3]])
def test_what_cross_attention_keeps_is_told(dropout: float, lead: list[int]) -> None:
    entering = [([*lead, 7, 16], "float32"), ([*lead, 5, 12], "float32")]
    kept = kept_bytes(CrossAttention(16, 4, 12, dropout=dropout), [sample(*each) for each in entering])
    config = {"num_heads": 4, "dropout": dropout}
    assert told_bytes("CrossAttention", config, entering, ["in", "context"]) == pytest.approx(kept, rel=0.05)


MESSAGES = [
    (
        single("SelfAttention", {"num_heads": 5}, ["B", "T", 64]),
        "SelfAttention `layer`: embed_dim 64 cannot be shared by 5 heads equally; set the heads to a divisor of 64",
    ),
    (
        single("SelfAttention", {"num_heads": 4, "num_kv_heads": 3}, ["B", "T", 64]),
        "SelfAttention `layer`: 4 query heads cannot share num_kv_heads 3 equally;"
        " set num_kv_heads to a divisor of num_heads",
    ),
    (
        single("SelfAttention", {"num_heads": 4, "rotary": True}, ["B", "T", 12]),
        "SelfAttention `layer`: rotary turns pairs of features but each head has 3;"
        " set num_heads so that embed_dim / num_heads is even",
    ),
    (
        single("SelfAttention", {"num_heads": 4}, ["B", "T"], "int64"),
        "SelfAttention `layer`: has float32 weights but gets int64;"
        " give the Input dtype float32, or put an Embedding before it if these are tokens",
    ),
    (
        around(
            "CrossAttention",
            {"num_heads": 2},
            [([2, 5, 8], "float32"), ([3, 7, 8], "float32")],
            ["in", "context"],
        ),
        "CrossAttention `layer`: context [3, 7, 8] does not belong to the sequences [2, 5, 8];"
        " give one context for each sequence",
    ),
]


@pytest.mark.parametrize(("graph", "message"), MESSAGES)
def test_mistakes_are_told_with_what_to_do(graph: Any, message: str) -> None:
    assert complaint(graph) == message


def test_a_context_of_open_batch_may_belong() -> None:
    graph = network(
        [
            ("x", "Input", {"shape": ["B", "T", 8]}),
            ("c", "Input", {"shape": [4, "S", 8]}),
            ("layer", "CrossAttention", {"num_heads": 2}),
            ("out", "Output", {}),
        ],
        [("x", "layer", "in"), ("c", "layer", "context"), ("layer", "out")],
    )
    (issue,) = analyze(graph).issues
    assert (issue.severity, issue.code) == ("warning", "shape_mismatch")
