"""Layers that join tensors (torch.cat, torch.stack)."""

from blueprint.catalogue.broadcasting import common_dtype
from blueprint.catalogue.checks import axis, new_axis
from blueprint.catalogue.layer import Config, Example, Facts, Field, Port, Report, Tensor, layer
from blueprint.catalogue.words import sizes
from blueprint.dimensions import equal, every, total

ONE_OR_MORE = (Port("in", variadic=True, minimum=1),)


@layer(
    "Concat",
    "arithmetic",
    "Joins tensors along one dimension.",
    Field("dim", "integer", "That dimension; negative counts from the end.", default=1, minimum=-8, maximum=7),
    inputs=ONE_OR_MORE,
    torch="torch.cat([{in}], dim={dim})",
    example=Example({}, ("[B, 8, 4, 4]", "[B, 16, 4, 4]"), ("[B, 24, 4, 4]",)),
)
def concat(inputs: tuple[Tensor, ...], c: Config, report: Report) -> Facts | None:
    first = inputs[0].shape
    dim = axis(c["dim"], len(first), "dim", report)
    if dim is None or not _alike(inputs, dim, f" along dim {dim}", report):
        return None
    joined = total([x.shape[dim] for x in inputs])
    return Facts((Tensor((*first[:dim], joined, *first[dim + 1 :]), _dtype(inputs)),))


@layer(
    "Stack",
    "arithmetic",
    "Joins tensors of one shape along a new dimension.",
    Field("dim", "integer", "Its place; negative counts from the end.", default=0, minimum=-9, maximum=8),
    inputs=ONE_OR_MORE,
    torch="torch.stack([{in}], dim={dim})",
    example=Example({"dim": 1}, ("[B, 8]", "[B, 8]", "[B, 8]"), ("[B, 3, 8]",)),
)
def stack(inputs: tuple[Tensor, ...], c: Config, report: Report) -> Facts | None:
    first = inputs[0].shape
    dim = new_axis(c["dim"], len(first) + 1, report)
    if dim is None or not _alike(inputs, -1, "", report):
        return None
    return Facts((Tensor((*first[:dim], len(inputs), *first[dim:]), _dtype(inputs)),))


def _dtype(inputs: tuple[Tensor, ...]) -> str:
    dtype = inputs[0].dtype
    for x in inputs[1:]:
        dtype = common_dtype(Tensor(x.shape, dtype), x)
    return dtype


def _alike(inputs: tuple[Tensor, ...], dim: int, along: str, report: Report) -> bool:
    """Whether all inputs have the sizes of the first, but for those along `dim`."""
    first = inputs[0].shape
    rank = len(first)
    for n in range(1, len(inputs)):
        other = inputs[n].shape
        fine = len(other) == rank and every(*[i == dim or equal(first[i], other[i]) for i in range(rank)])
        if fine is not True:
            unable, differ = ("cannot", "differ") if fine is False else ("may be unable to", "may differ")
            what = f"{unable} join {sizes(first)} and in.{n} {sizes(other)}{along}: other sizes {differ}"
            mend = f"bring them to equal sizes except{along}" if dim >= 0 else "bring them to equal sizes"
            report(fine, "shape_mismatch", what, mend)
        if fine is False:
            return False
    return True
