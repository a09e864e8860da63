"""Windows of an image as columns, and columns laid back into an image (torch.nn.Unfold, torch.nn.Fold)."""

from blueprint.catalogue.checks import FLOATING, is_spatial, takes
from blueprint.catalogue.layer import Config, Example, Facts, Field, Report, Tensor, layer
from blueprint.catalogue.words import brief, by, count, sizes, uniform
from blueprint.dimensions import Dim, at_least, equal, every, product

WINDOW = (
    Field("kernel_size", "sizes", "Size of a window (height, width).", minimum=1, count=2, required=True),
    Field("dilation", "sizes", "Distance between the points of a window.", default=1, minimum=1, count=2),
    Field("padding", "sizes", "Border of zeros on each side of the image.", default=0, minimum=0, count=2),
    Field("stride", "sizes", "Steps between windows.", default=1, minimum=1, count=2),
)


@layer(
    "Unfold",
    "convolution",
    "The windows of an image as columns, one for each position.",
    *WINDOW,
    example=Example({"kernel_size": 2, "stride": 2}, ("[B, 3, 8, 8]",), ("[B, 12, 16]",)),
)
def unfold(x: Tensor, c: Config, report: Report) -> Facts | None:
    if not takes(x, (*FLOATING, "bool"), report) or not is_spatial(x, 2, report):
        return None
    across = _positions(x.shape[-2:], c)
    fine = every(*[at_least(number, 1) for number in across])
    if fine is not True:
        doubt = "does not" if fine is False else "may not"
        what = f"a window of {by(c['kernel_size'])} {doubt} fit the {by(x.shape[-2:])} input {_setting(c)}"
        report(fine, "shape_mismatch", what, "use a smaller kernel_size or more padding")
    if fine is False:
        return None
    column = x.shape[-3] * product(c["kernel_size"])
    return Facts((Tensor((*x.shape[:-3], column, product(across)), x.dtype),))


@layer(
    "Fold",
    "convolution",
    "Lays columns back into an image as windows, adding up where they overlap.",
    Field("output_size", "sizes", "Height and width of the image.", minimum=1, count=2, required=True),
    *WINDOW,
    example=Example({"output_size": 8, "kernel_size": 2, "stride": 2}, ("[B, 12, 16]",), ("[B, 3, 8, 8]",)),
)
def fold(x: Tensor, c: Config, report: Report) -> Facts | None:
    rank = len(x.shape)
    if not takes(x, (*FLOATING, "bool"), report):
        return None
    if rank != 2 and rank != 3:
        what = f"needs columns [N, C*window, L] or [C*window, L] but gets {sizes(x.shape)}, which has"
        report(False, "shape_mismatch", f"{what} {count(rank, 'dimension')}", "feed it what an Unfold gives")
        return None
    height, width = c["kernel_size"]
    points = height * width
    if not (_whole_windows(x.shape[-2], points, c, report) and _as_many(x.shape[-1], c, report)):
        return None
    return Facts((Tensor((*x.shape[:-2], x.shape[-2] // points, *c["output_size"]), x.dtype),))


def _positions(size: tuple[Dim, ...], c: Config) -> list[Dim]:
    """Windows along height and width (torch.nn.Unfold, "Shape")."""
    reach = [c["dilation"][i] * (c["kernel_size"][i] - 1) + 1 for i in range(2)]
    return [(size[i] + 2 * c["padding"][i] - reach[i]) // c["stride"][i] + 1 for i in range(2)]


def _setting(c: Config) -> str:
    return f"(dilation {uniform(c['dilation'])}, padding {uniform(c['padding'])})"


def _whole_windows(column: Dim, points: int, c: Config, report: Report) -> bool:
    """Whether a column holds one window of each channel."""
    fine = equal(column % points, 0)
    if fine is True:
        return True
    doubt = "is not" if fine is False else "may not be"
    what = f"a column of {brief(column)} {doubt} a whole number of {by(c['kernel_size'])} windows"
    return report(fine, "shape_mismatch", what, f"feed it columns of a multiple of {points}")


def _as_many(columns: Dim, c: Config, report: Report) -> bool:
    """Whether there is one column for each position of a window in the image."""
    across = _positions(c["output_size"], c)
    wanted = product(across)
    if any(at_least(number, 1) is False for number in across):
        what = f"a window of {by(c['kernel_size'])} does not fit the {by(c['output_size'])} image {_setting(c)}"
        return report(False, "bad_config", what, "use a larger output_size or a smaller kernel_size")
    fine = equal(columns, wanted)
    if fine is True:
        return True
    doubt = "but gets" if fine is False else "but may not get them from"
    what = f"an image of {by(c['output_size'])} has {brief(wanted)} windows {doubt} {brief(columns)} columns"
    return report(fine, "shape_mismatch", what, "change output_size, or feed it a column for each window")
