"""Padding, Upsample and the shuffling of pixels and channels, held against PyTorch."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from blueprint import analyze
from tests.blueprint.examples import single
from tests.blueprint.issues import complaint
from tests.blueprint.layers.drawing import BOOLEANS, Config, Drawn, drawn, settings_of, shapes, tuples
from tests.blueprint.layers.held import held
from tests.blueprint.layers.test_cutting import not_empty

VALUES = st.sampled_from([0, 1, -1, 0.5, 255, 256, 70000, -65504.5, 2**31, 2**63, -(2**63), 1e20, None])


@st.composite
def padded(draw: st.DrawFn) -> Drawn:
    shape = draw(shapes(0, 5, 4))
    mode = draw(st.sampled_from(["constant", "reflect", "replicate", "circular"]))
    pairs = (
        draw(st.integers(1, max(1, len(shape)))) if mode == "constant" else max(1, len(shape) - draw(st.integers(1, 2)))
    )
    pad = draw(
        st.lists(st.sampled_from([0, 1, 1, 2, 3, 4, -1, -1, -2, -4, -5]), min_size=2 * pairs, max_size=2 * pairs)
    )
    pad = draw(st.sampled_from([pad] * 9 + [pad[1:], [*pad, 1, 1]]))
    return draw(drawn(settings_of({"pad": st.just(pad), "mode": st.just(mode)}, value=VALUES), st.just(shape)))


@given(padded())
def test_pad_agrees_with_torch(case: Drawn) -> None:
    config, entering = case
    mode, value = config["mode"], config.get("value")
    if mode == "circular" and going_round_what_is_cut(config["pad"], entering[0]):
        return
    held("Pad", config, [entering], lambda: not_empty(lambda x: F.pad(x, config["pad"], mode, value)))


def going_round_what_is_cut(pad: list[int], shape: list[int]) -> bool:
    """Whether a border is larger than what is left of its dimension: PyTorch reads there what it is just writing."""
    pairs = zip(pad[::2], pad[1::2], reversed(shape), strict=False)
    return any(a <= size < a - min(b, 0) or b <= size < b - min(a, 0) for a, b, size in pairs)


def test_going_round_what_is_cut_is_refused() -> None:
    assert not analyze(single("Pad", {"pad": [4, -1], "mode": "circular"}, [2, 4])).valid


FACTORS = st.sampled_from([0.1, 0.3, 0.5, 0.7, 0.999, 1, 1.5, 2, 2.9, 3, 10.1])
MODES = st.sampled_from(["nearest", "nearest", "linear", "bilinear", "bicubic", "trilinear", "area", "nearest-exact"])


@st.composite
def enlarged(draw: st.DrawFn) -> Config:
    """Mostly one of size and scale_factor."""
    both = {
        "size": st.integers(1, 9) | st.lists(st.integers(1, 9), min_size=2, max_size=3),
        "scale_factor": FACTORS | st.lists(FACTORS, min_size=1, max_size=3),
    }
    chosen = draw(st.sampled_from([["size"], ["scale_factor"], ["scale_factor"]] * 4 + [[], ["size", "scale_factor"]]))
    return draw(
        settings_of(
            {name: both[name] for name in chosen},
            mode=MODES,
            align_corners=st.none() | BOOLEANS,
            recompute_scale_factor=st.sampled_from([None, None, False, True]),
        )
    )


@given(drawn(enlarged(), shapes(3, 5, 7) | shapes(1, 6, 3)))
def test_upsample_agrees_with_torch(case: Drawn) -> None:
    config, entering = case
    arguments = tuples(config)
    for name in ("size", "scale_factor"):
        # A list of one means all axes here, as it does in every other setting; PyTorch wants it for one axis only.
        if isinstance(arguments.get(name), tuple) and len(arguments[name]) == 1:
            arguments[name] = arguments[name][0]
    held("Upsample", config, [entering], lambda: nn.Upsample(**arguments))


@given(drawn(settings_of({"upscale_factor": st.integers(1, 3)}), shapes(0, 5, 9)))
def test_pixel_shuffle_agrees_with_torch(case: Drawn) -> None:
    config, entering = case
    held("PixelShuffle", config, [entering], lambda: nn.PixelShuffle(**config), open=(-1, -2))


@given(drawn(settings_of({"downscale_factor": st.integers(1, 3)}), shapes(0, 5, 6)))
def test_pixel_unshuffle_agrees_with_torch(case: Drawn) -> None:
    config, entering = case
    held("PixelUnshuffle", config, [entering], lambda: nn.PixelUnshuffle(**config), open=(-1, -2, -3))


@given(drawn(settings_of({"groups": st.integers(1, 4)}), shapes(0, 5, 6)))
def test_channel_shuffle_agrees_with_torch(case: Drawn) -> None:
    config, entering = case
    held("ChannelShuffle", config, [entering], lambda: nn.ChannelShuffle(**config), open=(0, 1, 2))


@given(st.integers(1, 500), st.sampled_from([0.5, 0.25, 1.5, 2, 2.75, 3, 0.0625]))
def test_a_named_size_is_scaled_as_a_number_is(size: int, factor: float) -> None:
    config = {"scale_factor": factor}
    named = analyze(single("Upsample", config, ["B", 3, "H", 64])).nodes["layer"].outputs["out"].shape
    plain = analyze(single("Upsample", config, ["B", 3, size, 64]))
    if plain.valid:
        assert eval(str(named[2]), {}, {"H": size}) == plain.nodes["layer"].outputs["out"].shape[2]


@pytest.mark.parametrize(
    ("type", "config", "shape", "gives"),
    [
        ("Pad", {"pad": [1, 1, 2, 2]}, ["B", 3, "H", "W"], "[B, 3, H + 4, W + 2]"),
        ("Pad", {"pad": [-1, 1]}, ["B", "W + 1"], "[B, W + 1]"),
        ("Upsample", {"scale_factor": [2, 0.5]}, ["B", 3, "H", "2*W"], "[B, 3, 2*H, W]"),
        ("Upsample", {"size": 7}, ["B", 3, "H", "W"], "[B, 3, 7, 7]"),
        ("PixelShuffle", {"upscale_factor": 2}, ["B", "4*C", "H", "W"], "[B, C, 2*H, 2*W]"),
        ("PixelUnshuffle", {"downscale_factor": 2}, ["B", "C", "2*H", "4*W"], "[B, 4*C, H, 2*W]"),
    ],
)
def test_named_sizes(type: str, config: Any, shape: Any, gives: str) -> None:
    analysis = analyze(single(type, config, shape))
    assert analysis.issues == ()
    assert f"[{', '.join(map(str, analysis.nodes['layer'].outputs['out'].shape))}]" == gives


MESSAGES = [
    (("Pad", {"pad": [1, 1, 1]}, ["B", 3, 8]), "pad has 3 numbers; give two for each dimension"),
    (
        ("Pad", {"pad": [3, 3], "mode": "reflect"}, ["B", 3, 3]),
        "cannot pad [B, 3, 3] by 3 and 3 in mode reflect; reflect less than the size, or use mode replicate",
    ),
    (
        ("Pad", {"pad": [1, 1], "mode": "reflect"}, ["B", 3, 8, 8]),
        "mode reflect pads all of 1 to 3 spatial dimensions, but pad is for 1 of the 4 of [B, 3, 8, 8];"
        " give two numbers for each spatial dimension, or use mode constant",
    ),
    (
        ("Pad", {"pad": [1, 1], "mode": "circular", "value": 1}, ["B", 3, 8]),
        "mode circular takes no value; leave value out or use mode constant",
    ),
    (
        ("Upsample", {"scale_factor": 2, "mode": "linear"}, ["B", 3, 8, 8]),
        "mode linear needs [N, C, L] but gets [B, 3, 8, 8], which has 4 dimensions;"
        " choose the mode for its dimensions, or feed it a batch",
    ),
    (
        ("Upsample", {"size": [4, 4, 4]}, ["B", 3, 8, 8]),
        "size has 3 numbers for 2 spatial dimensions; give one for all of them or one for each",
    ),
    (
        ("Upsample", {"scale_factor": 2, "align_corners": True}, ["B", 3, 8, 8]),
        "mode nearest has no align_corners; leave it out or use linear",
    ),
    (
        ("Upsample", {"scale_factor": 0.7}, ["B", 3, "H", 8]),
        "cannot write H times scale_factor as a size;"
        " use a factor such as 0.5 or 2, give size, or a number in the Input",
    ),
    (
        ("Upsample", {"scale_factor": -1}, ["B", 3, 8, 8]),
        "scale_factor is -1; it must be a number or a list of 1 to 3 numbers, each >= 0 or null",
    ),
    (
        ("PixelShuffle", {"upscale_factor": 2}, ["B", 3, 8, 8]),
        "the number of channels, 3, is no multiple of 4, as upscale_factor wants;"
        " change upscale_factor or the number of channels",
    ),
    (
        ("PixelUnshuffle", {"downscale_factor": 2}, ["B", 3, "H", 8]),
        "the height, H, may be no multiple of 2, as downscale_factor wants; change downscale_factor or the height",
    ),
    (
        ("ChannelShuffle", {"groups": 2}, ["B", 8]),
        "needs [N, C, ...] with something to shuffle but gets [B, 8]; feed it signals, images or volumes",
    ),
]


@pytest.mark.parametrize(("node", "message"), MESSAGES)
def test_messages_say_how_to_mend_it(node: Any, message: str) -> None:
    type, config, shape = node
    assert complaint(single(type, config, shape)) == f"{type} `layer`: {message}"
