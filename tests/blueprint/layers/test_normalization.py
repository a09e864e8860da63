"""Normalisations, held against PyTorch."""

from math import prod
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from blueprint import analyze
from tests.blueprint.examples import single
from tests.blueprint.layers.drawing import BOOLEANS, Drawn, drawn, settings_of, shapes, spatial, tuples
from tests.blueprint.layers.ends_kept import keeps_the_same_ends
from tests.blueprint.layers.held import held
from tests.blueprint.oracle import BATCH, around

EPS = st.sampled_from([1e-5, 0.1])
SCALES = {"affine": BOOLEANS, "bias": BOOLEANS}
CHANNELS = st.sampled_from([1, 2, 3, 4, 6])


def without_idle_size(config: dict[str, Any], name: str = "num_features") -> dict[str, Any]:
    """PyTorch overlooks a wrong size where it makes nothing of that size; we do not."""
    idle = not config.get("affine", name != "num_features") and not config.get("track_running_stats")
    return {key: value for key, value in config.items() if key != name or not idle}


BATCH_NORMS = settings_of(
    num_features=st.integers(1, 6),
    eps=EPS,
    momentum=st.sampled_from([None, 0, 0.1, 1]),
    track_running_stats=BOOLEANS,
    **SCALES,
).map(lambda config: without_idle_size({"affine": True, "track_running_stats": True, **config}))


@pytest.mark.parametrize(("type", "axes"), [("BatchNorm1d", 1), ("BatchNorm2d", 2), ("BatchNorm3d", 3)])
@settings(deadline=None)
@given(data=st.data())
def test_batch_norms_agree_with_torch(type: str, axes: int, data: st.DataObject) -> None:
    config, (shape, dtype) = data.draw(drawn(BATCH_NORMS, spatial(axes, 4) | shapes(2, 5)))
    channels = shape[1] if len(shape) > 1 else 1
    # One value per channel is only warned of: a batch of one is a fine thing to evaluate.
    assume(prod(shape) > channels)

    def reference() -> nn.Module:
        made: nn.Module = getattr(nn, type)(**{"num_features": channels, **config})
        return made

    held(type, config, [(shape, dtype)], reference, open=range(2, len(shape)))
    keeps_the_same_ends(type, config, [(shape, dtype)], reference)


def test_a_batch_of_one_value_per_channel_is_warned_of() -> None:
    (issue,) = analyze(single("BatchNorm1d", {}, [1, 5])).issues
    assert issue.severity == "warning"
    assert issue.message == (
        "BatchNorm1d `layer`: gets one value per channel, too few for statistics when training;"
        " use a batch of at least 2"
    )


INSTANCE_NORMS = settings_of(
    num_features=st.integers(1, 6),
    eps=EPS,
    momentum=st.sampled_from([0, 0.1, 1]),
    track_running_stats=BOOLEANS,
    **SCALES,
).map(without_idle_size)


@pytest.mark.parametrize(("type", "axes"), [("InstanceNorm1d", 1), ("InstanceNorm2d", 2), ("InstanceNorm3d", 3)])
@settings(deadline=None)
@given(data=st.data())
def test_instance_norms_agree_with_torch(type: str, axes: int, data: st.DataObject) -> None:
    config, (shape, dtype) = data.draw(drawn(INSTANCE_NORMS, spatial(axes, 4)))
    channels = shape[-axes - 1] if len(shape) > axes else 1

    def reference() -> nn.Module:
        made: nn.Module = getattr(nn, type)(**{"num_features": channels, **config})
        return made

    held(type, config, [(shape, dtype)], reference, open=range(-axes, 0))
    keeps_the_same_ends(type, config, [(shape, dtype)], reference)


@st.composite
def last_sizes(draw: st.DrawFn, /, **more: st.SearchStrategy[Any]) -> Drawn:
    """A normalisation of the last dimensions, most often those the input has."""
    shape = draw(shapes(1, 4))
    length = draw(st.integers(1, len(shape)))
    ending = st.sampled_from([shape[-length:], shape[-length:], shape[-1], [2], [2, 3, 1, 1, 1]])
    config = draw(settings_of(normalized_shape=ending, elementwise_affine=BOOLEANS, **more))
    return draw(drawn(st.just(config), st.just(shape)))


def refused_in_halves(config: dict[str, Any], dtype: str, name: str) -> bool:
    """With weights in float32 the CPU takes float16, a GPU does not (pytorch/pytorch#135969): refused everywhere."""
    return config.get(name, True) and dtype in ("float16", "bfloat16")


def judged(type: str, config: dict[str, Any], entering: Any, make: Any, name: str, **how: Any) -> None:
    """Held against PyTorch but for halves with float32 weights."""
    if refused_in_halves(config, entering[1], name):
        assert not analyze(around(type, config, [entering])).valid
        return
    held(type, config, [entering], make, **how)
    keeps_the_same_ends(type, config, [entering], make)


