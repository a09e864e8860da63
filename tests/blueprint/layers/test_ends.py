"""Where tensors come from: Inputs, constants, and parameters of their own."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from blueprint import Analysis, Graph, analyze
from foundry.modules.constant import Constant
from foundry.modules.parameter import Parameter
from tests.blueprint.examples import chain, network
from tests.blueprint.issues import complaint
from tests.blueprint.layers.drawing import ANY_DTYPE, DTYPES, settings_of, shapes
from tests.blueprint.oracle import outcome, sample

BESIDE = [("in", "Input", {"shape": ["B", 2]}), ("seen", "Output", {})]


def alone(type: str, config: dict[str, Any]) -> Graph:
    """A layer that nothing enters, beside an Input and an Output."""
    return network([*BESIDE, ("layer", type, config), ("out", "Output", {})], [("in", "seen"), ("layer", "out")])


def found(type: str, config: dict[str, Any]) -> Analysis:
    return analyze(alone(type, config))


@given(shapes(1, 8), ANY_DTYPE)
def test_inputs_give_what_they_say(shape: list[int], dtype: str) -> None:
    analysis = analyze(chain(("in", "Input", {"shape": shape, "dtype": dtype}), ("out", "Output", {})))
    tensor, made = analysis.nodes["in"].outputs["out"], sample(shape, dtype)
    assert analysis.issues == ()
    assert (list(tensor.shape), f"torch.{tensor.dtype}") == (list(made.shape), str(made.dtype))


VALUES = st.integers(-300, 300) | st.sampled_from([0.5, 1.0, 65504, 65505, 70_000, 2**31 - 1, 2**31, 1e20, -1])


def holds(value: float, dtype: str) -> bool:
    """Whether a dtype holds a value as it is; PyTorch cuts fractions off, wraps -1 and makes 70000 infinite."""
    kind = getattr(torch, dtype)
    if kind.is_floating_point:
        return abs(value) <= torch.finfo(kind).max
    low, high = (0, 1) if dtype == "bool" else (torch.iinfo(kind).min, torch.iinfo(kind).max)
    # Integers are settings, which end at 2^31 - 1 in either direction.
    return int(value) == value and max(low, -(2**31) + 1) <= value <= min(high, 2**31 - 1)


@settings(deadline=None)
@given(VALUES, st.none() | shapes(1, 4), st.none() | ANY_DTYPE)
def test_constants_are_full_of_their_number(value: float, shape: list[int] | None, dtype: str | None) -> None:
    config = {"value": value, "shape": shape, "dtype": dtype}
    given = {name: setting for name, setting in config.items() if setting is not None}
    analysis = found("Constant", given)
    dtype = dtype or "float32"
    assert analysis.valid == holds(value, dtype), (given, analysis.issues)
    if analysis.valid:
        made = Constant(value, tuple(shape or [1]), dtype)()
        tensor = analysis.nodes["layer"].outputs["out"]
        assert (list(tensor.shape), f"torch.{tensor.dtype}") == (list(made.shape), str(made.dtype))
        assert bool((made == torch.full(made.shape, value, dtype=made.dtype)).all())
        assert (analysis.nodes["layer"].params, analysis.nodes["layer"].macs) == (0, 0)


@pytest.mark.parametrize("dtype", DTYPES)
def test_pytorch_takes_what_a_constant_may_hold(dtype: str) -> None:
    for value in (0, 1, 255, -(2**31) + 1, 2**31 - 1, 65504, 0.5):
        if holds(value, dtype):
            _, made = outcome(lambda: lambda: torch.full((1,), value, dtype=getattr(torch, dtype)), [])  # noqa: B023
            assert isinstance(made, tuple)


PARAMETERS = settings_of(
    {"shape": shapes(1, 4)},
    init=st.sampled_from(["zeros", "ones", "normal"]),
    std=st.sampled_from([0, 0.5]),
    trainable=st.booleans(),
)


@settings(deadline=None)
@given(PARAMETERS)
def test_parameters_count_their_numbers(config: dict[str, Any]) -> None:
    analysis = found("Parameter", config)
    figures = analysis.nodes["layer"]
    given = {name: value for name, value in config.items() if name not in ("trainable", "shape")}
    made = Parameter(tuple(config["shape"]), **given)
    assert list(figures.outputs["out"].shape) == list(made().shape)
    assert figures.params == sum(each.numel() for each in made.parameters())
    assert figures.trainable_params == (figures.params if config.get("trainable", True) else 0)
    first = {"ones": 1.0, "zeros": 0.0}.get(config.get("init", "zeros"))
    assert first is None or bool((made() == first).all())


def test_normal_parameters_have_the_deviation_asked_for() -> None:
    torch.manual_seed(1)
    assert Parameter((10_000,), "normal", 0.5)().std().item() == pytest.approx(0.5, rel=0.05)


@pytest.mark.parametrize(("source", "kept"), [("p", 0), ("in", 4 * 4)])
def test_a_parameter_is_learnt_and_no_activation(source: str, kept: int) -> None:
    """A scale keeps what it multiplies for the backward pass; a parameter is there anyway."""
    nodes = [("in", "Input", {"shape": [4]}), ("p", "Parameter", {"shape": [4]}), ("sum", "Add", {})]
    graph = network(
        [*nodes, ("scale", "LayerScale", {}), ("out", "Output", {})],
        [(source, "scale"), ("scale", "sum"), ("in", "sum"), ("p", "sum"), ("sum", "out")],
    )
    analysis = analyze(graph)
    assert analysis.issues == ()
    assert analysis.totals.activation_bytes == kept


@pytest.mark.parametrize(
    ("type", "config", "message"),
    [
        (
            "Parameter",
            {"shape": ["B", 8]},
            "Parameter `layer`: shape names 1 size such as B, but no input tells how much that is;"
            " give the sizes as numbers; a size of 1 stretches in arithmetic",
        ),
        (
            "Constant",
            {"value": 0.5, "dtype": "int64"},
            "Constant `layer`: value is not whole but dtype is int64; round it, or use dtype float32",
        ),
        (
            "Constant",
            {"value": 300, "dtype": "uint8"},
            "Constant `layer`: value is more than uint8 can hold; use a number from 0 to 255",
        ),
        ("Constant", {}, "Constant `layer`: needs value; set it to a number"),
    ],
)
def test_mistakes_are_told_with_what_to_do(type: str, config: dict[str, Any], message: str) -> None:
    assert complaint(alone(type, config)) == message
