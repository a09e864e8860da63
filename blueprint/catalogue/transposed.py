"""Transposed convolutions, which enlarge what convolutions make small (torch.nn, "Convolution Layers")."""

from blueprint.catalogue.checks import AXES, determined, is_spatial, like_weights
from blueprint.catalogue.convolution import groups_divide
from blueprint.catalogue.layer import TRAINABLE, Config, Example, Facts, Field, Report, Tensor, layer
from blueprint.catalogue.words import by, uniform
from blueprint.dimensions import Dim, at_least, every, product


def fields(axes: int) -> tuple[Field, ...]:
    """The settings of a transposed convolution over so many axes, in the order of PyTorch's arguments."""
    along = AXES[axes - 1]
    return (
        Field("in_channels", "integer", "Channels of the input.", minimum=1, unit="channels", determined=True),
        Field("out_channels", "integer", "Channels of the result.", minimum=1, unit="channels", required=True),
        Field("kernel_size", "sizes", f"Size of a kernel ({along}).", minimum=1, count=axes, required=True),
        Field("stride", "sizes", "Steps between kernel positions.", default=1, minimum=1, count=axes),
        Field("padding", "sizes", "Border cut off the result on each side.", default=0, minimum=0, count=axes),
        Field("output_padding", "sizes", "Points added at the end of the result.", default=0, minimum=0, count=axes),
        Field("groups", "integer", "Groups of channels that do not mix.", default=1, minimum=1),
        Field("bias", "boolean", "Add a learned number to each output channel.", default=True),
        Field("dilation", "sizes", "Distance between the points of a kernel.", default=1, minimum=1, count=axes),
        Field("padding_mode", "choice", "PyTorch has zeros only.", default="zeros", choices=("zeros",)),
        TRAINABLE,
    )


@layer(
    "ConvTranspose1d",
    "convolution",
    "1-D transposed convolution: spreads each point over a kernel, which makes a signal longer.",
    *fields(1),
    example=Example({"out_channels": 8, "kernel_size": 4, "stride": 4}, ("[B, 16, 25]",), ("[B, 8, 100]",), 520, 12800),
)
@layer(
    "ConvTranspose2d",
    "convolution",
    "2-D transposed convolution: spreads each point over a kernel, which enlarges an image.",
    *fields(2),
    example=Example(
        {"out_channels": 8, "kernel_size": 2, "stride": 2}, ("[B, 16, 8, 8]",), ("[B, 8, 16, 16]",), 520, 32768
    ),
)
@layer(
    "ConvTranspose3d",
    "convolution",
    "3-D transposed convolution: spreads each point over a kernel, which enlarges a volume.",
    *fields(3),
    example=Example(
        {"out_channels": 2, "kernel_size": 2, "stride": 2}, ("[B, 4, 3, 3, 3]",), ("[B, 2, 6, 6, 6]",), 66, 1728
    ),
)
def transposed(x: Tensor, c: Config, report: Report) -> Facts | None:
    """Sizes: torch.nn.ConvTranspose2d, "Shape"; multiply-accumulates are counted per input position."""
    axes = len(c["kernel_size"])
    if not like_weights(x, report) or not is_spatial(x, axes, report):
        return None
    channels = determined(c, "in_channels", x.shape[-axes - 1], report)
    if channels is None:
        return None
    out = [_enlarged(x.shape[i - axes], c, i) for i in range(axes)]
    if not (groups_divide(channels, c, report) and _output_padding_fits(c, report) and _something_left(out, c, report)):
        return None
    weights = channels * (c["out_channels"] // c["groups"]) * product(c["kernel_size"])
    batch = x.shape[: -axes - 1]
    return Facts(
        (Tensor((*batch, c["out_channels"], *out)),),
        params=weights + (c["out_channels"] if c["bias"] else 0),
        macs=product((*batch, *x.shape[-axes:])) * weights,
        determined={"in_channels": channels},
        keeps_input=True,
    )


def _enlarged(size: Dim, c: Config, i: int) -> Dim:
    spread: int = c["dilation"][i] * (c["kernel_size"][i] - 1) + 1 - 2 * c["padding"][i] + c["output_padding"][i]
    stride: int = c["stride"][i]
    return (size - 1) * stride + spread


def _output_padding_fits(c: Config, report: Report) -> bool:
    """PyTorch checks this on the CPU and forgets it on meta tensors."""
    added = c["output_padding"]
    most = [max(c["stride"][i], c["dilation"][i]) - 1 for i in range(len(added))]
    if all(points <= limit for points, limit in zip(added, most, strict=True)):
        return True
    what = f"output_padding {uniform(added)} is not less than stride {uniform(c['stride'])} or dilation"
    mend = f"use an output_padding of at most {uniform(tuple(most))}"
    return report(False, "bad_config", f"{what} {uniform(c['dilation'])}", mend)


def _something_left(out: list[Dim], c: Config, report: Report) -> bool:
    fine = every(*[at_least(size, 1) for size in out])
    if fine is True:
        return True
    nothing = "leaves nothing" if fine is False else "may leave nothing"
    what = f"padding {uniform(c['padding'])} {nothing} of the result, whose size is {by(tuple(out))}"
    return report(fine, "shape_mismatch", what, "use less padding or a larger kernel_size")
