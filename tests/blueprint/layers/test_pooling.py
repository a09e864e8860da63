"""Poolings by windows, to a size, global, and undone, held against PyTorch."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from blueprint import Graph, analyze
from tests.blueprint.examples import Layer, network, single
from tests.blueprint.layers.drawing import BOOLEANS, Config, drawn, settings_of, shapes, sizes, spatial, tuples
from tests.blueprint.layers.ends_kept import keeps_the_same_ends
from tests.blueprint.layers.held import held
from tests.blueprint.oracle import agree, around, kept_bytes, sample

POSITIVE = st.none() | st.integers(1, 5)


def window(axes: int, **more: Any) -> st.SearchStrategy[Config]:
    return settings_of({"kernel_size": sizes(axes, 1, 4)}, stride=sizes(axes, 1, 4) | st.none(), **more)


def pools(axes: int) -> dict[str, st.SearchStrategy[Config]]:
    """The settings of every pooling by windows over so many axes."""
    overriding = {"divisor_override": POSITIVE} if axes > 1 else {}
    bordered = {"padding": sizes(axes, 0, 2), "ceil_mode": BOOLEANS}
    found = {
        "MaxPool": window(axes, dilation=sizes(axes, 1, 3), return_indices=BOOLEANS, **bordered),
        "AvgPool": window(axes, count_include_pad=BOOLEANS, **overriding, **bordered),
    }
    if axes < 3:
        norm = st.sampled_from([1, 2, 2.5, -1, 0.3]).map(lambda norm: {"norm_type": norm})
        plain = window(axes, ceil_mode=BOOLEANS)
        found["LPPool"] = st.tuples(norm, plain).map(lambda parts: {**parts[0], **parts[1]})
    return found


BY_WINDOWS = ("MaxPool1d", "MaxPool2d", "MaxPool3d", "AvgPool1d", "AvgPool2d", "AvgPool3d", "LPPool1d", "LPPool2d")


@pytest.mark.parametrize("type", BY_WINDOWS)
@settings(deadline=None)
@given(data=st.data())
def test_pooling_by_windows_agrees_with_torch(type: str, data: st.DataObject) -> None:
    axes = int(type[-2])
    config, entering = data.draw(drawn(pools(axes)[type[:-2]], spatial(axes, 6 if axes == 3 else 9)))
    # PyTorch's LPPool1d multiplies by its kernel_size, which must be a plain number there.
    given = {name: value[0] if axes == 1 and isinstance(value, list) else value for name, value in config.items()}
    held(type, config, [entering], lambda: getattr(nn, type)(**tuples(given)), open=range(-axes, 0))
    keeps_the_same_ends(type, config, [entering], lambda: getattr(nn, type)(**tuples(given)))


def test_a_norm_of_exponent_0_is_refused() -> None:
    """PyTorch divides by zero."""
    with pytest.raises(ZeroDivisionError):
        nn.LPPool1d(0, 2)(torch.ones(1, 4))
    assert message(single("LPPool1d", {"norm_type": 0, "kernel_size": 2}, ["B", 3, 8])) == (
        "LPPool1d `layer`: norm_type is 0, which has no root; set it to 1, 2 or more"
    )


def adaptive(axes: int, largest: bool) -> st.SearchStrategy[Config]:
    one = st.integers(1, 5)
    several = st.lists(st.none() | one, min_size=axes, max_size=axes)
    wanted = one if axes == 1 else one | several
    more: dict[str, Any] = {"return_indices": BOOLEANS} if largest else {}
    return settings_of({"output_size": wanted}, **more)


TO_A_SIZE = (
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveAvgPool3d",
    "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d",
    "AdaptiveMaxPool3d",
)


@pytest.mark.parametrize("type", TO_A_SIZE)
@settings(deadline=None)
@given(data=st.data())
def test_adaptive_pooling_agrees_with_torch(type: str, data: st.DataObject) -> None:
    axes = int(type[-2])
    config, entering = data.draw(drawn(adaptive(axes, "Max" in type), spatial(axes, 6)))
    if "Avg" in type and len(entering[0]) not in (axes + 1, axes + 2):
        # PyTorch accepts any rank where the result has size 1, as it takes a plain mean then.
        assert not analyze(around(type, config, [entering])).valid
        return
    held(type, config, [entering], lambda: getattr(nn, type)(**tuples(config)), open=range(-axes, 0))
    keeps_the_same_ends(type, config, [entering], lambda: getattr(nn, type)(**tuples(config)))


class Pooled(nn.Module):
    """Every position at once, as a person would write it; refuses what has no positions."""

    def __init__(self, kind: str, keepdim: bool = False) -> None:
        super().__init__()
        self.kind, self.keepdim = kind, keepdim

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.dim() < 3:
            raise ValueError("there are no positions after N and C")
        axes = tuple(range(2, x.dim()))
        return x.mean(axes, keepdim=self.keepdim) if self.kind == "Avg" else x.amax(axes, keepdim=self.keepdim)


@pytest.mark.parametrize(("type", "kind"), [("GlobalAvgPool", "Avg"), ("GlobalMaxPool", "Max")])
@settings(deadline=None)
@given(data=st.data())
def test_global_pooling_is_a_reduction_of_all_positions(type: str, kind: str, data: st.DataObject) -> None:
    config, entering = data.draw(drawn(settings_of(keepdim=BOOLEANS), shapes(1, 6, 5)))
    held(type, config, [entering], lambda: Pooled(kind, **config), open=range(5))
    keeps_the_same_ends(type, config, [entering], lambda: Pooled(kind, **config))


@st.composite
def unpooling(draw: st.DrawFn) -> tuple[Config, list[Any]]:
    """Values and places, most often of one shape, and a size for the result that is near what they make."""
    config = draw(window(2, padding=sizes(2, 0, 2)))
    shape, dtype = draw(drawn(st.just({}), spatial(2, 4)))[1]
    other = draw(st.sampled_from([shape, shape, shape, shape[1:] or shape, [*shape[:-1], shape[-1] + 1]]))
    places = draw(st.sampled_from(["int64", "int64", "int64", "int32", "float32"]))
    if len(shape) > 2 and draw(BOOLEANS):
        config["output_size"] = [max(1, size + draw(st.integers(-3, 3))) for size in grown(shape, tuples(config))]
    return config, [(shape, dtype), (other, places)]


def grown(shape: list[int], config: Config) -> list[int]:
    """A size that such a pooling could have come from."""
    kernel, stride, padding = (
        value if isinstance(value, tuple) else (value, value)
        for value in (config["kernel_size"], config.get("stride") or config["kernel_size"], config.get("padding", 0))
    )
    return [(shape[i - 2] - 1) * stride[i] + kernel[i] - 2 * padding[i] for i in range(2)]


@settings(deadline=None)
@given(unpooling())
def test_unpooling_agrees_with_torch(case: tuple[Config, list[Any]]) -> None:
    config, entering = case
    held(
        "MaxUnpool2d",
        config,
        entering,
        lambda: lambda x, indices: functional.max_unpool2d(x, indices, **tuples(config)),
        ports=("in", "indices"),
    )


def test_a_pooling_and_its_undoing_keep_the_places_once() -> None:
    nodes: list[Layer] = [
        ("in", "Input", {"shape": [3, 4, 8, 8]}),
        ("norm", "BatchNorm2d", {"affine": True}),
        ("pool", "MaxPool2d", {"kernel_size": 2, "return_indices": True}),
        ("back", "MaxUnpool2d", {"kernel_size": 2}),
        ("out", "Output", {}),
    ]
    edges = [
        ("in", "norm"),
        ("norm", "pool"),
        ("pool", "back"),
        ("pool", "back", "indices", "indices"),
        ("back", "out"),
    ]
    analysis = analyze(network(nodes, edges))
    assert [issue.message for issue in analysis.issues] == []
    assert analysis.nodes["back"].outputs["out"].shape == (3, 4, 8, 8)
    assert analysis.nodes["pool"].activation_bytes == 3 * 4 * 4 * 4 * 8

    def reference(x: torch.Tensor) -> torch.Tensor:
        values, places = functional.max_pool2d(x, 2, return_indices=True)
        undone: torch.Tensor = nn.MaxUnpool2d(2)(values, places)
        return undone

    kept = kept_bytes(reference, [sample([3, 4, 8, 8], "float32")])
    assert analysis.nodes["norm"].activation_bytes == 3 * 4 * 8 * 8 * 4 + 4 * 4 * 4
    assert kept == 3 * 4 * 4 * 4 * 8 + 3 * 4 * 8 * 8 * 4


def test_places_are_given_only_when_asked_for() -> None:
    nodes: list[Layer] = [
        ("in", "Input", {"shape": ["B", 4, 8, 8]}),
        ("pool", "MaxPool2d", {"kernel_size": 2}),
        ("back", "MaxUnpool2d", {"kernel_size": 2}),
        ("out", "Output", {}),
    ]
    edges = [("in", "pool"), ("pool", "back"), ("pool", "back", "indices", "indices"), ("back", "out")]
    assert [issue.code for issue in analyze(network(nodes, edges)).issues][:1] == ["unknown_port"]


def test_indices_are_held_against_torch() -> None:
    found = agree(
        "MaxPool2d",
        {"kernel_size": 2, "return_indices": True},
        [([3, 4, 8, 8], "float32")],
        lambda: nn.MaxPool2d(2, return_indices=True),
    )
    assert found is not None
    assert list(found.nodes["layer"].outputs) == ["out", "indices"]


MESSAGES = [
    (
        ("MaxPool2d", {"kernel_size": 3}, ["B", 16, 2, 2]),
        "a window of 3x3 does not fit the 2x2 input (padding 0); use a smaller kernel_size, or pool less before",
    ),
    (
        ("AvgPool1d", {"kernel_size": 3, "padding": 2}, ["B", 16, 8]),
        "padding 2 is more than half the kernel of 3; use a padding of at most 1",
    ),
    (
        ("MaxPool2d", {"kernel_size": 2}, ["B", 64]),
        "needs an image [N, C, H, W] or [C, H, W] but gets [B, 64], which has 2 dimensions;"
        " feed it an image, before any Flatten",
    ),
    (
        ("GlobalAvgPool", {}, ["B", 64]),
        "needs a batch [N, C, ...] with positions after the channels but gets [B, 64];"
        " feed it signals, images or volumes, before any Flatten",
    ),
    (
        ("AvgPool3d", {"kernel_size": 4, "padding": 2}, ["B", 4, 8, 3, 8]),
        "a window of 4x4x4 is larger than the 8x3x8 input without its border;"
        " use a smaller kernel_size, or pool less before",
    ),
]


@pytest.mark.parametrize(("node", "text"), MESSAGES)
def test_messages_say_how_to_mend_it(node: Any, text: str) -> None:
    type, config, shape = node
    assert message(single(type, config, shape)) == f"{type} `layer`: {text}"


UNPOOLED = [
    (
        {"kernel_size": 2, "output_size": 16},
        "int64",
        "output_size 16x16 is a stride or more away from 8x8, which the"
        " windows make; use the size that entered the MaxPool2d, or leave output_size out",
    ),
    (
        {"kernel_size": 2},
        "float32",
        "needs places as int64 at indices but gets float32; connect the indices of a MaxPool2d with return_indices",
    ),
]


@pytest.mark.parametrize(("config", "dtype", "text"), UNPOOLED)
def test_messages_of_unpooling_name_the_pooling(config: Config, dtype: str, text: str) -> None:
    nodes: list[Layer] = [
        ("in", "Input", {"shape": ["B", 4, 4, 4]}),
        ("at", "Input", {"shape": ["B", 4, 4, 4], "dtype": dtype}),
        ("layer", "MaxUnpool2d", config),
        ("out", "Output", {}),
    ]
    graph = network(nodes, [("in", "layer"), ("at", "layer", "indices"), ("layer", "out")])
    assert message(graph) == f"MaxUnpool2d `layer`: {text}"


def message(graph: Graph) -> str:
    """The one issue of the layer."""
    (issue,) = [each for each in analyze(graph).issues if each.node == "layer"]
    return issue.message
