"""Squeeze-and-excitation and learned scales, held against the same written by hand."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from tests.blueprint.examples import single
from tests.blueprint.issues import complaint
from tests.blueprint.layers.drawing import MOSTLY_FLOAT32, Drawn, drawn, settings_of, shapes, spatial
from tests.blueprint.layers.held import held


class Excited(nn.Module):
    """Hu et al. 2018, section 3, with convolutions of 1x1 for the two matrices."""

    def __init__(self, channels: int, between: int, activation: nn.Module, gate: nn.Module) -> None:
        super().__init__()
        self.down, self.up = nn.Conv2d(channels, between, 1), nn.Conv2d(between, channels, 1)
        self.activation, self.gate = activation, gate

    def forward(self, x: Tensor) -> Tensor:
        mean = nn.functional.adaptive_avg_pool2d(x, 1)
        scale: Tensor = self.gate(self.up(self.activation(self.down(mean))))
        return x * scale


EXCITING = settings_of(
    {"squeeze_channels": st.integers(1, 6)},
    activation=st.sampled_from(["ReLU", "SiLU", "GELU", "Hardswish"]),
    scale_activation=st.sampled_from(["Sigmoid", "Hardsigmoid"]),
    input_channels=st.integers(1, 6),
)


@settings(deadline=None)
@given(drawn(EXCITING, spatial(2)))
def test_squeeze_excite_agrees_with_torch(case: Drawn) -> None:
    config, (shape, dtype) = case
    activation = getattr(nn, config.get("activation", "ReLU"))
    gate = getattr(nn, config.get("scale_activation", "Sigmoid"))
    channels = config.get("input_channels", shape[-3] if len(shape) > 2 else 1)
    held(
        "SqueezeExcite",
        config,
        [(shape, dtype)],
        lambda: Excited(channels, config["squeeze_channels"], activation(), gate()),
        open=(-2, -1) if len(shape) == 3 else (0, -2, -1),
    )


class Scaled(nn.Module):
    """A number for each feature."""

    def __init__(self, features: int, dim: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(features))
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        if x.dtype != torch.float32:
            raise TypeError("PyTorch would promote these; beside float32 weights they are a mistake")
        if x.shape[self.dim] != self.gamma.numel():
            raise ValueError("PyTorch would stretch a size of 1; it is one feature, not many")
        return (x.movedim(self.dim, -1) * self.gamma).movedim(-1, self.dim)


@settings(deadline=None)
@given(settings_of(init=st.sampled_from([0, 1e-6, 1]), dim=st.integers(-5, 4)), shapes(1, 4), MOSTLY_FLOAT32)
def test_layer_scale_agrees_with_torch(config: dict[str, Any], shape: list[int], dtype: str) -> None:
    dim = config.get("dim", -1)
    held("LayerScale", config, [(shape, dtype)], lambda: Scaled(shape[dim], dim))


@settings(deadline=None)
@given(shapes(1, 4), st.integers(1, 4), MOSTLY_FLOAT32)
def test_a_layer_scale_that_names_its_features_wants_them(shape: list[int], features: int, dtype: str) -> None:
    held(
        "LayerScale",
        {"features": features},
        [(shape, dtype)],
        lambda: Scaled(features, -1),
        open=range(len(shape) - 1),
    )


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (
            ("SqueezeExcite", {"squeeze_channels": 4}, ["B", 64]),
            "SqueezeExcite `layer`: needs an image [N, C, H, W] or [C, H, W] but gets [B, 64], which has 2 dimensions;"
            " feed it an image, before any Flatten",
        ),
        (
            ("SqueezeExcite", {"squeeze_channels": 4, "scale_activation": "Softmax"}, ["B", 8, 4, 4]),
            'SqueezeExcite `layer`: scale_activation is "Softmax"; it must be one of "Sigmoid", "Hardsigmoid"',
        ),
        (
            ("LayerScale", {"dim": 2}, ["B", 8]),
            "LayerScale `layer`: dim is 2 but the input has 2 dimensions; set dim to a value from -2 to 1",
        ),
        (
            ("LayerScale", {}, ["B", 8, "W"]),
            "LayerScale `layer`: cannot size its weights: the input gives features = W, which is not a number;"
            " give the Input a fixed size there, or pool to one",
        ),
    ],
)
def test_mistakes_are_told_with_what_to_do(layer: Any, message: str) -> None:
    assert complaint(single(*layer)) == message
