"""Every layer's rule agrees with torch itself: what is accepted, shapes, dtypes, parameters, operations.

What is accepted and what comes out is judged on the CPU (meta tensors let a Softmax over a missing dimension
pass); operations are counted on meta tensors.
"""

import warnings
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from blueprint import LAYERS, Graph, analyze
from tests.blueprint.configs import CASES, TOKENS, Drawn
from tests.blueprint.examples import network, single
from tests.blueprint.reference import Reference, sample

BATCH = 3
DTYPES = ("float32", "float16", "bfloat16", "int32", "int64", "uint8", "bool")
SIZES = st.lists(st.integers(1, 3), min_size=1, max_size=3)
ACTIVATIONS = ("ReLU", "GELU", "SiLU", "Tanh", "Sigmoid", "Softmax", "Flatten", "Identity", "Dropout")


def test_every_type_of_the_catalogue_is_held_against_torch() -> None:
    assert set(LAYERS) == {*CASES, "Embedding", "Add", "Concat", "Input", "Output"}


@pytest.mark.parametrize("type", CASES)
@pytest.mark.filterwarnings("ignore:Implicit dimension choice:UserWarning")
@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_rule_agrees_with_torch(type: str, data: st.DataObject) -> None:
    config, shape = data.draw(CASES[type])
    check_single(type, config, shape, "float32")


@settings(max_examples=60, deadline=None)
@given(drawn=TOKENS)
def test_embedding_agrees_with_torch(drawn: Drawn) -> None:
    check_single("Embedding", *drawn, "int64")


@settings(max_examples=120, deadline=None)
@given(
    shapes=st.lists(SIZES, min_size=2, max_size=3),
    type=st.sampled_from(["Add", "Concat"]),
    dim=st.integers(-4, 4),
)
def test_joining_agrees_with_torch(shapes: list[Any], type: str, dim: int) -> None:
    config = {"dim": dim} if type == "Concat" else {}
    inputs = {f"in{n}": (shape, "float32") for n, shape in enumerate(shapes)}
    tensors = [sample(shape, "float32", "cpu") for shape in shapes]
    expected = outcome(lambda: torch.cat(tensors, dim) if type == "Concat" else sum(tensors[1:], tensors[0]))
    agree(joined(inputs, type, config), expected)


@pytest.mark.parametrize("type", ["Add", "Concat"])
@pytest.mark.parametrize("left", DTYPES)
@pytest.mark.parametrize("right", DTYPES)
def test_joining_promotes_dtypes_as_torch_does(type: str, left: str, right: str) -> None:
    graph = joined({"a": ([2, 2], left), "b": ([2, 2], right)}, type, {})
    promoted = torch.promote_types(getattr(torch, left), getattr(torch, right))
    assert analyze(graph).nodes["layer"].outputs["out"].dtype == str(promoted).removeprefix("torch.")


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "type", ["ReLU", "GELU", "SiLU", "Tanh", "Sigmoid", "Softmax", "Flatten", "Identity", "Dropout"]
)
def test_dtypes_are_accepted_as_torch_accepts_them(type: str, dtype: str) -> None:
    made = outcome(lambda: getattr(nn, type)()(sample([2, 3], dtype, "cpu")))
    agree(single(type, {}, [2, 3], dtype), made)


@pytest.mark.parametrize("dtype", DTYPES)
def test_weights_want_floats_and_embeddings_want_tokens(dtype: str) -> None:
    def valid(type: str, config: dict[str, Any], shape: list[int | str]) -> bool:
        return analyze(single(type, config, shape, dtype)).valid

    assert valid("Linear", {"out_features": 2}, ["B", 3]) == (dtype == "float32")
    assert valid("Conv2d", {"out_channels": 2, "kernel_size": 1}, ["B", 3, 4, 4]) == (dtype == "float32")
    assert valid("LayerNorm", {}, ["B", 3]) == (dtype == "float32")
    assert valid("Embedding", {"num_embeddings": 2, "embedding_dim": 2}, ["B", 3]) == (dtype in ("int32", "int64"))


SYMBOLIC = [
    ("Conv2d", {"out_channels": 4, "kernel_size": 3, "stride": 2, "padding": 1}, ["B", 3, "H", "W"]),
    ("Conv2d", {"out_channels": 4, "kernel_size": 2, "padding": "same", "dilation": 3}, ["B", 3, "H", 2]),
    ("MaxPool2d", {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True}, ["B", 3, "H", "W"]),
    ("MaxPool2d", {"kernel_size": 2, "stride": 5, "padding": 1, "ceil_mode": True}, ["B", 3, "H", "W"]),
    ("AvgPool2d", {"kernel_size": 2}, ["B", 3, "2*H", "W + 1"]),
    ("AdaptiveAvgPool2d", {"output_size": [None, 2]}, ["B", 3, "H", "W"]),
    ("Flatten", {}, ["B", 3, "H", "W"]),
    ("Linear", {"out_features": 5}, ["B", "H", 7]),
    ("LayerNorm", {}, ["B", "H", 7]),
    ("BatchNorm2d", {}, ["B", 3, "H", "W"]),
]


