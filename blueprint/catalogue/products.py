"""Matrix products (torch.matmul)."""

from collections.abc import Sequence
from typing import NamedTuple

from blueprint.catalogue.arithmetic import MANY
from blueprint.catalogue.broadcasting import broadcast
from blueprint.catalogue.layer import Config, Example, Facts, Report, Tensor, layer
from blueprint.catalogue.words import brief, sizes
from blueprint.dimensions import Dim, Shape, equal, product


@layer(
    "MatMul",
    "arithmetic",
    "The matrix product of tensors, from left to right; further dimensions in front are batches.",
    inputs=MANY,
    torch="{in: @ }",
    example=Example({}, ("[B, T, 64]", "[64, 100]"), ("[B, T, 100]",), macs="6400*T"),
)
def matmul(inputs: tuple[Tensor, ...], c: Config, report: Report) -> Facts | None:
    """torch.matmul; products with a vector count no operations where FlopCounterMode counts none."""
    made = inputs[0]
    macs: Dim = 0
    used: list[Tensor] = []
    for right in inputs[1:]:
        pair = multiplied(made, right, report)
        if pair is None:
            return None
        made = pair.made
        macs = macs + pair.macs
        used = [*used, pair.left, pair.right]
    ports, copies = kept_factors(inputs, used)
    return Facts((made,), macs=macs, keeps_ports=ports, keeps=copies)


class Product(NamedTuple):
    """Two factors as they are multiplied, and what comes of it."""

    left: Tensor
    right: Tensor
    made: Tensor
    macs: Dim


def multiplied(left: Tensor, right: Tensor, report: Report) -> Product | None:
    """The matrix product of two tensors; None, reported, where there is none."""
    batch = _batch(left, right, report)
    if batch is None:
        return None
    columns = right.shape[-1:] if len(right.shape) > 1 else ()
    made = Tensor((*batch, *left.shape[-2:-1], *columns), left.dtype)
    macs = product((*made.shape, left.shape[-1])) if _is_counted(left, right) else 0
    return Product(_as_used(left, batch), _as_used(right, batch), made, macs)


def kept_factors(inputs: Sequence[Tensor], used: list[Tensor]) -> tuple[tuple[str, ...], tuple[Tensor, ...]]:
    """The ports whose tensors are kept as they enter; and what else is: copies, and products on the way.

    `used` are left and right factors in turn, as they were multiplied.
    """
    first = ["in.0"] if used[0] == inputs[0] else []
    ports = [f"in.{n}" for n in range(1, len(inputs)) if used[2 * n - 1] == inputs[n]]
    lefts = [used[2 * n] for n in range(len(inputs) - 1) if n > 0 or used[0] != inputs[0]]
    rights = [used[2 * n - 1] for n in range(1, len(inputs)) if used[2 * n - 1] != inputs[n]]
    return (*first, *ports), (*lefts, *rights)


def _is_counted(left: Tensor, right: Tensor) -> bool:
    """A product by a vector is no matrix product, nor one of a vector by matrices of one row each."""
    if len(right.shape) == 1:
        return False
    return len(left.shape) > 1 or len(right.shape) == 2 or left.shape[0] != 1


def _batch(left: Tensor, right: Tensor, report: Report) -> Shape | None:
    """The dimensions in front of both matrices, stretched to one shape."""
    if len(left.shape) == 0 or len(right.shape) == 0:
        what = f"cannot multiply {sizes(left.shape)} by {sizes(right.shape)}: a scalar is no matrix"
        report(False, "shape_mismatch", what, "use Multiply")
        return None
    if left.dtype != right.dtype or left.dtype == "bool":
        what = f"cannot multiply matrices of {left.dtype} and {right.dtype}"
        report(False, "dtype_mismatch", what, "give both Inputs the same dtype, and not bool")
        return None
    inner = right.shape[0] if len(right.shape) == 1 else right.shape[-2]
    fine = equal(left.shape[-1], inner)
    if fine is not True:
        unable = "cannot" if fine is False else "may be unable to"
        meet = f"{brief(left.shape[-1])} columns meet {brief(inner)} rows"
        what = f"{unable} multiply {sizes(left.shape)} by {sizes(right.shape)}: {meet}"
        report(fine, "shape_mismatch", what, "make them equal, or put Transpose before one of the two")
    return None if fine is False else broadcast(left.shape[:-2], right.shape[:-2], "multiply batches of", report)


def _as_used(x: Tensor, batch: Shape) -> Tensor:
    """The matrices as they are multiplied, and kept: copied where only some dimensions of the batch are stretched."""
    own = (*[1 for _ in range(len(batch) + 2 - len(x.shape))], *x.shape[:-2])
    stretched = any(own[i] == 1 and batch[i] != 1 for i in range(len(batch)))
    full = any(own[i] != 1 for i in range(len(batch)))
    return Tensor((*batch, *x.shape[-2:]), x.dtype) if stretched and full else x
