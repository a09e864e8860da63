"""Convolutions, plain, transposed, depthwise and separable, and Fold and Unfold, held against PyTorch."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from blueprint import analyze
from foundry.modules.separable_conv2d import SeparableConv2d
from tests.blueprint.examples import single
from tests.blueprint.layers.drawing import BOOLEANS, Config, Drawn, drawn, settings_of, sizes, spatial, tuples
from tests.blueprint.layers.ends_kept import keeps_the_same_ends
from tests.blueprint.layers.held import held
from tests.blueprint.oracle import sample

PADDING_MODES = st.sampled_from(["zeros", "zeros", "reflect", "replicate", "circular"])
NAMED_PADDING = st.sampled_from(["same", "valid"])


def convolutions(axes: int, **more: Any) -> st.SearchStrategy[Config]:
    return settings_of(
        {"kernel_size": sizes(axes, 1, 4)},
        stride=sizes(axes, 1, 3),
        padding=sizes(axes, 0, 3) | NAMED_PADDING,
        dilation=sizes(axes, 1, 3),
        bias=BOOLEANS,
        padding_mode=PADDING_MODES,
        **more,
    )


@st.composite
def fitting(draw: st.DrawFn, axes: int, most: int = 9) -> Drawn:
    """A convolution and what enters it: groups and channels divide more often than by chance."""
    out, groups = draw(st.sampled_from([1, 2, 3, 4, 6])), draw(st.sampled_from([1, 1, 1, 2, 3]))
    config = draw(convolutions(axes))
    config |= {"out_channels": out, "groups": groups}
    if draw(st.integers(0, 5)) == 0:
        config["in_channels"] = draw(st.integers(1, 6))
    shape, dtype = draw(drawn(st.just({}), spatial(axes, most)))[1]
    return config, (shape, dtype)


@pytest.mark.parametrize(("type", "axes"), [("Conv1d", 1), ("Conv2d", 2), ("Conv3d", 3)])
@settings(deadline=None)
@given(data=st.data())
def test_convolutions_agree_with_torch(type: str, axes: int, data: st.DataObject) -> None:
    config, (shape, dtype) = data.draw(fitting(axes, 5 if axes == 3 else 9))
    channels = shape[-axes - 1] if len(shape) > axes else 1

    def reference() -> nn.Module:
        made: nn.Module = getattr(nn, type)(**{"in_channels": channels, **tuples(config)})
        return made

    held(type, config, [(shape, dtype)], reference, open=range(-axes, 0))
    keeps_the_same_ends(type, config, [(shape, dtype)], reference)


@st.composite
def enlarging(draw: st.DrawFn, axes: int) -> Drawn:
    config = draw(
        settings_of(
            {"out_channels": st.sampled_from([1, 2, 3, 4, 6]), "kernel_size": sizes(axes, 1, 3)},
            stride=sizes(axes, 1, 3),
            padding=sizes(axes, 0, 2),
            output_padding=sizes(axes, 0, 2),
            groups=st.sampled_from([1, 1, 2, 3]),
            bias=BOOLEANS,
            dilation=sizes(axes, 1, 3),
            padding_mode=st.just("zeros"),
            in_channels=st.just(2),
        )
    )
    return draw(drawn(st.just(config), spatial(axes, 4)))


@pytest.mark.parametrize(("type", "axes"), [("ConvTranspose1d", 1), ("ConvTranspose2d", 2), ("ConvTranspose3d", 3)])
@settings(deadline=None)
@given(data=st.data())
def test_transposed_convolutions_agree_with_torch(type: str, axes: int, data: st.DataObject) -> None:
    config, (shape, dtype) = data.draw(enlarging(axes))
    channels = shape[-axes - 1] if len(shape) > axes else 1

    def reference() -> nn.Module:
        made: nn.Module = getattr(nn, type)(**{"in_channels": channels, **tuples(config)})
        return made

    held(type, config, [(shape, dtype)], reference, open=range(-axes, 0))
    keeps_the_same_ends(type, config, [(shape, dtype)], reference)


@settings(deadline=None)
@given(drawn(convolutions(2, depth_multiplier=st.integers(1, 3), in_channels=st.just(2)), spatial(2)))
def test_depthwise_convolution_is_one_with_as_many_groups_as_channels(case: Drawn) -> None:
    config, (shape, dtype) = case

    def reference() -> nn.Module:
        given = tuples(config)
        channels = given.pop("in_channels", shape[-3] if len(shape) > 2 else 1)
        out = channels * given.pop("depth_multiplier", 1)
        return nn.Conv2d(channels, out, groups=channels, **given)

    held("DepthwiseConv2d", config, [(shape, dtype)], reference, open=(-1, -2))


@settings(deadline=None)
@given(
    drawn(
        convolutions(2, depth_multiplier=st.integers(1, 3), in_channels=st.just(2), out_channels=st.just(5)), spatial(2)
    )
)
def test_separable_convolution_is_two_in_a_row(case: Drawn) -> None:
    config, (shape, dtype) = case
    config.setdefault("out_channels", 5)

    def reference() -> nn.Module:
        given = tuples(config)
        channels, bias = given.pop("in_channels", shape[-3] if len(shape) > 2 else 1), given.pop("bias", True)
        between, out = channels * given.pop("depth_multiplier", 1), given.pop("out_channels")
        first = nn.Conv2d(channels, between, groups=channels, bias=False, **given)
        return nn.Sequential(first, nn.Conv2d(between, out, 1, bias=bias))

    held("SeparableConv2d", config, [(shape, dtype)], reference, open=(-1, -2))


def test_the_separable_class_is_the_two_convolutions() -> None:
    module = SeparableConv2d(3, 8, 3, padding=1, depth_multiplier=2, bias=False)
    assert {name: tuple(each.shape) for name, each in module.state_dict().items()} == {
        "depthwise.weight": (6, 1, 3, 3),
        "pointwise.weight": (8, 6, 1, 1),
    }


WINDOWS = settings_of(
    {"kernel_size": sizes(2, 1, 3)}, dilation=sizes(2, 1, 2), padding=sizes(2, 0, 2), stride=sizes(2, 1, 3)
)


@settings(deadline=None)
@given(drawn(WINDOWS, spatial(2)))
def test_unfold_agrees_with_torch(case: Drawn) -> None:
    config, entering = case
    held("Unfold", config, [entering], lambda: nn.Unfold(**tuples(config)), open=(0, -1, -2))


@st.composite
def columns(draw: st.DrawFn) -> Drawn:
    """Columns for a Fold; most often as many and as long as the image takes."""
    config = draw(WINDOWS)
    size, channels = draw(sizes(2, 1, 8)), draw(st.integers(1, 3))
    window = config["kernel_size"]
    height, width = window if isinstance(window, list) else (window, window)
    image = size if isinstance(size, list) else [size, size]
    wanted = [channels * height * width, positions(image, config)]
    batch = draw(st.sampled_from([[], [2], [2, 2]]))
    shape = draw(st.sampled_from([wanted, wanted, wanted, [5, 4], [wanted[0], 3], [wanted[0] + 1, wanted[1]]]))
    return draw(drawn(st.just({**config, "output_size": size}), st.just([*batch, *shape])))


def positions(image: list[int], config: Config) -> int:
    """How many columns PyTorch makes of an image; 1 where it makes none."""
    try:
        return max(1, int(nn.Unfold(**tuples(config))(sample([1, 1, *image], "float32")).shape[-1]))
    except RuntimeError:
        return 1


@settings(deadline=None)
@given(columns())
def test_fold_agrees_with_torch(case: Drawn) -> None:
    config, entering = case
    held("Fold", config, [entering], lambda: nn.Fold(**tuples(config)), open=(-1,))


MESSAGES = [
    (
        ("ConvTranspose2d", {"out_channels": 4, "kernel_size": 3, "stride": 2, "output_padding": 2}, ["B", 3, 8, 8]),
        "output_padding 2 is not less than stride 2 or dilation 1; use an output_padding of at most 1",
    ),
    (
        ("ConvTranspose1d", {"out_channels": 4, "kernel_size": 3, "padding": 4}, ["B", 3, 4]),
        "padding 4 leaves nothing of the result, whose size is -2; use less padding or a larger kernel_size",
    ),
    (
        ("ConvTranspose2d", {"out_channels": 4, "kernel_size": 2, "groups": 2}, ["B", 3, 8, 8]),
        "groups is 2, which does not divide both in_channels (3) and out_channels (4);"
        " set groups to a common divisor of the two",
    ),
    (
        ("DepthwiseConv2d", {"kernel_size": 7}, ["B", 3, 5, 5]),
        "kernel 7x7 does not fit the 5x5 input (dilation 1, padding 0); use padding >= 1 or a kernel of at most 5",
    ),
    (
        ("Unfold", {"kernel_size": 7}, ["B", 3, 5, 5]),
        "a window of 7x7 does not fit the 5x5 input (dilation 1, padding 0); use a smaller kernel_size or more padding",
    ),
    (
        ("Fold", {"output_size": 8, "kernel_size": 2}, ["B", 12, 16]),
        "an image of 8x8 has 49 windows but gets 16 columns; change output_size, or feed it a column for each window",
    ),
    (
        ("Fold", {"output_size": 8, "kernel_size": 2, "stride": 2}, ["B", 13, 16]),
        "a column of 13 is not a whole number of 2x2 windows; feed it columns of a multiple of 4",
    ),
]


@pytest.mark.parametrize(("node", "message"), MESSAGES)
def test_messages_say_how_to_mend_it(node: Any, message: str) -> None:
    type, config, shape = node
    (issue,) = [each for each in analyze(single(type, config, shape)).issues if each.node == "layer"]
    assert issue.message == f"{type} `layer`: {message}"