@pytest.mark.parametrize(("type", "config", "shape"), SYMBOLIC)
@settings(max_examples=25, deadline=None)
@given(height=st.integers(2, 30), width=st.integers(2, 30))
def test_named_sizes_give_what_numbers_give(type: str, config: Any, shape: Any, height: int, width: int) -> None:
    sizes = {"H": height, "W": width}
    numbers = [eval(size, {}, sizes) if isinstance(size, str) and size != "B" else size for size in shape]
    named, plain = analyze(single(type, config, shape)), analyze(single(type, config, numbers))
    assert named.valid
    for mine, theirs in ((named.nodes["layer"], plain.nodes["layer"]),):
        assert computed(mine.outputs["out"].shape[1:], sizes) == list(theirs.outputs["out"].shape[1:])
        assert computed([mine.macs, mine.activation_bytes], sizes) == [theirs.macs, theirs.activation_bytes]


def computed(dims: Any, sizes: dict[str, int]) -> list[int]:
    return [eval(str(dim), {}, sizes) for dim in dims]


def check_single(type: str, config: dict[str, Any], shape: list[int | str], dtype: str) -> None:
    """Accept what torch accepts, and say the same of it."""
    numbers = [BATCH if size == "B" else size for size in shape]
    graph = single(type, config, numbers, dtype)
    module = outcome(lambda: constructed(type, config, numbers))
    made = outcome(lambda: module(sample(numbers, dtype, "cpu"))) if isinstance(module, nn.Module) else module
    agree(graph, made)
    if isinstance(made, torch.Tensor):
        figures = analyze(graph).nodes["layer"]
        assert figures.params == sum(parameter.numel() for parameter in module.parameters())
        assert figures.flops == counted_flops(module.to("meta").eval(), sample(numbers, dtype, "meta"))


def constructed(type: str, config: dict[str, Any], shape: list[Any]) -> nn.Module:
    """The torch module, given what the input determines; lists as the tuples torch wants."""
    determined = {"Conv2d": ("in_channels", -3), "BatchNorm2d": ("num_features", 1), "Linear": ("in_features", -1)}
    arguments = {name: tuple(value) if isinstance(value, list) else value for name, value in config.items()}
    if type in determined:
        name, axis = determined[type]
        arguments.setdefault(name, shape[axis])
    if type == "LayerNorm":
        arguments.setdefault("normalized_shape", shape[-1])
    module: nn.Module = getattr(nn, type)(**arguments)
    return module


def counted_flops(module: nn.Module, x: torch.Tensor) -> int:
    with FlopCounterMode(display=False) as counter:
        module(x)
    return int(counter.get_total_flops())


def outcome(make: Any) -> Any:
    """What torch makes, or its refusal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return make()
        except (RuntimeError, ValueError, IndexError, TypeError, AssertionError, NotImplementedError) as refusal:
            return refusal


def agree(graph: Graph, made: Any) -> None:
    analysis = analyze(graph)
    assert analysis.valid == isinstance(made, torch.Tensor), (made, analysis.issues)
    if analysis.valid:
        result = analysis.nodes["layer"].outputs["out"]
        assert computed(result.shape, {"B": BATCH}) == list(made.shape)
        assert result.dtype == str(made.dtype).removeprefix("torch.")


def joined(inputs: dict[str, tuple[list[int | str], str]], type: str, config: dict[str, Any]) -> Graph:
    sources = [(id, "Input", {"shape": shape, "dtype": dtype}) for id, (shape, dtype) in inputs.items()]
    return network(
        [*sources, ("layer", type, config), ("out", "Output", {})],
        [*((id, "layer") for id in inputs), ("layer", "out")],
    )


def test_a_whole_plan_runs_in_torch_with_the_shapes_it_names() -> None:
    graph = network(
        [
            ("in", "Input", {"shape": ["B", 3, 8, 8]}),
            ("c", "Conv2d", {"out_channels": 4, "kernel_size": 3, "padding": "same"}),
            ("s", "Conv2d", {"out_channels": 4, "kernel_size": 1}),
            ("sum", "Add", {}),
            ("both", "Concat", {}),
            ("out", "Output", {}),
        ],
        [("in", "c"), ("in", "s"), ("c", "sum"), ("s", "sum"), ("sum", "both"), ("in", "both"), ("both", "out")],
    )
    reference = Reference(graph)
    made = reference(torch.zeros(BATCH, 3, 8, 8))
    for step in reference.plan.steps:
        for size in step.output_shapes.values():
            assert list(made[step.id].shape) == computed(size, {"B": BATCH})
