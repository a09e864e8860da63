"""The bytes kept for backward are those autograd keeps: saved-tensor hooks count them on the CPU."""

from statistics import median
from typing import Any

import pytest
import torch

from blueprint import Graph, analyze, instantiate, resolve, templates
from blueprint.dimensions import substitute, total
from foundry.build import build
from tests.blueprint.examples import network, single
from tests.blueprint.oracle import sample
from tests.foundry.smaller import SIZES, SMALLER

BATCH = 3
# The furthest off of all templates.
WORST = 0.25


def measured(graph: Graph, sizes: dict[str, int] | None = None) -> int:
    """Bytes of the distinct storages autograd keeps in one training forward, parameters left out."""
    module = build(graph).train()
    parameters = {parameter.untyped_storage().data_ptr() for parameter in module.parameters()}
    kept: dict[int, torch.UntypedStorage] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in parameters:
            kept[storage.data_ptr()] = storage
        return tensor

    plan = resolve(graph)
    steps = {step.id: step for step in plan.steps}
    given = [
        sample(_numbers(steps[id].output_shapes["out"], sizes or {}), steps[id].output_dtypes["out"])
        for id in plan.inputs
    ]
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        module(*given)
    return sum(storage.nbytes() for storage in kept.values())


def _numbers(shape: Any, sizes: dict[str, int]) -> list[int]:
    return [eval(str(size), {}, {"B": BATCH, **sizes}) for size in shape]


def told(graph: Graph, batch: int = BATCH, sizes: dict[str, int] | None = None) -> int:
    """What the analysis says, for a batch: training memory without weights, gradients and optimiser state."""
    totals = analyze(graph, batch=batch, optimizer="sgd").totals
    kept = totals.training_bytes - totals.weight_bytes - 4 * totals.trainable_params
    return int(str(substitute(kept, sizes or {})))


@pytest.mark.parametrize("name", ["digits-cnn", "digits-mlp", "digits-resnet", "lenet-5", "resnet-18"])
def test_these_templates_keep_exactly_what_autograd_keeps(name: str) -> None:
    graph = instantiate(name, SMALLER.get(name, {}))
    assert told(graph, sizes=SIZES) == measured(graph, SIZES)


def test_templates_keep_what_autograd_keeps() -> None:
    """Within a tenth for the half of them, and within WORST for all."""
    errors = {}
    for template in templates():
        graph = instantiate(template.name, SMALLER.get(template.name, {}))
        kept = measured(graph, SIZES)
        errors[template.name] = abs(told(graph, sizes=SIZES) - kept) / kept
    assert median(errors.values()) <= 0.1, errors
    assert max(errors.values()) <= WORST, errors


def test_a_tensor_kept_by_two_layers_counts_once_and_views_cost_nothing() -> None:
    graph = network(
        [
            ("in", "Input", {"shape": ["B", 4]}),
            ("first", "Linear", {"out_features": 4}),
            ("flat", "Flatten", {}),
            ("same", "Identity", {}),
            ("left", "Linear", {"out_features": 3}),
            ("right", "Linear", {"out_features": 3}),
            ("sum", "Add", {}),
            ("out", "Output", {}),
        ],
        [
            ("in", "first"),
            ("first", "flat"),
            ("first", "same"),
            ("flat", "left"),
            ("same", "right"),
            ("left", "sum"),
            ("right", "sum"),
            ("sum", "out"),
        ],
    )
    assert told(graph, batch=1) == 2 * 4 * 4
    assert told(graph) == measured(graph)


def test_tokens_count_in_their_own_size() -> None:
    graph = single("Embedding", {"num_embeddings": 5, "embedding_dim": 2}, ["B", 7], "int64")
    assert told(graph) == measured(graph) == BATCH * 7 * 8


def test_nothing_is_kept_where_nothing_learns() -> None:
    graph = single("Tanh", {}, ["B", 4])
    assert told(graph) == measured(graph) == 0


def test_totals_add_up_and_follow_the_settings() -> None:
    graph = instantiate("digits-cnn")
    analysis = analyze(graph)
    totals = analysis.totals
    assert totals.activation_bytes == total(figures.activation_bytes for figures in analysis.nodes.values())
    assert totals.weight_bytes == 4 * totals.params
    assert totals.training_bytes == 4 * totals.weight_bytes + substitute(totals.activation_bytes, {})
    larger = analyze(graph, batch=64, optimizer="sgd")
    assert larger.totals.activation_bytes == totals.activation_bytes
    assert told(graph, 64) > 60 * told(graph, 1)
    half = analyze(graph, precision="bfloat16").totals
    assert 4 * totals.weight_bytes < int(str(half.training_bytes)) < int(str(totals.training_bytes))


@pytest.mark.parametrize("setting", [{"batch": 0}, {"precision": "float8"}, {"optimizer": "magic"}])
def test_unknown_settings_are_refused(setting: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(setting))):
        analyze(instantiate("digits-mlp"), **setting)