@settings(deadline=None)
@given(last_sizes(bias=BOOLEANS, eps=EPS))
def test_layer_norm_agrees_with_torch(case: Drawn) -> None:
    config, (shape, dtype) = case
    given = {"normalized_shape": shape[-1], **config}
    free = range(len(shape) - (len(given["normalized_shape"]) if isinstance(given["normalized_shape"], list) else 1))
    judged("LayerNorm", config, (shape, dtype), lambda: nn.LayerNorm(**given), "elementwise_affine", open=free)


@settings(deadline=None)
@given(last_sizes(eps=st.none() | EPS))
def test_rms_norm_agrees_with_torch(case: Drawn) -> None:
    config, (shape, dtype) = case
    given = {"normalized_shape": shape[-1], **config}
    free = range(len(shape) - (len(given["normalized_shape"]) if isinstance(given["normalized_shape"], list) else 1))
    judged("RMSNorm", config, (shape, dtype), lambda: nn.RMSNorm(**given), "elementwise_affine", open=free)


GROUP_NORMS = settings_of({"num_groups": st.sampled_from([1, 1, 2, 3])}, num_channels=CHANNELS, eps=EPS, **SCALES)


@settings(deadline=None)
@given(drawn(GROUP_NORMS.map(lambda config: without_idle_size(config, "num_channels")), spatial(2, 4)))
def test_group_norm_agrees_with_torch(case: Drawn) -> None:
    config, (shape, dtype) = case
    channels = shape[1] if len(shape) > 1 else 1
    judged(
        "GroupNorm",
        config,
        (shape, dtype),
        lambda: nn.GroupNorm(**{"num_channels": channels, **config}),
        "affine",
        open=range(2, len(shape)),
    )


@settings(deadline=None)
@given(
    drawn(
        settings_of(
            {"size": st.integers(1, 5)},
            alpha=st.sampled_from([1e-4, 1]),
            beta=st.sampled_from([0.75, 1, -1]),
            k=st.sampled_from([1, 2.5]),
        ),
        spatial(2, 4) | shapes(3, 3),
    )
)
def test_local_response_norm_agrees_with_torch(case: Drawn) -> None:
    config, entering = case
    held("LocalResponseNorm", config, [entering], lambda: nn.LocalResponseNorm(**tuples(config)), open=(0, 1, 2, 3))


@pytest.mark.parametrize("type", ["BatchNorm1d", "InstanceNorm2d", "GroupNorm"])
def test_a_wrong_number_of_channels_is_refused_even_where_nothing_is_learned(type: str) -> None:
    """PyTorch overlooks it there, or only warns."""
    name = "num_channels" if type == "GroupNorm" else "num_features"
    config = {name: 4, "affine": False, **({"num_groups": 1} if type == "GroupNorm" else {})}
    shape: list[int | str] = [BATCH, 3, 8] if type == "BatchNorm1d" else [BATCH, 3, 8, 8]
    config |= {"track_running_stats": False} if type == "BatchNorm1d" else {}
    (issue,) = [issue for issue in analyze(single(type, config, shape)).issues if issue.node == "layer"]
    assert issue.message == (f"{type} `layer`: {name} is 4 but the input gives 3; leave {name} out or set it to 3")


MESSAGES = [
    (
        ("BatchNorm2d", {}, ["B", 64]),
        "needs a batch of images [N, C, H, W] but gets [B, 64], which has 2 dimensions;"
        " use the BatchNorm for that many, or reshape before it",
    ),
    (
        ("BatchNorm1d", {}, ["B", "C", 8]),
        "cannot size its weights: the input gives num_features = C, which is not a number;"
        " give the Input a fixed size there, or pool to one",
    ),
    (
        ("LayerNorm", {"normalized_shape": [8, 8]}, ["B", 4, 8]),
        "normalized_shape is [8, 8] but the input [B, 4, 8] does not end so;"
        " set it to the input's last sizes, such as [8]",
    ),
    (
        ("GroupNorm", {"num_groups": 3}, ["B", 16, 8, 8]),
        "num_groups is 3, which does not divide num_channels (16); set num_groups to a divisor of the channels",
    ),
    (
        ("InstanceNorm2d", {}, ["B", 16, 1, 1]),
        "gets one value per channel (1x1), too few for statistics; pool or stride less before it",
    ),
    (
        ("LocalResponseNorm", {"size": 5}, ["B", 16]),
        "needs a batch [N, C, ...] of at least 3 dimensions but gets [B, 16]; feed it signals, images or volumes",
    ),
]


@pytest.mark.parametrize(("node", "message"), MESSAGES)
def test_messages_say_how_to_mend_it(node: Any, message: str) -> None:
    type, config, shape = node
    (issue,) = [each for each in analyze(single(type, config, shape)).issues if each.node == "layer"]
    assert issue.message == f"{type} `layer`: {message}"
