"""Matrix products (torch.matmul)."""

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
    left = inputs[0]
    macs: Dim = 0
    copied = False
    between: list[Tensor] = []
    used: list[Tensor] = []
    for n in range(1, len(inputs)):
        right = inputs[n]
        batch = _batch(left, right, report)
        if batch is None:
            return None
        columns = right.shape[-1:] if len(right.shape) > 1 else ()
        made = Tensor((*batch, *left.shape[-2:-1], *columns), left.dtype)
        macs = macs + (product((*made.shape, left.shape[-1])) if _is_counted(left, right) else 0)
        between = [*between, left] if n > 1 else []
        pair = [_as_used(left, batch), _as_used(right, batch)]
        used = [*used, *pair]
        copied = copied or pair[0] != left or pair[1] != right
        left = made
    return Facts((left,), macs=macs, keeps_input=not copied, keeps=tuple(used if copied else between))


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
