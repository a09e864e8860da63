"""Layers that give the same numbers another shape (torch.flatten, torch.reshape and their like)."""

from typing import Any

from blueprint.catalogue.checks import axis
from blueprint.catalogue.layer import Config, Example, Facts, Field, Report, Tensor, layer
from blueprint.catalogue.words import brief, count, sizes
from blueprint.dimensions import Dim, Shape, equal, every, product
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
    """torch.flatten; of a scalar it makes one number in a row."""
    rank = max(len(x.shape), 1)
    start = axis(c["start_dim"], rank, "start_dim", report)
    end = axis(c["end_dim"], rank, "end_dim", report)
    if start is None or end is None:
        return None
    if start > end:
        what = f"start_dim {c['start_dim']} comes after end_dim {c['end_dim']} in {sizes(x.shape)}"
        report(False, "bad_config", what, "exchange the two")
        return None
    shape = (*x.shape[:start], product(x.shape[start : end + 1]), *x.shape[end + 1 :])
    return Facts((Tensor(shape, x.dtype),), is_view=True)


@layer(
    "Unflatten",
    "shape",
    "Splits one dimension into several.",
    Field("dim", "integer", "That dimension; negative counts from the end.", required=True, minimum=-8, maximum=7),
    Field("unflattened_size", "integers", "Its new sizes; one may be -1.", required=True, minimum=-1),
    example=Example({"dim": 1, "unflattened_size": [4, -1]}, ("[B, 32]",), ("[B, 4, 8]",)),
)
def unflatten(x: Tensor, c: Config, report: Report) -> Facts | None:
    dim = axis(c["dim"], len(x.shape), "dim", report)
    if dim is None:
        return None
    parts = refilled((x.shape[dim],), c["unflattened_size"], "unflattened_size", report)
    return (
        None
        if parts is None
        else Facts((Tensor((*x.shape[:dim], *parts, *x.shape[dim + 1 :]), x.dtype),), is_view=True)
    )


@layer(
    "Reshape",
    "shape",
    "Gives the same numbers another shape.",
    Field("shape", "shape", "The sizes wanted; one may be -1, which takes the rest.", minimum=-1, required=True),
    torch="torch.reshape({in}, {shape})",
    example=Example({"shape": ["B", -1, 4]}, ("[B, 16, 8]",), ("[B, 32, 4]",)),
)
def reshape(x: Tensor, c: Config, report: Report) -> Facts | None:
    """torch.reshape; -1 is the quotient of all sizes by those given."""
    shape = refilled(x.shape, c["shape"], "shape", report)
    if shape is None:
        return None
    spelt = runtime_sizes(c["shape"], shape, x.shape, 1, "shape", report)
    return None if spelt is None else Facts((Tensor(shape, x.dtype),), determined={"shape": spelt}, is_view=True)


@layer(
    "Expand",
    "shape",
    "Repeats dimensions of size 1, without copying, to the sizes wanted.",
    Field("size", "shape", "The sizes wanted, new ones in front; -1 keeps a size.", minimum=-1, required=True),
    torch="{in}.expand({size})",
    example=Example({"size": [-1, 4, 8]}, ("[B, 1, 8]",), ("[B, 4, 8]",)),
)
def expand(x: Tensor, c: Config, report: Report) -> Facts | None:
    """torch.Tensor.expand; a size already there is written as -1, so that only new ones must be known."""
    wanted = c["size"]
    new = len(wanted) - len(x.shape)
    if new < 0 or any(size == -1 for size in wanted[:new]):
        what = (
            f"size {sizes(wanted)} has no size for each of the {count(len(x.shape), 'dimension')} of {sizes(x.shape)}"
        )
        mend = (
            "add -1 for those to keep"
            if new < 0
            else "give the new dimensions in front a size; only old ones may be -1"
        )
        report(False, "bad_config", what, mend)
        return None
    shape = tuple([wanted[i] if i < new or wanted[i] != -1 else x.shape[i - new] for i in range(len(wanted))])
    if not _stretches(x.shape, shape, report):
        return None
    kept = [-1 if i >= new and shape[i] == x.shape[i - new] else shape[i] for i in range(len(shape))]
    spelt = runtime_sizes(tuple(kept), shape, x.shape, 0, "size", report)
    return None if spelt is None else Facts((Tensor(shape, x.dtype),), determined={"size": spelt}, is_view=True)


def _stretches(have: Shape, wanted: Shape, report: Report) -> bool:
    new = len(wanted) - len(have)
    fine = every(*[have[i] == 1 or equal(have[i], wanted[i + new]) for i in range(len(have))])
    if fine is True:
        return True
    unable = "cannot" if fine is False else "may be unable to"
    what = f"{unable} expand {sizes(have)} to {sizes(wanted)}: sizes must be equal, or 1 in the input"
    return report(fine, "shape_mismatch", what, "keep the other sizes by -1")


def refilled(have: Shape, wanted: Shape, name: str, report: Report) -> Shape | None:
    """The sizes wanted, a -1 replaced by what is left, for as many numbers as there are."""
    if len([size for size in wanted if size == -1]) > 1:
        report(False, "bad_config", f"{name} {sizes(wanted)} has more than one -1", "leave one size open at most")
        return None
    if any(size == 0 for size in wanted):
        report(False, "bad_config", f"{name} {sizes(wanted)} has a size of 0", "use sizes of at least 1, or one -1")
        return None
    numbers = product(have)
    shape = filled(wanted, numbers)
    fine = False if shape is None else equal(product(shape), numbers)
    if fine is not True:
        unable = "cannot" if fine is False else "may be unable to"
        what = f"{unable} give {sizes(have)} the shape {sizes(wanted)}, whose sizes must multiply to {brief(numbers)}"
        report(fine, "shape_mismatch", what, "change the sizes, or leave one of them to -1")
    return None if fine is False else shape


def filled(wanted: Shape, numbers: Dim) -> Shape | None:
    """The shape wanted, its -1 replaced by what is left of so many numbers."""
    if all(size != -1 for size in wanted):
        return wanted
    rest = quotient(numbers, product([size for size in wanted if size != -1]))
    return None if rest is None else tuple([rest if size == -1 else size for size in wanted])


def runtime_sizes(
    wanted: Shape, shape: Shape, have: Shape, spare: int, name: str, report: Report
) -> tuple[Any, ...] | None:
    """Each size of `shape` as the running network knows it: a number, ("size", n) for size n of the input, or -1.

    -1 stands where it is wanted; or else for a size that cannot be told before, where there is one to `spare`.
    """
    spelt = [-1 if size == -1 else _runtime_size(size, have) for size in wanted]
    unknown = [size for size, known in zip(wanted, spelt, strict=True) if known is None]
    if len(unknown) == 0:
        return tuple(spelt)
    filled = [_runtime_size(size, have) for size in shape]
    if len([known for known in filled if known is None]) > spare:
        what = f"{name} {sizes(wanted)} holds {brief(unknown[0])}, which cannot be told from the input {sizes(have)}"
        report(False, "bad_config", what, "use numbers and sizes of the input")
        return None
    return tuple([-1 if known is None else known for known in filled])


def _runtime_size(size: Dim, have: Shape) -> Any:
    if isinstance(size, int):
        return size
    for n in range(len(have)):
        if have[n] == size:
            return ("size", n)
    return None
