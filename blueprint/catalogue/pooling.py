"""Pooling (torch.nn, "Pooling layers")."""

from blueprint.catalogue.checks import AXES, floating, is_spatial
from blueprint.catalogue.layer import Config, Example, Facts, Field, Report, Tensor, layer
from blueprint.catalogue.words import by, uniform
from blueprint.dimensions import Dim, at_least, every

CEIL = Field("ceil_mode", "boolean", "Round sizes up, keeping windows that stick out.", default=False)


def window(axes: int) -> tuple[Field, ...]:
    """The settings of all windows over so many axes."""
    size = f"Size of the window ({AXES[axes - 1]})."
    step = "Steps between windows; the window itself when omitted."
    return (
        Field("kernel_size", "sizes", size, minimum=1, count=axes, required=True),
        Field("stride", "sizes", step, minimum=1, count=axes, nullable=True),
        Field("padding", "sizes", "Border added, at most half a window.", default=0, minimum=0, count=axes),
    )


@layer(
    "MaxPool2d",
    "pooling",
    "The largest value of each window of an image.",
    *window(2),
    Field("dilation", "sizes", "Distance between the points of a window.", default=1, minimum=1, count=2),
    CEIL,
    example=Example({"kernel_size": 2}, ("[B, 16, 8, 8]",), ("[B, 16, 4, 4]",)),
)
def max_pool(x: Tensor, c: Config, report: Report) -> Facts | None:
    """Keeps which point of each window was the largest, as int64."""
    out = pooled(x, c, c["dilation"], report)
    if out is None:
        return None
    return Facts((out,), determined={"stride": step(c)}, keeps_input=True, keeps=(Tensor(out.shape, "int64"),))


@layer(
    "AvgPool2d",
    "pooling",
    "The mean of each window of an image.",
    *window(2),
    CEIL,
    Field("count_include_pad", "boolean", "Count the border's zeros in the mean.", default=True),
    Field("divisor_override", "integer", "Divide each sum by this instead.", minimum=1, nullable=True),
    example=Example({"kernel_size": 2}, ("[B, 16, 8, 8]",), ("[B, 16, 4, 4]",)),
)
def avg_pool(x: Tensor, c: Config, report: Report) -> Facts | None:
    out = pooled(x, c, tuple([1 for _ in c["kernel_size"]]), report)
    return None if out is None else Facts((out,), determined={"stride": step(c)}, keeps_input=True)


@layer(
    "AdaptiveAvgPool2d",
    "pooling",
    "Means over as many windows as it takes to reach a given size.",
    Field(
        "output_size",
        "open_sizes",
        "Height and width of the result; null for one of them keeps the input's.",
        minimum=1,
        count=2,
        required=True,
    ),
    example=Example({"output_size": 1}, ("[B, 16, 8, 8]",), ("[B, 16, 1, 1]",)),
)
def adaptive_avg_pool(x: Tensor, c: Config, report: Report) -> Facts | None:
    """A result of size 1 is a plain mean, which needs nothing of its input afterwards."""
    wanted = c["output_size"]
    axes = len(wanted)
    if not floating(x, report) or not is_spatial(x, axes, report):
        return None
    out = [x.shape[i - axes] if wanted[i] is None else wanted[i] for i in range(axes)]
    plain = all(size == 1 for size in out)
    return Facts((Tensor((*x.shape[:-axes], *out), x.dtype),), keeps_input=not plain)


def step(c: Config) -> tuple[int, ...]:
    """Steps between windows."""
    stride: tuple[int, ...] | None = c["stride"]
    return c["kernel_size"] if stride is None else stride


def pooled(x: Tensor, c: Config, dilation: tuple[int, ...], report: Report) -> Tensor | None:
    """What all window poolings share (ATen/native/Pool.h)."""
    kernel, padding = c["kernel_size"], c["padding"]
    axes = len(kernel)
    if not floating(x, report) or not is_spatial(x, axes, report):
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
        what = (
            f"a window of {by(tuple(reach))} {doubt} fit the {by(x.shape[-axes:])} input (padding {uniform(padding)})"
        )
        report(fine, "shape_mismatch", what, "use a smaller kernel_size, or pool less before")
    return None if fine is False else Tensor((*x.shape[:-axes], *out), x.dtype)


def windows(size: Dim, reach: int, stride: int, padding: int, ceil: bool) -> Dim:
    """Windows along one axis. Rounding up drops a window that would start in the border after the input.

    In one formula: ceil(min(size + 2*padding - reach + stride, size + padding) / stride).
    """
    if not ceil:
        return (size + 2 * padding - reach) // stride + 1
    return (size + min(2 * padding - reach + stride, padding) + stride - 1) // stride
