"""Convolutions that take each channel by itself (Chollet 2017, https://arxiv.org/abs/1610.02357)."""

from blueprint.catalogue.checks import determined, is_spatial, like_weights
from blueprint.catalogue.convolution import convolved, fields
from blueprint.catalogue.layer import TRAINABLE, Config, Example, Facts, Field, Report, Tensor, layer
from blueprint.dimensions import product

COMMON = {field.name: field for field in fields(2)}
MULTIPLIER = Field("depth_multiplier", "integer", "Kernels for each channel.", default=1, minimum=1)


@layer(
    "DepthwiseConv2d",
    "convolution",
    "2-D convolution of each channel by itself.",
    COMMON["in_channels"],
    COMMON["kernel_size"],
    COMMON["stride"],
    COMMON["padding"],
    COMMON["dilation"],
    MULTIPLIER,
    COMMON["bias"],
    COMMON["padding_mode"],
    TRAINABLE,
    torch="nn.Conv2d({in_channels}, {out_channels}, {kernel_size}, stride={stride}, padding={padding}, "
    "dilation={dilation}, groups={in_channels}, bias={bias}, padding_mode={padding_mode})",
    example=Example({"kernel_size": 3, "padding": 1}, ("[B, 16, 8, 8]",), ("[B, 16, 8, 8]",), 160, 9216),
)
def depthwise(x: Tensor, c: Config, report: Report) -> Facts | None:
    """As many groups as channels."""
    if not like_weights(x, report) or not is_spatial(x, 2, report):
        return None
    channels = determined(c, "in_channels", x.shape[-3], report)
    return None if channels is None else _by_channel(x, channels, c, c["bias"], report)


@layer(
    "SeparableConv2d",
    "convolution",
    "2-D convolution in two steps: each channel by itself, then a mix of channels at each point.",
    COMMON["in_channels"],
    COMMON["out_channels"],
    COMMON["kernel_size"],
    COMMON["stride"],
    COMMON["padding"],
    COMMON["dilation"],
    MULTIPLIER,
    COMMON["bias"],
    COMMON["padding_mode"],
    TRAINABLE,
    torch="SeparableConv2d",
    example=Example(
        {"out_channels": 32, "kernel_size": 3, "padding": 1}, ("[B, 16, 8, 8]",), ("[B, 32, 8, 8]",), 688, 41984
    ),
)
def separable(x: Tensor, c: Config, report: Report) -> Facts | None:
    """The first step has no bias; what it gives is kept for the second."""
    if not like_weights(x, report) or not is_spatial(x, 2, report):
        return None
    channels = determined(c, "in_channels", x.shape[-3], report)
    first = None if channels is None else _by_channel(x, channels, c, False, report)
    if channels is None or first is None:
        return None
    (between,) = first.outputs
    wide, out = channels * c["depth_multiplier"], c["out_channels"]
    points = product((*between.shape[:-3], *between.shape[-2:]))
    return Facts(
        (Tensor((*between.shape[:-3], out, *between.shape[-2:])),),
        params=first.params + wide * out + (out if c["bias"] else 0),
        macs=first.macs + points * wide * out,
        determined={"in_channels": channels},
        keeps_input=first.keeps_input,
        keeps_input_for_gradient=first.keeps_input_for_gradient,
        keeps=(*first.keeps, between),
    )


def _by_channel(x: Tensor, channels: int, c: Config, bias: bool, report: Report) -> Facts | None:
    out = channels * c["depth_multiplier"]
    return convolved(x, channels, {**c, "out_channels": out, "groups": channels, "bias": bias}, report)
