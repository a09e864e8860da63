"""Every template is built as the module that its analysis promises; the large ones on meta tensors, without numbers."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

import blueprint
from blueprint.dimensions import Dim, substitute
from blueprint.expressions import parse_dimension
from foundry.build import build

SIZES = {"B": 2, "T": 12}
# Templates with experts, and values with which they are small.
ROUTED = {"moe-transformer": {"vocabulary": 50, "depth": 2, "heads": 2, "hidden": 32}, "policy-2048": {}}


def number(dim: Dim) -> int:
    return int(str(substitute(dim, SIZES)))


def numbers(shape: tuple[int | str, ...]) -> list[int]:
    return [number(parse_dimension(dim) if isinstance(dim, str) else dim) for dim in shape]


def samples(plan: blueprint.Plan, device: str) -> list[torch.Tensor]:
    configs = [step.config for step in plan.steps if step.type == "Input"]
    return [torch.zeros(numbers(c["shape"]), dtype=getattr(torch, c["dtype"]), device=device) for c in configs]


def check_results(plan: blueprint.Plan, made: torch.Tensor | tuple[torch.Tensor, ...]) -> None:
    ends = {step.id: step for step in plan.steps if step.type == "Output"}
    results = made if isinstance(made, tuple) else (made,)
    for id, result in zip(plan.outputs, results, strict=True):
        assert list(result.shape) == numbers(ends[id].input_shapes["in"])
        assert str(result.dtype) == f"torch.{ends[id].input_dtypes['in']}"


@pytest.mark.parametrize("name", [t.name for t in blueprint.templates() if t.name not in ROUTED])
def test_a_built_template_is_what_its_analysis_promises(name):
    graph = blueprint.instantiate(name)
    plan, totals = blueprint.resolve(graph), blueprint.analyze(graph).totals
    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        module = build(graph)
        made = module(*samples(plan, "meta"))
    assert sum(parameter.numel() for parameter in module.parameters()) == totals.params
    assert counter.get_total_flops() == SIZES["B"] * number(totals.flops)
    check_results(plan, made)


@pytest.mark.parametrize("name", ROUTED)
def test_a_template_with_experts_is_built_so_too(name):
    """Which expert a token takes depends on numbers, so these run for real."""
    graph = blueprint.instantiate(name, ROUTED[name])
    plan, module = blueprint.resolve(graph), build(graph)
    assert sum(parameter.numel() for parameter in module.parameters()) == blueprint.analyze(graph).totals.params
    check_results(plan, module(*samples(plan, "cpu")))
