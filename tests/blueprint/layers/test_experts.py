"""Mixtures of experts held against the classes that run them, and those against a plain loop over tokens."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from blueprint import analyze
from foundry.modules.experts import Experts
from foundry.modules.mo_e import MoE
from foundry.modules.router import Router
from tests.blueprint.layers.drawing import BOOLEANS, MOSTLY_FLOAT32, settings_of, shapes
from tests.blueprint.layers.held import held
from tests.blueprint.oracle import agree, around, sample

PORTS = ("in", "weights", "indices")
ACTIVATIONS = st.sampled_from(["relu", "gelu", "silu"])
COUNTS = {"num_experts": st.integers(1, 5), "top_k": st.integers(1, 4)}
INSIDE = {"hidden_features": st.integers(1, 8)}


@settings(deadline=None)
@given(settings_of(COUNTS, normalize=BOOLEANS), shapes(1, 4), MOSTLY_FLOAT32)
def test_router_agrees_with_torch(config: dict[str, Any], shape: list[int], dtype: str) -> None:
    held("Router", config, [(shape, dtype)], lambda: Router(shape[-1], **config), open=range(len(shape) - 1))


def moved(type: str, config: dict[str, Any], entering: Any, module: nn.Module) -> None:
    """Counted on the CPU: where tokens go depends on what they hold, which meta tensors do not tell."""
    analysis = analyze(around(type, config, entering, PORTS[: len(entering)]))
    with FlopCounterMode(display=False) as counter:
        module(*(sample(shape, dtype) for shape, dtype in entering))
    assert analysis.valid
    assert analysis.nodes["layer"].flops == counter.get_total_flops()
    assert analysis.nodes["layer"].params == sum(each.numel() for each in module.parameters())


@settings(deadline=None)
@given(settings_of(COUNTS | INSIDE, bias=BOOLEANS, activation=ACTIVATIONS), shapes(2, 3))
def test_experts_cost_what_torch_counts(config: dict[str, Any], shape: list[int]) -> None:
    k = config.pop("top_k")
    entering = [(shape, "float32"), ([*shape[:-1], k], "float32"), ([*shape[:-1], k], "int64")]
    moved("Experts", config, entering, Experts(shape[-1], **config))


@settings(deadline=None)
@given(settings_of(COUNTS | INSIDE, bias=BOOLEANS, activation=ACTIVATIONS, normalize=BOOLEANS), shapes(2, 3))
def test_moe_costs_what_torch_counts(config: dict[str, Any], shape: list[int]) -> None:
    config["top_k"] = min(config["top_k"], config["num_experts"])
    moved("MoE", config, [(shape, "float32")], MoE(shape[-1], **config))


def test_more_experts_than_there_are_cannot_be_taken() -> None:
    config = {"num_experts": 2, "top_k": 3, "hidden_features": 4}
    (issue,) = [i for i in analyze(around("MoE", config, [([2, 3, 4], "float32")])).issues if i.node == "layer"]
    assert issue.message == "MoE `layer`: top_k is 3 but there are 2 experts; set top_k to at most 2, or add experts"
    with pytest.raises(RuntimeError):
        MoE(4, num_experts=2, top_k=3, hidden_features=4)(torch.zeros(2, 3, 4))


@pytest.mark.parametrize(
    ("entering", "words"),
    [
        ([([4], "float32")], "needs tokens [..., features] but gets [4], which has 1 dimension"),
        ([(["B", 4], "int64")], "has float32 weights but gets int64"),
        ([(["B", 3, "F"], "float32")], "cannot size its weights"),
    ],
)
def test_what_is_no_batch_of_tokens_is_refused(entering: Any, words: str) -> None:
    found = analyze(around("Router", {"num_experts": 2}, entering))
    assert any(words in issue.message for issue in found.issues)


def test_a_choice_must_fit_its_tokens() -> None:
    config = {"num_experts": 2, "hidden_features": 4}
    entering = [([2, 3, 4], "float32"), ([2, 2, 1], "float32"), ([2, 2, 1], "int64")]
    messages = [issue.message for issue in analyze(around("Experts", config, entering, PORTS)).issues]
    assert any("weights [2, 2, 1] and indices [2, 2, 1] do not fit tokens [2, 3, 4]" in each for each in messages)


@given(shapes(1, 3), MOSTLY_FLOAT32, st.sampled_from([0, 0.01, 1]))
def test_aux_loss_head_agrees_with_torch(shape: list[int], dtype: str, weight: float) -> None:
    agree("AuxLossHead", {"weight": weight}, [(shape, dtype)], lambda: lambda x: weight * x.mean())


def test_experts_do_what_a_loop_over_tokens_does() -> None:
    torch.manual_seed(0)
    moe = MoE(6, num_experts=4, hidden_features=5, top_k=2)
    x = torch.randn(2, 7, 6)
    out, loss = moe(x)
    for token, result in zip(x.flatten(0, 1), out.flatten(0, 1), strict=True):
        chances = (moe.router.gate.weight @ token).softmax(0)
        best = chances.topk(2)
        parts = [share * moe.experts.experts[int(n)](token) for share, n in zip(*best, strict=True)]
        assert torch.allclose(torch.stack(parts).sum(0) / best.values.sum(), result, atol=1e-6)
    assert loss.item() == pytest.approx(_balance(moe, x), rel=1e-5)
    loss.backward()
    assert moe.router.gate.weight.grad is not None


def _balance(moe: MoE, x: torch.Tensor) -> float:
    """Equation 4 of Fedus et al. 2021, a token counting as one half in each of its two experts."""
    chances = moe.router.gate(x).softmax(-1).flatten(0, 1)
    taken = [(chances.topk(2).indices == n).float().mean().item() * 2 / 2 for n in range(4)]
    total: float = 4 * sum(share * mean for share, mean in zip(taken, chances.mean(0).tolist(), strict=True))
    return total
