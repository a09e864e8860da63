"""How PyTorch stretches tensors to one shape (its "Broadcasting semantics") and brings them to one dtype."""

from blueprint.catalogue.checks import FLOATING, promoted
from blueprint.catalogue.layer import Report, Tensor
from blueprint.catalogue.words import sizes
from blueprint.dimensions import Dim, Shape, equal, every


def combined(inputs: tuple[Tensor, ...], verb: str, report: Report) -> list[Tensor] | None:
    """What comes of the inputs taken in one after another: the first, the first two together, and so on."""
    steps = [inputs[0]]
    for x in inputs[1:]:
        shape = broadcast(steps[-1].shape, x.shape, verb, report)
        if shape is None:
            return None
        steps.append(Tensor(shape, common_dtype(steps[-1], x)))
    return steps


def common_dtype(a: Tensor, b: Tensor) -> str:
    """The dtype of both together (torch.result_type): a scalar counts only where it is of a higher kind."""
    if a.dtype == b.dtype or (len(a.shape) == 0) == (len(b.shape) == 0):
        return promoted(a.dtype, b.dtype)
    tensor, scalar = (b.dtype, a.dtype) if len(a.shape) == 0 else (a.dtype, b.dtype)
    if tensor in FLOATING or (tensor != "bool" and scalar not in FLOATING):
        return tensor
    return promoted(tensor, scalar)


def broadcast(left: Shape, right: Shape, verb: str, report: Report) -> Shape | None:
    """The shape both stretch to, aligned at their last dimensions."""
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
    return None if fine is False else tuple([stretched(a[i], b[i]) for i in range(rank)])


def stretched(a: Dim, b: Dim) -> Dim:
    """Of two sizes that fit: the one that is not 1, rather a number than a name."""
    return b if a == 1 or (isinstance(b, int) and b != 1) else a
