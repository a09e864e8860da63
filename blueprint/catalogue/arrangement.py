"""Layers that only rearrange or join tensors (torch.flatten, torch.cat, torch.add)."""

from functools import reduce

from blueprint.catalogue.checks import axis, promoted
from blueprint.catalogue.layer import Check, Config, Facts, Field, Port, Tensor, layer, sizes
from blueprint.dimensions import Dim, Shape, equal, every, product


@layer("Identity", "arrangement", "Passes its input on.")
def identity(inputs: tuple[Tensor, ...], c: Config, check: Check) -> Facts:
    return Facts(inputs, is_view=True)


@layer(
    "Flatten",
    "arrangement",
    "Merges a run of neighbouring dimensions into one.",
    Field(
        "start_dim",
        "integer",
        "First dimension merged.",
        default=1,
        minimum=-8,
        maximum=7,
    ),
    Field("end_dim", "integer", "Last dimension merged.", default=-1, minimum=-8, maximum=7),
)
def flatten(inputs: tuple[Tensor, ...], c: Config, check: Check) -> Facts | None:
    (x,) = inputs
    start = axis(c["start_dim"], len(x.shape), "start_dim", check)
    end = axis(c["end_dim"], len(x.shape), "end_dim", check)
    if start is None or end is None:
        return None
    what = f"start_dim {c['start_dim']} comes after end_dim {c['end_dim']} in {sizes(x.shape)}"
    if not check(start <= end, "bad_config", what, "exchange the two"):
        return None
    shape = (*x.shape[:start], product(x.shape[start : end + 1]), *x.shape[end + 1 :])
    return Facts((Tensor(shape, x.dtype),), is_view=True)


@layer("Add", "arrangement", "Adds tensors; sizes of 1 stretch to fit (broadcasting).", inputs=(Port("in", True, 2),))
def add(inputs: tuple[Tensor, ...], c: Config, check: Check) -> Facts | None:
    shape: Shape | None = inputs[0].shape
    for x in inputs[1:]:
        shape = shape and _broadcast(shape, x.shape, check)
    return None if shape is None else Facts((Tensor(shape, _common_dtype(inputs)),))


@layer(
    "Concat",
    "arrangement",
    "Joins tensors along one dimension.",
    Field("dim", "integer", "That dimension; negative counts from the end.", default=1, minimum=-8, maximum=7),
    inputs=(Port("in", True, 1),),
)
def concat(inputs: tuple[Tensor, ...], c: Config, check: Check) -> Facts | None:
    first = inputs[0].shape
    if (dim := axis(c["dim"], len(first), "dim", check)) is None:
        return None
    joined: Dim = first[dim]
    for index, x in enumerate(inputs[1:], start=1):
        if not _alike_but_for(dim, first, x.shape, index, check):
            return None
        joined = joined + x.shape[dim]
    return Facts((Tensor((*first[:dim], joined, *first[dim + 1 :]), _common_dtype(inputs)),))


def _common_dtype(inputs: tuple[Tensor, ...]) -> str:
    return reduce(promoted, (x.dtype for x in inputs))


def _unable(verdict: bool | None) -> str:
    return "cannot" if verdict is False else "may be unable to"


def _broadcast(left: Shape, right: Shape, check: Check) -> Shape | None:
    """The shape two tensors stretch to, aligned at their last dimensions."""
    rank = max(len(left), len(right))
    pairs = list(zip((1,) * (rank - len(left)) + left, (1,) * (rank - len(right)) + right, strict=True))
    fine = every(*(a == 1 or b == 1 or equal(a, b) for a, b in pairs))
    what = f"{_unable(fine)} add {sizes(left)} and {sizes(right)}: sizes must be equal or 1, counted from the last"
    if not check(fine, "shape_mismatch", what, "bring both branches to the same shape first"):
        return None
    return tuple(_stretched(a, b) for a, b in pairs)


def _stretched(a: Dim, b: Dim) -> Dim:
    """Of two sizes that fit: the one that is not 1, rather a number than a name."""
    return b if a == 1 or (isinstance(b, int) and b != 1) else a


def _alike_but_for(dim: int, first: Shape, other: Shape, index: int, check: Check) -> bool:
    same = len(first) == len(other) and every(*(i == dim or equal(first[i], other[i]) for i in range(len(first))))
    differ = "differ" if same is False else "may differ"
    what = f"{_unable(same)} join {sizes(first)} and in.{index} {sizes(other)} along dim {dim}: other sizes {differ}"
    return check(same, "shape_mismatch", what, f"bring them to equal sizes except along dim {dim}")
