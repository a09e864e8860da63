"""Linear layers and lookup, held against PyTorch."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from tests.blueprint.examples import Layer, network, single
from tests.blueprint.issues import complaint
from tests.blueprint.layers.drawing import BOOLEANS, MOSTLY_FLOAT32, Drawn, drawn, settings_of, shapes
from tests.blueprint.layers.held import held
from tests.blueprint.oracle import around

FEATURES = st.integers(1, 6)


@settings(deadline=None)
@given(drawn(settings_of({"out_features": FEATURES}, in_features=FEATURES, bias=BOOLEANS), shapes(1, 4)))
def test_linear_agrees_with_torch(case: Drawn) -> None:
    config, (shape, dtype) = case
    held(
        "Linear",
        config,
        [(shape, dtype)],
        lambda: nn.Linear(**{"in_features": shape[-1], **config}),
        open=range(len(shape) - 1),
    )


@settings(deadline=None)
@given(
    settings_of({"out_features": FEATURES}, in1_features=FEATURES, in2_features=FEATURES, bias=BOOLEANS),
    shapes(1, 4, 3),
    shapes(1, 4, 3),
    BOOLEANS,
    MOSTLY_FLOAT32,
    MOSTLY_FLOAT32,
)
def test_bilinear_agrees_with_torch(
    config: dict[str, Any], left: list[int], right: list[int], alike: bool, dtype: str, other: str
) -> None:
    right = [*left[:-1], right[-1]] if alike else right
    held(
        "Bilinear",
        config,
        [(left, dtype), (right, other)],
        lambda: nn.Bilinear(**{"in1_features": left[-1], "in2_features": right[-1], **config}),
        ports=["input1", "input2"],
    )


TOKENS = st.sampled_from(("int64",) * 4 + ("int32",) * 2 + ("float32", "bool", "uint8"))
TABLES = {"num_embeddings": st.integers(1, 9), "embedding_dim": st.integers(1, 6)}
LOOKUP = {
    "padding_idx": st.none() | st.integers(-10, 9),
    "max_norm": st.none() | st.sampled_from([0.5, 2]),
    "norm_type": st.sampled_from([1, 2, 2.5]),
    "scale_grad_by_freq": BOOLEANS,
    "sparse": BOOLEANS,
}


@settings(deadline=None)
@given(settings_of(TABLES, **LOOKUP), shapes(1, 3), TOKENS)
def test_embedding_agrees_with_torch(config: dict[str, Any], shape: list[int], dtype: str) -> None:
    held("Embedding", config, [(shape, dtype)], lambda: nn.Embedding(**config), open=range(len(shape)))


class Weighing(nn.Module):
    """Tokens and their weights, by position."""

    def __init__(self, **config: Any) -> None:
        super().__init__()
        self.bag = nn.EmbeddingBag(**config)

    def forward(self, x: torch.Tensor, weights: torch.Tensor | None = None) -> torch.Tensor:
        made: torch.Tensor = self.bag(x, per_sample_weights=weights)
        return made


BAGS = settings_of(TABLES, **LOOKUP, mode=st.sampled_from(["sum", "mean", "max"]))


@settings(deadline=None)
@given(BAGS, shapes(2, 2) | shapes(1, 3), TOKENS)
def test_embedding_bag_agrees_with_torch(config: dict[str, Any], shape: list[int], dtype: str) -> None:
    # Without the bags' offsets, PyTorch refuses tokens in a row too.
    held("EmbeddingBag", config, [(shape, dtype)], lambda: Weighing(**config), open=range(len(shape)))


@settings(deadline=None)
@given(BAGS, shapes(2, 2), shapes(2, 2), BOOLEANS, MOSTLY_FLOAT32)
def test_weighted_bags_agree_with_torch(
    config: dict[str, Any], shape: list[int], other: list[int], alike: bool, dtype: str
) -> None:
    entering = [(shape, "int64"), (shape if alike else other, dtype)]
    config = {"mode": "sum", **config}
    held("EmbeddingBag", config, entering, lambda: Weighing(**config), ports=["in", "per_sample_weights"])


MESSAGES = [
    (
        single("Linear", {"out_features": 4, "in_features": 12}, ["B", 3]),
        "Linear `layer`: in_features is 12 but the input gives 3; leave in_features out or set it to 3",
    ),
    (
        single("Linear", {"out_features": 4}, ["B", 3], "int64"),
        "Linear `layer`: has float32 weights but gets int64;"
        " give the Input dtype float32, or put an Embedding before it if these are tokens",
    ),
    (
        single("Embedding", {"num_embeddings": 3, "embedding_dim": 2}, ["B", 3]),
        "Embedding `layer`: looks up tokens but gets float32; give the Input dtype int64",
    ),
    (
        single("Embedding", {"num_embeddings": 3, "embedding_dim": 2, "padding_idx": 3}, ["B", 3], "int64"),
        "Embedding `layer`: padding_idx is 3 but there are 3 tokens; set it to a value from -3 to 2",
    ),
    (
        single("EmbeddingBag", {"num_embeddings": 3, "embedding_dim": 2}, ["B"], "int64"),
        "EmbeddingBag `layer`: needs tokens [N, L] but gets [B], which has 1 dimension;"
        " bring them to that form by Reshape",
    ),
    (
        single(
            "EmbeddingBag", {"num_embeddings": 3, "embedding_dim": 2, "mode": "max", "sparse": True}, [2, 3], "int64"
        ),
        "EmbeddingBag `layer`: mode max does not work with sparse; set sparse to false, or mode to mean",
    ),
    (
        around("Bilinear", {"out_features": 2}, [([2, 3], "float32"), ([4, 3], "float32")], ["input1", "input2"]),
        "Bilinear `layer`: input1 [2, 3] and input2 [4, 3] differ before their last dimension;"
        " bring them to the same sizes there",
    ),
]


@pytest.mark.parametrize(("graph", "message"), MESSAGES)
def test_mistakes_are_told_with_what_to_do(graph: Any, message: str) -> None:
    assert complaint(graph) == message


def test_a_size_left_open_may_fit() -> None:
    nodes: list[Layer] = [("a", "Input", {"shape": ["B", 3]}), ("b", "Input", {"shape": [4, 3]})]
    graph = network(
        [*nodes, ("layer", "Bilinear", {"out_features": 2}), ("out", "Output", {})],
        [("a", "layer", "input1"), ("b", "layer", "input2"), ("layer", "out")],
    )
    assert complaint(graph) == (
        "Bilinear `layer`: input1 [B, 3] and input2 [4, 3] may differ before their last dimension;"
        " bring them to the same sizes there"
    )
