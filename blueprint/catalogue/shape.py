"""Layers that only rearrange numbers (torch.flatten, torch.reshape and their like)."""

from blueprint.catalogue.checks import axis
from blueprint.catalogue.layer import Config, Example, Facts, Field, Report, Tensor, layer
from blueprint.catalogue.words import brief, sizes
from blueprint.dimensions import Dim, Shape, equal, product
from blueprint.quotients import quotient


@layer("Identity", "shape", "Passes its input on.", example=Example({}, ("[B, 8]",), ("[B, 8]",)))
def identity(x: Tensor, c: Config, report: Report) -> Facts:
    return Facts((x,), is_view=True)


@layer(
    "Flatten",
    "shape",
    "Merges a run of neighbouring dimensions into one.",
    Field("start_dim", "integer", "First dimension merged.", default=1, minimum=-8, maximum=7),
    Field("end_dim", "integer", "Last dimension merged.", default=-1, minimum=-8, maximum=7),
    example=Example({}, ("[B, 16, 4, 4]",), ("[B, 256]",)),
)
def flatten(x: Tensor, c: Config, report: Report) -> Facts | None:
    start = axis(c["start_dim"], len(x.shape), "start_dim", report)
    end = axis(c["end_dim"], len(x.shape), "end_dim", report)
    if start is None or end is None:
        return None
    if start > end:
        what = f"start_dim {c['start_dim']} comes after end_dim {c['end_dim']} in {sizes(x.shape)}"
        report(False, "bad_config", what, "exchange the two")
        return None
    shape = (*x.shape[:start], product(x.shape[start : end + 1]), *x.shape[end + 1 :])
    return Facts((Tensor(shape, x.dtype),), is_view=True)


@layer(
    "Reshape",
    "shape",
    "Gives the same numbers another shape.",
    Field(
        "shape",
        "shape",
        "The sizes wanted; one of them may be -1, which takes what is left.",
        minimum=-1,
        required=True,
    ),
    torch="torch.reshape({in}, {shape})",
    example=Example({"shape": ["B", -1, 4]}, ("[B, 16, 8]",), ("[B, 32, 4]",)),
)
def reshape(x: Tensor, c: Config, report: Report) -> Facts | None:
    """torch.reshape; -1 is the quotient of all sizes by those given."""
    wanted = c["shape"]
    if len([size for size in wanted if size == -1]) > 1:
        report(False, "bad_config", f"shape {sizes(wanted)} has more than one -1", "leave one size open at most")
        return None
    numbers = product(x.shape)
    shape = filled(wanted, numbers)
    fine = False if shape is None else equal(product(shape), numbers)
    if fine is not True:
        doubt = "cannot" if fine is False else "may be unable to"
        what = f"{doubt} give {sizes(x.shape)} the shape {sizes(wanted)}, whose sizes must multiply to {brief(numbers)}"
        report(fine, "shape_mismatch", what, "change the sizes, or leave one of them to -1")
    return None if shape is None or fine is False else Facts((Tensor(shape, x.dtype),), is_view=True)


def filled(wanted: Shape, numbers: Dim) -> Shape | None:
    """The shape wanted, its -1 replaced by what is left of so many numbers."""
    if all(size != -1 for size in wanted):
        return wanted
    rest = quotient(numbers, product([size for size in wanted if size != -1]))
    return None if rest is None else tuple([rest if size == -1 else size for size in wanted])
