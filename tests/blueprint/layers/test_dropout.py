"""Dropouts, held against PyTorch in training."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from blueprint import analyze
from foundry.modules.drop_path import DropPath
from tests.blueprint.examples import single
from tests.blueprint.layers.drawing import Drawn, drawn, settings_of, shapes
from tests.blueprint.layers.ends_kept import keeps_the_same_ends
from tests.blueprint.layers.held import held

CHANCES = st.sampled_from([0, 0.3, 1])
TYPES = ("Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout")


@pytest.mark.parametrize("type", TYPES)
@settings(deadline=None)
@given(data=st.data())
def test_dropouts_agree_with_torch(type: str, data: st.DataObject) -> None:
    config, (shape, dtype) = data.draw(drawn(settings_of(p=CHANCES), shapes(1, 6)))
    held(type, config, [(shape, dtype)], lambda: getattr(nn, type)(**config), open=range(len(shape)))
    keeps_the_same_ends(type, config, [(shape, dtype)], lambda: getattr(nn, type)(**config))


class StochasticDepth(nn.Module):
    """As torchvision writes it."""

    def __init__(self, p: float = 0.1, mode: str = "row") -> None:
        super().__init__()
        self.p, self.mode = p, mode

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training or self.p == 0.0:
            return x
        size = [x.shape[0] if self.mode == "row" else 1] + [1] * (x.ndim - 1)
        noise = torch.empty(size, dtype=x.dtype).bernoulli_(1 - self.p)
        return x * noise.div_(1 - self.p)


@settings(deadline=None)
@given(drawn(settings_of(p=st.sampled_from([0, 0.3]), mode=st.sampled_from(["row", "batch"])), shapes(1, 5)))
def test_drop_path_agrees_with_torch(case: Drawn) -> None:
    config, (shape, dtype) = case
    held("DropPath", config, [(shape, dtype)], lambda: StochasticDepth(**config), open=range(len(shape)))
    keeps_the_same_ends("DropPath", config, [(shape, dtype)], lambda: DropPath(**config))


@settings(deadline=None)
@given(drawn(settings_of(p=CHANCES, mode=st.sampled_from(["row", "batch"])), shapes(1, 5)))
def test_the_class_of_drop_path_does_as_its_rule_says(case: Drawn) -> None:
    config, entering = case
    held("DropPath", config, [entering], lambda: DropPath(**config))


def test_drop_path_leaves_out_whole_samples() -> None:
    torch.manual_seed(0)
    x = torch.ones(1000, 2, 3)
    kept = DropPath(0.25)(x)
    assert kept.unique().tolist() == [0, pytest.approx(1 / 0.75)]
    assert (kept.flatten(1).amax(1) == kept.flatten(1).amin(1)).all()
    assert 0.7 < (kept[:, 0, 0] > 0).float().mean() < 0.8
    assert DropPath(0.25, "batch")(x).unique().numel() == 1
    assert torch.equal(DropPath(0.25).eval()(x), x)
    assert torch.equal(DropPath(1)(x), torch.zeros_like(x))


MESSAGES = [
    (
        ("Dropout1d", {}, ["B", 3, 8, 8]),
        "error",
        "needs a signal [N, C, L] or [C, L] but gets [B, 3, 8, 8], which has 4 dimensions;"
        " use Dropout, or reshape before it",
    ),
    (
        ("Dropout2d", {}, ["B", 64]),
        "warning",
        "takes the first two dimensions of [B, 64] for samples and channels;"
        " feed it images [N, C, H, W], or use Dropout or Dropout1d",
    ),
    (
        ("FeatureAlphaDropout", {}, ["B"]),
        "error",
        "needs channels as second dimension but gets [B]; feed it [N, C, ...], or use Dropout",
    ),
    (
        ("Dropout", {"p": 1.5}, ["B", 8]),
        "error",
        "p is 1.5; it must be a number from 0 to 1",
    ),
]


@pytest.mark.parametrize(("node", "severity", "message"), MESSAGES)
def test_messages_say_how_to_mend_it(node: Any, severity: str, message: str) -> None:
    type, config, shape = node
    (issue,) = [each for each in analyze(single(type, config, shape)).issues if each.node == "layer"]
    assert (issue.severity, issue.message) == (severity, f"{type} `layer`: {message}")
