"""Undoing a pooling as far as it can be (torch.nn.MaxUnpool2d)."""

from blueprint.catalogue.checks import floating, is_spatial
from blueprint.catalogue.layer import Config, Example, Facts, Field, Port, Report, Tensor, layer
from blueprint.catalogue.pooling import step, window
from blueprint.catalogue.words import by, sizes, uniform
from blueprint.dimensions import Dim, Shape, at_least, equal, every


@layer(
    "MaxUnpool2d",
    "pooling",
    "Puts the largest values back where a MaxPool2d found them, and zeros elsewhere.",
    *window(2),
    Field("padding", "sizes", "Border that the pooling had added.", default=0, minimum=0, count=2),
    Field(
        "output_size",
        "sizes",
        "Height and width of the result, where several fit the windows.",
        minimum=1,
        count=2,
        nullable=True,
    ),
    inputs=(Port("in"), Port("indices")),
    torch="F.max_unpool2d({in}, {indices}, {kernel_size}, {stride}, {padding}, {output_size})",
    example=Example({"kernel_size": 2}, ("[B, 16, 4, 4]", "int64[B, 16, 4, 4]"), ("[B, 16, 8, 8]",)),
)
def max_unpool(x: Tensor, indices: Tensor, c: Config, report: Report) -> Facts | None:
    """Sizes: torch.nn.functional._unpool_output_size; keeps where the values went."""
    if not floating(x, report) or not is_spatial(x, 2, report):
        return None
    if not _are_places(indices, report) or not _one_each(x, indices, report):
        return None
    out = _grown(x, c)
    if not _can_be(out, c, report):
        return None
    size = out if c["output_size"] is None else c["output_size"]
    return Facts((Tensor((*x.shape[:-2], *size), x.dtype),), determined={"stride": step(c)}, keeps_ports=("indices",))


def _are_places(indices: Tensor, report: Report) -> bool:
    if indices.dtype == "int64":
        return True
    what = f"needs places as int64 at indices but gets {indices.dtype}"
    return report(False, "dtype_mismatch", what, "connect the indices of a MaxPool2d with return_indices")


def _one_each(x: Tensor, indices: Tensor, report: Report) -> bool:
    alike = len(x.shape) == len(indices.shape)
    fine = every(*[equal(a, b) for a, b in zip(x.shape, indices.shape, strict=True)]) if alike else False
    if fine is True:
        return True
    differ = "differs" if fine is False else "may differ"
    what = f"the shape {sizes(indices.shape)} at indices {differ} from that of the values, {sizes(x.shape)}"
    return report(fine, "shape_mismatch", what, "give it the indices of the pooling that made values of this shape")


def _grown(x: Tensor, c: Config) -> list[Dim]:
    """The smallest size whose pooling gives this one."""
    kernel, padding = c["kernel_size"], c["padding"]
    return [(x.shape[i - 2] - 1) * step(c)[i] + kernel[i] - 2 * padding[i] for i in range(2)]


def _can_be(out: list[Dim], c: Config, report: Report) -> bool:
    wanted, steps = c["output_size"], step(c)
    if wanted is None:
        return _is_something(tuple(out), c, report)
    low = [at_least(wanted[i], out[i] - steps[i] + 1) for i in range(2)]
    high = [at_least(out[i] + steps[i] - 1, wanted[i]) for i in range(2)]
    fine = every(*low, *high)
    if fine is True:
        return True
    far = "is" if fine is False else "may be"
    what = f"output_size {by(wanted)} {far} a stride or more away from {by(tuple(out))}, which the windows make"
    return report(fine, "bad_config", what, "use the size that entered the MaxPool2d, or leave output_size out")


def _is_something(out: Shape, c: Config, report: Report) -> bool:
    fine = every(*[at_least(size, 1) for size in out])
    if fine is True:
        return True
    nothing = "leaves nothing" if fine is False else "may leave nothing"
    what = f"padding {uniform(c['padding'])} {nothing} of the result, whose size is {by(out)}"
    return report(fine, "bad_config", what, "use the settings of the MaxPool2d")
