"""Convolutions (torch.nn, "Convolution Layers")."""

from typing import Any, TypeAlias

from blueprint.catalogue.checks import Image, determined, image, like_weights
from blueprint.catalogue.layer import Check, Config, Facts, Field, Tensor, by, layer, one_or_both
from blueprint.dimensions import Dim, at_least, every, product

Border: TypeAlias = tuple[int, int]


@layer(
    "Conv2d",
    "convolution",
    "2-D convolution: slides learned kernels over an image.",
    Field("in_channels", "integer", "Channels of the input.", minimum=1, unit="channels", determined=True),
    Field("out_channels", "integer", "Kernels, each making one channel.", minimum=1, unit="channels", required=True),
    Field("kernel_size", "pair", "Height and width of a kernel.", minimum=1, unit="pixels", required=True),
    Field("stride", "pair", "Steps between kernel positions.", default=1, minimum=1, unit="pixels"),
    Field(
        "padding",
        "pair",
        'Border added on each side; "same" keeps the size, "valid" adds none.',
        default=0,
        minimum=0,
        unit="pixels",
        choices=("same", "valid"),
    ),
    Field("dilation", "pair", "Distance between the points of a kernel.", default=1, minimum=1, unit="pixels"),
    Field("groups", "integer", "Independent groups of channels; in_channels makes it depthwise.", default=1, minimum=1),
    Field("bias", "boolean", "Add a learned number to each output channel.", default=True),
    Field(
        "padding_mode",
        "choice",
        "What the border holds.",
        default="zeros",
        choices=("zeros", "reflect", "replicate", "circular"),
    ),
)
def conv2d(inputs: tuple[Tensor, ...], c: Config, check: Check) -> Facts | None:
    """Sizes: torch.nn.Conv2d, "Shape"; multiply-accumulates are counted per output position."""
    (x,) = inputs
    if not like_weights(x, check) or (im := image(x, check)) is None:
        return None
    channels = determined(c, "in_channels", im.channels, check)
    borders = [_border(c["padding"], i, c["kernel_size"][i], c["dilation"][i]) for i in range(2)]
    fine = [
        channels is not None and _groups_divide(channels, c, check),
        _same_is_unstrided(c, check),
        _border_can_be_made(im, borders, c, check),
        _kernel_fits(im, borders, c, check),
    ]
    if channels is None or not all(fine):
        return None
    spatial = tuple(_positions(im.spatial[i] + sum(borders[i]), i, c) for i in range(2))
    weights = c["out_channels"] * (channels // c["groups"]) * c["kernel_size"][0] * c["kernel_size"][1]
    copied = _padded_copy(x, borders, c)
    return Facts(
        (Tensor((*im.batch, c["out_channels"], *spatial)),),
        params=weights + (c["out_channels"] if c["bias"] else 0),
        macs=product((*im.batch, *spatial)) * weights,
        determined={"in_channels": channels},
        keeps_input=not copied,
        keeps_input_for_gradient=c["padding_mode"] in ("reflect", "replicate"),
        keeps=copied,
    )


def _border(padding: Any, axis: int, kernel: int, dilation: int) -> Border:
    """Pixels before and after along one axis; "same" puts an odd one after."""
    if isinstance(padding, tuple):
        return (padding[axis], padding[axis])
    total = dilation * (kernel - 1) if padding == "same" else 0
    return (total // 2, total - total // 2)


def _positions(padded: Dim, axis: int, c: Config) -> Dim:
    reach: int = c["dilation"][axis] * (c["kernel_size"][axis] - 1) + 1
    stride: int = c["stride"][axis]
    return (padded - reach) // stride + 1


def _groups_divide(channels: int, c: Config, check: Check) -> bool:
    groups, out_channels = c["groups"], c["out_channels"]
    fine = channels % groups == 0 and out_channels % groups == 0
    what = f"groups is {groups}, which does not divide both in_channels ({channels}) and out_channels ({out_channels})"
    return check(fine, "bad_config", what, "set groups to a common divisor of the two")


def _same_is_unstrided(c: Config, check: Check) -> bool:
    fine = c["padding"] != "same" or c["stride"] == (1, 1)
    what = f'padding "same" works only with stride 1, not {one_or_both(c["stride"])}'
    return check(fine, "bad_config", what, "set stride to 1 or give the padding as a number")


def _border_can_be_made(im: Image, borders: list[Border], c: Config, check: Check) -> bool:
    """Reflecting takes one pixel more than the border, going round in a circle as many."""
    spare = {"reflect": 1, "circular": 0}.get(c["padding_mode"])
    if spare is None:
        return True
    wanted = [max(border) + spare for border in borders]
    fine = every(*(at_least(size, least) for size, least in zip(im.spatial, wanted, strict=True)))
    what = f"padding_mode {c['padding_mode']} needs an input of at least {by(wanted)} but gets {by(im.spatial)}"
    return check(fine, "shape_mismatch", what, "use less padding or padding_mode zeros")


def _kernel_fits(im: Image, borders: list[Border], c: Config, check: Check) -> bool:
    kernel, dilation = c["kernel_size"], c["dilation"]
    reach = [dilation[i] * (kernel[i] - 1) + 1 for i in range(2)]
    padded = [im.spatial[i] + sum(borders[i]) for i in range(2)]
    fine = every(*(at_least(padded[i], reach[i]) for i in range(2)))
    setting = f"(dilation {one_or_both(dilation)}, padding {one_or_both(c['padding'])})"
    if fine is None:
        least = [max(1, reach[i] - sum(borders[i])) for i in range(2)]
        what = f"kernel {by(kernel)} may not fit the {by(im.spatial)} input {setting}"
        return check(fine, "shape_mismatch", what, f"make sure the input is at least {by(least)}")
    what = f"kernel {by(kernel)} does not fit the {by(im.spatial)} input {setting}"
    return check(fine, "shape_mismatch", what, "" if fine else _fitting(im, padded, reach, c))


def _fitting(im: Image, padded: list[Dim], reach: list[int], c: Config) -> str:
    """Which padding or kernel would fit an input that is too small along some axis."""
    short = [i for i in range(2) if at_least(padded[i], reach[i]) is False]
    padding = max(_half_up(reach[i] - im.spatial[i]) for i in short)
    largest = [(padded[i] - 1) // c["dilation"][i] + 1 if i in short else c["kernel_size"][i] for i in range(2)]
    return f"use padding >= {padding} or a kernel of at most {one_or_both(largest)}"


def _half_up(dim: Dim) -> int:
    return int(str((dim + 1) // 2))


def _padded_copy(x: Tensor, borders: list[Border], c: Config) -> tuple[Tensor, ...]:
    """The copy of the input that PyTorch makes, and keeps, when it pads before convolving.

    Zeros on both sides alike need none; an odd "same" border is copied with its one extra pixel.
    """
    *lead, height, width = x.shape
    if c["padding_mode"] != "zeros":
        return (Tensor((*lead, height + sum(borders[0]), width + sum(borders[1]))),)
    odd = [after - before for before, after in borders]
    return (Tensor((*lead, height + odd[0], width + odd[1])),) if any(odd) else ()
