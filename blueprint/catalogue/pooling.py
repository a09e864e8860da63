"""Pooling by windows (torch.nn, "Pooling layers")."""

from blueprint.catalogue.checks import AXES, FLOATING, is_spatial, takes
from blueprint.catalogue.layer import Config, Example, Facts, Field, Report, Tensor, layer
from blueprint.catalogue.words import by, uniform
from blueprint.dimensions import Dim, at_least, every

CEIL = Field("ceil_mode", "boolean", "Round sizes up, keeping windows that stick out.", default=False)
INCLUDE_PAD = Field("count_include_pad", "boolean", "Count the border's zeros in the mean.", default=True)
DIVISOR = Field("divisor_override", "integer", "Divide each sum by this instead.", minimum=1, nullable=True)
INDICES = Field("return_indices", "boolean", "Also give the place of each largest value.", default=False)
NORM_TYPE = Field(
    "norm_type", "number", "Exponent p of the norm: 1 for sums, larger ones near the maximum.", required=True
)
NO_BORDER = (0, 0, 0)
NO_GAPS = (1, 1, 1)
MAX_OUTPUTS = ("out", "indices")


def window(axes: int) -> tuple[Field, ...]:
    """Size and stride of all windows over so many axes."""
    size = f"Size of the window ({AXES[axes - 1]})."
    step = "Steps between windows; the window itself when omitted."
    return (
        Field("kernel_size", "sizes", size, minimum=1, count=axes, required=True),
        Field("stride", "sizes", step, minimum=1, count=axes, nullable=True),
    )


def bordered(axes: int) -> tuple[Field, ...]:
    """The settings of windows that may stand in a border."""
    padding = Field("padding", "sizes", "Border added, at most half a window.", default=0, minimum=0, count=axes)
    return (*window(axes), padding)


def spread(axes: int) -> tuple[Field, ...]:
    """The settings of windows whose points may lie apart."""
    apart = Field("dilation", "sizes", "Distance between the points of a window.", default=1, minimum=1, count=axes)
    return (*bordered(axes), apart, INDICES, CEIL)


@layer(
    "MaxPool1d",
    "pooling",
    "The largest value of each window of a signal.",
    *spread(1),
    outputs=MAX_OUTPUTS,
    example=Example({"kernel_size": 2}, ("[B, 16, 100]",), ("[B, 16, 50]",)),
)
@layer(
    "MaxPool2d",
    "pooling",
    "The largest value of each window of an image.",
    *spread(2),
    outputs=MAX_OUTPUTS,
    example=Example({"kernel_size": 2}, ("[B, 16, 8, 8]",), ("[B, 16, 4, 4]",)),
)
@layer(
    "MaxPool3d",
    "pooling",
    "The largest value of each window of a volume.",
    *spread(3),
    outputs=MAX_OUTPUTS,
    example=Example(
        {"kernel_size": 2, "return_indices": True},
        ("[B, 4, 8, 8, 8]",),
        ("[B, 4, 4, 4, 4]", "int64[B, 4, 4, 4, 4]"),
    ),
)
def max_pool(x: Tensor, c: Config, report: Report) -> Facts | None:
    """Keeps which point of each window was the largest, as int64, whether or not it gives that.

    Over signals PyTorch has code of its own for what gives no indices, and that for floating numbers only.
    """
    given = c["return_indices"]
    dtypes = FLOATING if len(c["kernel_size"]) == 1 and not given else (*FLOATING, "int32", "int64", "uint8")
    out = pooled(x, c, c["padding"], c["dilation"], report) if takes(x, dtypes, report) else None
    if out is None:
        return None
    places = Tensor(out.shape, "int64")
    return Facts(
        (out, places) if given else (out,),
        determined={"stride": step(c)},
        keeps_input=True,
        keeps_ports=("indices",) if given else (),
        keeps=() if given else (places,),
    )


