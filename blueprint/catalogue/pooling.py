"""Pooling (torch.nn, "Pooling layers")."""

from blueprint.catalogue.checks import floating, image
from blueprint.catalogue.layer import Check, Config, Facts, Field, Tensor, by, layer, one_or_both
from blueprint.dimensions import Dim, Shape, at_least, every

KERNEL = Field("kernel_size", "pair", "Height and width of the window.", minimum=1, unit="pixels", required=True)
STRIDE = Field("stride", "pair", "Steps between windows; the window itself when omitted.", minimum=1, nullable=True)
PADDING = Field("padding", "pair", "Border added on each side, at most half a window.", default=0, minimum=0)
CEIL = Field("ceil_mode", "boolean", "Round sizes up, keeping windows that stick out.", default=False)


@layer(
    "MaxPool2d",
    "pooling",
    "The largest value of each window of an image.",
    KERNEL,
    STRIDE,
    PADDING,
    Field("dilation", "pair", "Distance between the points of a window.", default=1, minimum=1, unit="pixels"),
    CEIL,
)
def max_pool2d(inputs: tuple[Tensor, ...], c: Config, check: Check) -> Facts | None:
    """Keeps which point of each window was the largest, as int64."""
    (x,) = inputs
    if (out := _pooled(x, c, c["dilation"], check)) is None:
        return None
    return Facts((out,), determined=_stride(c), keeps_input=True, keeps=(Tensor(out.shape, "int64"),))


@layer(
    "AvgPool2d",
    "pooling",
    "The mean of each window of an image.",
    KERNEL,
    STRIDE,
    PADDING,
    CEIL,
    Field("count_include_pad", "boolean", "Count the border's zeros in the mean.", default=True),
    Field("divisor_override", "integer", "Divide each sum by this instead.", minimum=1, nullable=True),
)
def avg_pool2d(inputs: tuple[Tensor, ...], c: Config, check: Check) -> Facts | None:
    (x,) = inputs
    if (out := _pooled(x, c, (1, 1), check)) is None:
        return None
    return Facts((out,), determined=_stride(c), keeps_input=True)


@layer(
    "AdaptiveAvgPool2d",
    "pooling",
    "Means over as many windows as it takes to reach a given size.",
    Field(
        "output_size",
        "open_pair",
        "Height and width of the result; null for one of them keeps the input's.",
        minimum=1,
        unit="pixels",
        required=True,
    ),
)
def adaptive_avg_pool2d(inputs: tuple[Tensor, ...], c: Config, check: Check) -> Facts | None:
    """A 1x1 result is a plain mean, which needs nothing of its input afterwards."""
    (x,) = inputs
    if not floating(x, check) or (im := image(x, check)) is None:
        return None
    wanted = c["output_size"]
    out: Shape = tuple(size if goal is None else goal for size, goal in zip(im.spatial, wanted, strict=True))
    return Facts((Tensor((*im.batch, im.channels, *out), x.dtype),), keeps_input=out != (1, 1))


def _stride(c: Config) -> dict[str, tuple[int, int]]:
    return {"stride": c["stride"] or c["kernel_size"]}


def _pooled(x: Tensor, c: Config, dilation: tuple[int, int], check: Check) -> Tensor | None:
    """What both window poolings share (ATen/native/Pool.h)."""
    if not floating(x, check) or (im := image(x, check)) is None:
        return None
    kernel, padding = c["kernel_size"], c["padding"]
    reach = [dilation[i] * (kernel[i] - 1) + 1 for i in range(2)]
    what = f"padding {one_or_both(padding)} is more than half the kernel of {by(kernel)}"
    mend = f"use a padding of at most {one_or_both([size // 2 for size in kernel])}"
    if not check(all(padding[i] <= kernel[i] // 2 for i in range(2)), "bad_config", what, mend):
        return None
    out = [_windows(im.spatial[i], reach[i], _stride(c)["stride"][i], padding[i], c["ceil_mode"]) for i in range(2)]
    fine = every(*(at_least(size, 1) for size in out))
    doubt = "does not" if fine is False else "may not"
    what = f"a window of {by(reach)} {doubt} fit the {by(im.spatial)} input (padding {one_or_both(padding)})"
    if not check(fine, "shape_mismatch", what, "use a smaller kernel_size, or pool less before"):
        return None
    return Tensor((*im.batch, im.channels, *out), x.dtype)


def _windows(size: Dim, reach: int, stride: int, padding: int, ceil: bool) -> Dim:
    """Windows along one axis. Rounding up drops a window that would start in the border after the input.

    In one formula: ceil(min(size + 2*padding - reach + stride, size + padding) / stride).
    """
    if not ceil:
        return (size + 2 * padding - reach) // stride + 1
    return (size + min(2 * padding - reach + stride, padding) + stride - 1) // stride
