"""The bytes kept for backward are those autograd keeps: saved-tensor hooks count them on the CPU."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from blueprint import Graph, analyze, instantiate, templates
from blueprint.dimensions import substitute, total
from tests.blueprint.configs import CASES
from tests.blueprint.examples import chain, network, single
from tests.blueprint.reference import Reference, sample

BATCH = 3


def measured(graph: Graph) -> int:
    """Bytes of the distinct storages autograd keeps in one training forward, parameters left out."""
    reference = Reference(graph).train()
    parameters = {parameter.untyped_storage().data_ptr() for parameter in reference.parameters()}
    kept: dict[int, torch.UntypedStorage] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in parameters:
            kept[storage.data_ptr()] = storage
        return tensor

    inputs = [step.config for step in reference.plan.steps if step.type == "Input"]
    given = [sample(_numbers(config["shape"]), config["dtype"], "cpu") for config in inputs]
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        reference(*given)
    return sum(storage.nbytes() for storage in kept.values())


def _numbers(shape: Any) -> list[Any]:
    return [BATCH if size == "B" else size for size in shape]


def told(graph: Graph, batch: int = BATCH) -> int:
    """What the analysis says, for a batch: training memory without weights, gradients and optimiser state."""
    totals = analyze(graph, batch=batch, optimizer="sgd").totals
    return int(str(totals.training_bytes)) - 2 * totals.weight_bytes


@pytest.mark.parametrize("name", [template.name for template in templates() if template.name.startswith("digits-")])
def test_templates_keep_what_autograd_keeps(name: str) -> None:
    graph = instantiate(name)
    assert told(graph) == measured(graph)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("type", CASES)
@pytest.mark.parametrize("before", [None, ("before", "Dropout", {"p": 0.5}), ("before", "LayerNorm", {})])
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_each_layer_keeps_what_autograd_keeps(type: str, before: Any, data: st.DataObject) -> None:
    config, shape = data.draw(CASES[type])
    layers = [("in", "Input", {"shape": _numbers(shape)}), before, ("layer", type, config), ("out", "Output", {})]
    graph = chain(*(layer for layer in layers if layer))
    if analyze(graph).valid:
        assert told(graph) == measured(graph)


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
