"""Layers that reduce dimensions to one number (torch.mean, torch.amax and their like)."""

from blueprint.catalogue.checks import FLOATING, axes_of, floating
from blueprint.catalogue.layer import Config, Example, Facts, Field, Report, Tensor, layer
from blueprint.dimensions import Shape

OVER = (
    Field("dim", "integers", "Dimensions reduced; all when omitted.", minimum=-8, maximum=7, determined=True),
    Field("keepdim", "boolean", "Keep them with size 1.", default=False),
)
IMAGES = ("[B, 16, 8, 8]",)
CHANNELS = ("[B, 16]",)
SPATIAL = {"dim": [2, 3]}


@layer(
    "Mean",
    "arithmetic",
    "The mean over dimensions.",
    *OVER,
    torch="torch.mean({in}, {dim}, keepdim={keepdim})",
    example=Example(SPATIAL, IMAGES, CHANNELS),
)
def mean(x: Tensor, c: Config, report: Report) -> Facts | None:
    return _reduced(x, x.dtype, False, c, report) if floating(x, report) else None


@layer(
    "Sum",
    "arithmetic",
    "The sum over dimensions; integers give int64.",
    *OVER,
    torch="torch.sum({in}, {dim}, keepdim={keepdim})",
    example=Example(SPATIAL, IMAGES, CHANNELS),
)
def summed(x: Tensor, c: Config, report: Report) -> Facts | None:
    return _reduced(x, x.dtype if x.dtype in FLOATING else "int64", False, c, report)


@layer(
    "Max",
    "arithmetic",
    "The largest number over dimensions.",
    *OVER,
    torch="torch.amax({in}, {dim}, keepdim={keepdim})",
    example=Example(SPATIAL, IMAGES, CHANNELS),
)
@layer(
    "Min",
    "arithmetic",
    "The smallest number over dimensions.",
    *OVER,
    torch="torch.amin({in}, {dim}, keepdim={keepdim})",
    example=Example(SPATIAL, IMAGES, CHANNELS),
)
def extreme(x: Tensor, c: Config, report: Report) -> Facts | None:
    """torch.amax: equal ones share the gradient, so input and result are kept to find them."""
    return _reduced(x, x.dtype, True, c, report)


def _reduced(x: Tensor, dtype: str, keeps: bool, c: Config, report: Report) -> Facts | None:
    rank = len(x.shape)
    dims = (*range(rank),) if c["dim"] is None else axes_of(c["dim"], rank, "dim", report)
    if dims is None:
        return None
    shape: Shape = tuple([1 if i in dims else x.shape[i] for i in range(rank) if c["keepdim"] or i not in dims])
    return Facts((Tensor(shape, dtype),), determined={"dim": dims}, keeps_input=keeps, keeps_output=keeps)
