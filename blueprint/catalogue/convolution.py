"""Convolutions (torch.nn, "Convolution Layers")."""

from blueprint.catalogue.checks import AXES, determined, is_spatial, like_weights
from blueprint.catalogue.layer import TRAINABLE, Config, Example, Facts, Field, Report, Tensor, layer
from blueprint.catalogue.words import by, uniform
from blueprint.dimensions import Dim, Shape, at_least, every, product


def fields(axes: int) -> tuple[Field, ...]:
    """The settings of a convolution over so many axes, in the order of PyTorch's arguments."""
    along = AXES[axes - 1]
    padding = 'Border added on each side; "same" keeps the size, "valid" adds none.'
    return (
        Field("in_channels", "integer", "Channels of the input.", minimum=1, unit="channels", determined=True),
        Field(
            "out_channels", "integer", "Kernels, each making one channel.", minimum=1, unit="channels", required=True
        ),
        Field("kernel_size", "sizes", f"Size of a kernel ({along}).", minimum=1, count=axes, required=True),
        Field("stride", "sizes", "Steps between kernel positions.", default=1, minimum=1, count=axes),
        Field("padding", "sizes", padding, default=0, minimum=0, count=axes, choices=("same", "valid")),
        Field("dilation", "sizes", "Distance between the points of a kernel.", default=1, minimum=1, count=axes),
        Field("groups", "integer", "Groups of channels that do not mix; in_channels: depthwise.", default=1, minimum=1),
        Field("bias", "boolean", "Add a learned number to each output channel.", default=True),
        Field(
            "padding_mode",
            "choice",
            "What the border holds.",
            default="zeros",
            choices=("zeros", "reflect", "replicate", "circular"),
        ),
        TRAINABLE,
    )


@layer(
    "Conv1d",
    "convolution",
    "1-D convolution: slides learned kernels along a signal.",
    *fields(1),
    example=Example(
        {"out_channels": 16, "kernel_size": 5, "padding": 2}, ("[B, 4, 100]",), ("[B, 16, 100]",), 336, 32000
    ),
)
@layer(
    "Conv2d",
    "convolution",
    "2-D convolution: slides learned kernels over an image.",
    *fields(2),
    example=Example(
        {"out_channels": 16, "kernel_size": 3, "padding": 1}, ("[B, 3, 32, 32]",), ("[B, 16, 32, 32]",), 448, 442368
    ),
)
@layer(
    "Conv3d",
    "convolution",
    "3-D convolution: slides learned kernels through a volume.",
    *fields(3),
    example=Example(
        {"out_channels": 8, "kernel_size": 3, "stride": 2}, ("[B, 1, 9, 9, 9]",), ("[B, 8, 4, 4, 4]",), 224, 13824
    ),
)
def convolution(x: Tensor, c: Config, report: Report) -> Facts | None:
    """Sizes: torch.nn.Conv2d, "Shape"; multiply-accumulates are counted per output position."""
    axes = len(c["kernel_size"])
    if not like_weights(x, report) or not is_spatial(x, axes, report):
        return None
    channels = determined(c, "in_channels", x.shape[-axes - 1], report)
    return None if channels is None else convolved(x, channels, c, report)


