"""Layers that compute element by element or join tensors (torch.add, torch.cat and their like)."""

from blueprint.catalogue.checks import axis, promoted
from blueprint.catalogue.layer import Config, Example, Facts, Field, Port, Report, Tensor, layer
from blueprint.catalogue.words import sizes
from blueprint.dimensions import Dim, Shape, equal, every

MANY = (Port("in", variadic=True, minimum=2),)


@layer(
    "Add",
    "arithmetic",
    "Adds tensors; sizes of 1 stretch to fit (broadcasting).",
    inputs=MANY,
    torch="{in: + }",
    example=Example({}, ("[B, 8, 4, 4]", "[8, 1, 1]"), ("[B, 8, 4, 4]",)),
)
def add(inputs: tuple[Tensor, ...], c: Config, report: Report) -> Facts | None:
    shape = broadcast([x.shape for x in inputs], "add", report)
    return None if shape is None else Facts((Tensor(shape, common_dtype(inputs)),))


@layer(
    "Concat",
    "arithmetic",
    "Joins tensors along one dimension.",
    Field("dim", "integer", "That dimension; negative counts from the end.", default=1, minimum=-8, maximum=7),
    inputs=(Port("in", variadic=True, minimum=1),),
    torch="torch.cat([{in}], dim={dim})",
    example=Example({}, ("[B, 8, 4, 4]", "[B, 16, 4, 4]"), ("[B, 24, 4, 4]",)),
)
def concat(inputs: tuple[Tensor, ...], c: Config, report: Report) -> Facts | None:
    first = inputs[0].shape
    dim = axis(c["dim"], len(first), "dim", report)
    if dim is None:
        return None
    joined = first[dim]
    for index in range(1, len(inputs)):
        other = inputs[index].shape
        if not _alike_but_for(dim, first, other, index, report):
            return None
        joined = joined + other[dim]
    return Facts((Tensor((*first[:dim], joined, *first[dim + 1 :]), common_dtype(inputs)),))


def common_dtype(inputs: tuple[Tensor, ...]) -> str:
    """The dtype that all inputs fit."""
    dtype = inputs[0].dtype
    for x in inputs[1:]:
        dtype = promoted(dtype, x.dtype)
    return dtype


def broadcast(shapes: list[Shape], verb: str, report: Report) -> Shape | None:
    """The shape that all stretch to, aligned at their last dimensions."""
    shape = shapes[0]
    for other in shapes[1:]:
        both = _broadcast(shape, other, verb, report)
        if both is None:
            return None
        shape = both
    return shape


def _broadcast(left: Shape, right: Shape, verb: str, report: Report) -> Shape | None:
    if left == right:
        return left
    rank = max(len(left), len(right))
    a = (*[1 for _ in range(rank - len(left))], *left)
    b = (*[1 for _ in range(rank - len(right))], *right)
    fine = every(*[a[i] == 1 or b[i] == 1 or equal(a[i], b[i]) for i in range(rank)])
    if fine is not True:
        unable = "cannot" if fine is False else "may be unable to"
        what = f"{unable} {verb} {sizes(left)} and {sizes(right)}: sizes must be equal or 1, counted from the last"
        report(fine, "shape_mismatch", what, "bring both branches to the same shape first")
    return None if fine is False else tuple([_stretched(a[i], b[i]) for i in range(rank)])


def _stretched(a: Dim, b: Dim) -> Dim:
    """Of two sizes that fit: the one that is not 1, rather a number than a name."""
    return b if a == 1 or (isinstance(b, int) and b != 1) else a


def _alike_but_for(dim: int, first: Shape, other: Shape, index: int, report: Report) -> bool:
    rank = len(first)
    fine = len(other) == rank and every(*[i == dim or equal(first[i], other[i]) for i in range(rank)])
    if fine is True:
        return True
    unable, differ = ("cannot", "differ") if fine is False else ("may be unable to", "may differ")
    what = f"{unable} join {sizes(first)} and in.{index} {sizes(other)} along dim {dim}: other sizes {differ}"
    return report(fine, "shape_mismatch", what, f"bring them to equal sizes except along dim {dim}")