@layer(
    "AvgPool1d",
    "pooling",
    "The mean of each window of a signal.",
    *bordered(1),
    CEIL,
    INCLUDE_PAD,
    example=Example({"kernel_size": 4}, ("[B, 16, 100]",), ("[B, 16, 25]",)),
)
@layer(
    "AvgPool2d",
    "pooling",
    "The mean of each window of an image.",
    *bordered(2),
    CEIL,
    INCLUDE_PAD,
    DIVISOR,
    example=Example({"kernel_size": 2}, ("[B, 16, 8, 8]",), ("[B, 16, 4, 4]",)),
)
@layer(
    "AvgPool3d",
    "pooling",
    "The mean of each window of a volume.",
    *bordered(3),
    CEIL,
    INCLUDE_PAD,
    DIVISOR,
    example=Example({"kernel_size": 2}, ("[B, 4, 8, 8, 8]",), ("[B, 4, 4, 4, 4]",)),
)
def avg_pool(x: Tensor, c: Config, report: Report) -> Facts | None:
    """Whole numbers stay whole, as PyTorch has it; over a volume no window may be larger than the input."""
    axes = len(c["kernel_size"])
    dtypes = ("float32", "int64") if axes == 3 else (*FLOATING, "int64")
    out = pooled(x, c, c["padding"], NO_GAPS, report) if takes(x, dtypes, report) else None
    if out is None or (axes == 3 and not _no_larger(x, c, report)):
        return None
    return Facts((out,), determined={"stride": step(c)}, keeps_input=True)


def _no_larger(x: Tensor, c: Config, report: Report) -> bool:
    fine = every(*[at_least(x.shape[i - 3], c["kernel_size"][i]) for i in range(3)])
    if fine is True:
        return True
    larger = "is larger" if fine is False else "may be larger"
    what = f"a window of {by(c['kernel_size'])} {larger} than the {by(x.shape[-3:])} input without its border"
    return report(fine, "shape_mismatch", what, "use a smaller kernel_size, or pool less before")


@layer(
    "LPPool1d",
    "pooling",
    "The p-norm of each window of a signal.",
    NORM_TYPE,
    *window(1),
    CEIL,
    example=Example({"norm_type": 2, "kernel_size": 4}, ("[B, 16, 100]",), ("[B, 16, 25]",)),
)
@layer(
    "LPPool2d",
    "pooling",
    "The p-norm of each window of an image.",
    NORM_TYPE,
    *window(2),
    CEIL,
    example=Example({"norm_type": 2, "kernel_size": 2}, ("[B, 16, 8, 8]",), ("[B, 16, 4, 4]",)),
)
def lp_pool(x: Tensor, c: Config, report: Report) -> Facts | None:
    """A mean of powers times the size of the window, and its root; keeps the powers and four steps to the root."""
    if c["norm_type"] == 0:
        report(False, "bad_config", "norm_type is 0, which has no root", "set it to 1, 2 or more")
        return None
    out = pooled(x, c, NO_BORDER, NO_GAPS, report)
    if out is None:
        return None
    dtype = x.dtype if x.dtype in FLOATING else "float32"
    result = Tensor(out.shape, dtype)
    powers = Tensor(x.shape, dtype)
    return Facts(
        (result,),
        determined={"stride": step(c)},
        keeps_input=True,
        keeps=(powers, result, result, result, result),
    )


def step(c: Config) -> tuple[int, ...]:
    """Steps between windows."""
    stride: tuple[int, ...] | None = c["stride"]
    return c["kernel_size"] if stride is None else stride


def pooled(x: Tensor, c: Config, padding: tuple[int, ...], dilation: tuple[int, ...], report: Report) -> Tensor | None:
    """What all window poolings share (ATen/native/Pool.h)."""
    kernel = c["kernel_size"]
    axes = len(kernel)
    if not is_spatial(x, axes, report):
        return None
    if any(padding[i] > kernel[i] // 2 for i in range(axes)):
        what = f"padding {uniform(padding)} is more than half the kernel of {by(kernel)}"
        mend = f"use a padding of at most {uniform(tuple([size // 2 for size in kernel]))}"
        report(False, "bad_config", what, mend)
        return None
    reach = [dilation[i] * (kernel[i] - 1) + 1 for i in range(axes)]
    out = [windows(x.shape[i - axes], reach[i], step(c)[i], padding[i], c["ceil_mode"]) for i in range(axes)]
    fine = every(*[at_least(size, 1) for size in out])
    if fine is not True:
        doubt = "does not" if fine is False else "may not"
        setting = f"(padding {uniform(padding)})"
        what = f"a window of {by(tuple(reach))} {doubt} fit the {by(x.shape[-axes:])} input {setting}"
        report(fine, "shape_mismatch", what, "use a smaller kernel_size, or pool less before")
    return None if fine is False else Tensor((*x.shape[:-axes], *out), x.dtype)


def windows(size: Dim, reach: int, stride: int, padding: int, ceil: bool) -> Dim:
    """Windows along one axis. Rounding up drops a window that would start in the border after the input.

    In one formula: ceil(min(size + 2*padding - reach + stride, size + padding) / stride).
    """
    if not ceil:
        return (size + 2 * padding - reach) // stride + 1
    return (size + min(2 * padding - reach + stride, padding) + stride - 1) // stride
