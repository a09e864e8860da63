"""Every template is built as the module that its analysis promises, without a number being computed (meta tensors)."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

import blueprint
from blueprint.dimensions import Dim, substitute
from blueprint.expressions import parse_dimension
from foundry.build import build

SIZES = {"B": 2, "T": 12}


def number(dim: Dim) -> int:
    return int(str(substitute(dim, SIZES)))


def numbers(shape: tuple[int | str, ...]) -> list[int]:
    return [number(parse_dimension(dim) if isinstance(dim, str) else dim) for dim in shape]


def samples(plan: blueprint.Plan) -> list[torch.Tensor]:
    configs = [step.config for step in plan.steps if step.type == "Input"]
    return [torch.zeros(numbers(c["shape"]), dtype=getattr(torch, c["dtype"]), device="meta") for c in configs]


@pytest.mark.parametrize("name", [template.name for template in blueprint.templates()])
def test_a_built_template_is_what_its_analysis_promises(name):
    graph = blueprint.instantiate(name)
    plan, totals = blueprint.resolve(graph), blueprint.analyze(graph).totals
    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        module = build(graph)
        made = module(*samples(plan))
    assert sum(parameter.numel() for parameter in module.parameters()) == totals.params
    assert counter.get_total_flops() == SIZES["B"] * number(totals.flops)
    ends = {step.id: step for step in plan.steps if step.type == "Output"}
    results = made if isinstance(made, tuple) else (made,)
    for id, result in zip(plan.outputs, results, strict=True):
        assert list(result.shape) == numbers(ends[id].input_shapes["in"])
        assert str(result.dtype) == f"torch.{ends[id].input_dtypes['in']}"
