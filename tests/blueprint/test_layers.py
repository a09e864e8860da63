"""What holds of every layer: it is held against torch in `layers`, and its rule has an answer to any tensors.

The rules themselves are tested in `tests/blueprint/layers`, a file for each family.
"""

from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from blueprint import LAYERS, Tensor, resolve
from blueprint.catalogue.layer import Port
from blueprint.catalogue.settings import read_config
from blueprint.dimensions import TooComplex, symbol
from blueprint.ports import HOLDERS
from foundry.build import build
from tests.blueprint.examples import Layer, network
from tests.blueprint.layers.drawing import ANY_DTYPE
from tests.blueprint.random_settings import random_config

BATCH = 3
RULES = [type for type in LAYERS if type not in HOLDERS]
SIZE = st.integers(1, 9) | st.sampled_from([symbol("H"), symbol("W") * 2, symbol("H") + 1, symbol("H") // 2])
SHAPES = st.lists(SIZE, max_size=7).map(tuple)
TENSORS = st.builds(Tensor, SHAPES, ANY_DTYPE | st.just("float32"))


def test_every_type_of_the_catalogue_is_held_against_torch() -> None:
    written = "".join(path.read_text() for path in Path(__file__).with_name("layers").glob("test_*.py"))
    assert [type for type in RULES if f'"{type}"' not in written] == []


@pytest.mark.parametrize("type", RULES)
@given(data=st.data())
def test_a_rule_tells_facts_or_an_error_of_any_tensors(type: str, data: st.DataObject) -> None:
    """Ranks and dtypes that no Input gives come from other layers, among them single numbers."""
    layer = LAYERS[type]
    told: list[bool | None] = []

    def report(verdict: bool | None, code: str, what: str, mend: str, /) -> bool:
        assert what, mend
        told.append(verdict)
        return verdict is not False

    drawn = st.just(layer.example.config) | st.randoms().map(lambda chance: random_config(layer, chance))
    config = read_config(layer, data.draw(drawn), report)
    if config is None:
        return
    tensors = [data.draw(entering(port)) for port in layer.inputs]
    try:
        facts = layer.rule(*tensors, config, report)
    except TooComplex:
        return
    assert facts is not None or False in told, (type, tensors)


def entering(port: Port) -> st.SearchStrategy[Any]:
    """What a rule may be given for a port."""
    if port.variadic:
        return st.lists(TENSORS, min_size=port.minimum, max_size=3).map(tuple)
    return st.none() | TENSORS if port.optional and not port.stand_in else TENSORS


def test_a_whole_plan_runs_in_torch_with_the_shapes_it_names() -> None:
    layers: list[Layer] = [
        ("c", "Conv2d", {"out_channels": 4, "kernel_size": 3, "padding": "same"}),
        ("s", "Conv2d", {"out_channels": 4, "kernel_size": 1}),
        ("sum", "Add", {}),
        ("both", "Concat", {}),
    ]
    edges = [("in", "c"), ("in", "s"), ("c", "sum"), ("s", "sum"), ("sum", "both"), ("in", "both")]
    ends: list[Layer] = [(f"out-{id}", "Output", {}) for id, _, _ in layers]
    graph = network(
        [("in", "Input", {"shape": ["B", 3, 8, 8]}), *layers, *ends],
        [*edges, *((id, f"out-{id}") for id, _, _ in layers)],
    )
    made = build(graph)(torch.zeros(BATCH, 3, 8, 8))
    plan = resolve(graph)
    shapes = {step.id: step.input_shapes["in"] for step in plan.steps if step.type == "Output"}
    for id, tensor in zip(plan.outputs, made, strict=True):
        assert [BATCH if size == "B" else size for size in shapes[id]] == list(tensor.shape)
