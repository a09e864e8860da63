"""Layers that reorder, drop and add dimensions (torch.permute, torch.squeeze and their like)."""

from blueprint.catalogue.checks import axes_of, axis, new_axis
from blueprint.catalogue.layer import Config, Example, Facts, Field, Report, Tensor, layer
from blueprint.catalogue.words import brief, count, sizes
from blueprint.dimensions import equal

OF_TWO = "One of the two; negative counts from the end."


@layer(
    "Permute",
    "shape",
    "Puts the dimensions in another order.",
    Field("dims", "integers", "The old dimensions in their new order.", required=True, minimum=-8, maximum=7),
    torch="torch.permute({in}, {dims})",
    example=Example({"dims": [0, 2, 3, 1]}, ("[B, 3, 8, 4]",), ("[B, 8, 4, 3]",)),
)
def permute(x: Tensor, c: Config, report: Report) -> Facts | None:
    rank = len(x.shape)
    dims = axes_of(c["dims"], rank, "dims", report)
    if dims is None:
        return None
    if len(dims) != rank:
        what = f"dims has {len(dims)} of the {count(rank, 'dimension')} of {sizes(x.shape)}"
        report(False, "bad_config", what, "name each of them once")
        return None
    return Facts((Tensor(tuple([x.shape[dim] for dim in dims]), x.dtype),), determined={"dims": dims}, is_view=True)


@layer(
    "Transpose",
    "shape",
    "Exchanges two dimensions.",
    Field("dim0", "integer", OF_TWO, required=True, minimum=-8, maximum=7),
    Field("dim1", "integer", OF_TWO, required=True, minimum=-8, maximum=7),
    torch="torch.transpose({in}, {dim0}, {dim1})",
    example=Example({"dim0": 1, "dim1": 2}, ("[B, T, 8]",), ("[B, 8, T]",)),
)
def transpose(x: Tensor, c: Config, report: Report) -> Facts | None:
    """torch.transpose; a scalar stays as it is."""
    rank = max(len(x.shape), 1)
    first = axis(c["dim0"], rank, "dim0", report)
    second = axis(c["dim1"], rank, "dim1", report)
    if first is None or second is None:
        return None
    order = [second if i == first else first if i == second else i for i in range(len(x.shape))]
    return Facts((Tensor(tuple([x.shape[i] for i in order]), x.dtype),), is_view=True)


@layer(
    "Squeeze",
    "shape",
    "Drops dimensions of size 1.",
    Field("dim", "integers", "Which, if their size is 1; all when omitted.", minimum=-8, maximum=7, determined=True),
    torch="torch.squeeze({in}, {dim})",
    example=Example({}, ("[B, 8, 1, 1]",), ("[B, 8]",)),
)
def squeeze(x: Tensor, c: Config, report: Report) -> Facts | None:
    """torch.squeeze of those sizes that are 1 for certain: a batch that happens to be 1 stays a batch."""
    rank = len(x.shape)
    dims = (*range(rank),) if c["dim"] is None else axes_of(c["dim"], rank, "dim", report)
    if dims is None:
        return None
    gone = tuple([dim for dim in dims if dim < rank and x.shape[dim] == 1])
    for dim in dims:
        if c["dim"] is not None and dim < rank and equal(x.shape[dim], 1) is None:
            what = f"dimension {dim} has size {brief(x.shape[dim])}, which is kept even where it is 1"
            report(None, "shape_mismatch", what, "drop only dimensions that are always 1")
    shape = tuple([x.shape[i] for i in range(rank) if i not in gone])
    return Facts((Tensor(shape, x.dtype),), determined={"dim": gone}, is_view=True)


@layer(
    "Unsqueeze",
    "shape",
    "Adds a dimension of size 1.",
    Field("dim", "integer", "Its place; negative counts from the end.", required=True, minimum=-9, maximum=8),
    torch="torch.unsqueeze({in}, {dim})",
    example=Example({"dim": 1}, ("[B, 8]",), ("[B, 1, 8]",)),
)
def unsqueeze(x: Tensor, c: Config, report: Report) -> Facts | None:
    dim = new_axis(c["dim"], len(x.shape) + 1, report)
    return None if dim is None else Facts((Tensor((*x.shape[:dim], 1, *x.shape[dim:]), x.dtype),), is_view=True)