def convolved(x: Tensor, channels: int, c: Config, report: Report) -> Facts | None:
    """What convolutions share once it is known how many channels enter."""
    kernel, stride = c["kernel_size"], c["stride"]
    axes = len(kernel)
    borders = [border(c, i) for i in range(axes)]
    reach = [c["dilation"][i] * (kernel[i] - 1) + 1 for i in range(axes)]
    padded = [x.shape[i - axes] + borders[i][0] + borders[i][1] for i in range(axes)]
    if not _sound(x, channels, borders, reach, padded, c, report):
        return None
    spatial = [(padded[i] - reach[i]) // stride[i] + 1 for i in range(axes)]
    weights = c["out_channels"] * (channels // c["groups"]) * product(kernel)
    batch = x.shape[: -axes - 1]
    copied = _padded_copy(x, borders, padded, c)
    return Facts(
        (Tensor((*batch, c["out_channels"], *spatial)),),
        params=weights + (c["out_channels"] if c["bias"] else 0),
        macs=product((*batch, *spatial)) * weights,
        determined={"in_channels": channels, "out_channels": c["out_channels"]},
        keeps_input=len(copied) == 0,
        keeps_input_for_gradient=c["padding_mode"] == "reflect" or c["padding_mode"] == "replicate",
        keeps=copied,
    )


def border(c: Config, i: int) -> tuple[int, int]:
    """Points added before and after along one axis; "same" puts an odd one after."""
    padding = c["padding"]
    if padding == "valid":
        return (0, 0)
    if padding == "same":
        total = c["dilation"][i] * (c["kernel_size"][i] - 1)
        return (total // 2, total - total // 2)
    return (padding[i], padding[i])


def _sound(
    x: Tensor,
    channels: int,
    borders: list[tuple[int, int]],
    reach: list[int],
    padded: list[Dim],
    c: Config,
    report: Report,
) -> bool:
    fine = groups_divide(channels, c, report)
    if c["padding"] == "same" and any(step != 1 for step in c["stride"]):
        what = f'padding "same" works only with stride 1, not {uniform(c["stride"])}'
        fine = report(False, "bad_config", what, "set stride to 1 or give the padding as a number")
    if c["padding_mode"] == "reflect" or c["padding_mode"] == "circular":
        fine = _border_can_be_made(x.shape[-len(reach) :], borders, c, report) and fine
    return _kernel_fits(x.shape[-len(reach) :], reach, padded, c, report) and fine


def groups_divide(channels: int, c: Config, report: Report) -> bool:
    """Whether the groups of a convolution get equal shares of both sides' channels."""
    groups, out_channels = c["groups"], c["out_channels"]
    if channels % groups == 0 and out_channels % groups == 0:
        return True
    what = f"groups is {groups}, which does not divide both in_channels ({channels}) and out_channels ({out_channels})"
    return report(False, "bad_config", what, "set groups to a common divisor of the two")


def _border_can_be_made(spatial: Shape, borders: list[tuple[int, int]], c: Config, report: Report) -> bool:
    """Reflecting takes one point more than the border, going round in a circle as many."""
    spare = 1 if c["padding_mode"] == "reflect" else 0
    wanted = [after + spare for _, after in borders]
    fine = every(*[at_least(size, least) for size, least in zip(spatial, wanted, strict=True)])
    if fine is True:
        return True
    what = f"padding_mode {c['padding_mode']} needs an input of at least {by(tuple(wanted))} but gets {by(spatial)}"
    return report(fine, "shape_mismatch", what, "use less padding or padding_mode zeros")


def _kernel_fits(spatial: Shape, reach: list[int], padded: list[Dim], c: Config, report: Report) -> bool:
    fine = every(*[at_least(size, least) for size, least in zip(padded, reach, strict=True)])
    if fine is True:
        return True
    kernel, padding = by(c["kernel_size"]), uniform(c["padding"])
    setting = f"(dilation {uniform(c['dilation'])}, padding {padding})"
    if fine is None:
        least = [max(1, reach[i] - padding_around(c, i)) for i in range(len(reach))]
        what = f"kernel {kernel} may not fit the {by(spatial)} input {setting}"
        return report(None, "shape_mismatch", what, f"make sure the input is at least {by(tuple(least))}")
    what = f"kernel {kernel} does not fit the {by(spatial)} input {setting}"
    return report(False, "shape_mismatch", what, _fitting(spatial, reach, c))


def padding_around(c: Config, i: int) -> int:
    """Points added on both sides together."""
    before, after = border(c, i)
    return before + after


def _fitting(spatial: Shape, reach: list[int], c: Config) -> str:
    """Which padding or kernel would fit an input that is too small along some axis; a named size counts as 1."""
    padding, largest = 0, []
    for i in range(len(reach)):
        size = spatial[i]
        known = size if isinstance(size, int) else 1
        padded = known + padding_around(c, i)
        short = padded < reach[i]
        padding = max(padding, (reach[i] - known + 1) // 2) if short else padding
        largest.append((padded - 1) // c["dilation"][i] + 1 if short else c["kernel_size"][i])
    return f"use padding >= {padding} or a kernel of at most {uniform(tuple(largest))}"


def _padded_copy(x: Tensor, borders: list[tuple[int, int]], padded: list[Dim], c: Config) -> tuple[Tensor, ...]:
    """The copy of the input that PyTorch makes, and keeps, when it pads before convolving.

    Zeros on both sides alike need none; an odd "same" border is copied with its one extra point.
    """
    lead = x.shape[: -len(padded)]
    if c["padding_mode"] != "zeros":
        return (Tensor((*lead, *padded)),)
    odd = [after - before for before, after in borders]
    if all(extra == 0 for extra in odd):
        return ()
    return (Tensor((*lead, *[x.shape[i - len(padded)] + odd[i] for i in range(len(odd))])),)
