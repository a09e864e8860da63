"""Activations that share one whole among the values along a dimension (torch.nn, "other" activations)."""

from blueprint.catalogue.checks import axis, floating
from blueprint.catalogue.layer import Config, Example, Facts, Field, Report, Tensor, layer
from blueprint.catalogue.words import sizes

SAME = ("[B, 8]",)
DIM = Field(
    "dim",
    "integer",
    "That dimension; when omitted 0 or 1 by rank, as in PyTorch.",
    minimum=-8,
    maximum=7,
    determined=True,
)


@layer(
    "Softmax",
    "activation",
    "Positive values that add up to 1 along one dimension.",
    DIM,
    example=Example({"dim": -1}, SAME, SAME),
)
@layer("Softmin", "activation", "Softmax of -x.", DIM, example=Example({"dim": -1}, SAME, SAME))
@layer("LogSoftmax", "activation", "Logarithms of a Softmax.", DIM, example=Example({"dim": -1}, SAME, SAME))
def softmax(x: Tensor, c: Config, report: Report) -> Facts | None:
    """The implicit dimension: torch.nn.functional._get_softmax_dim. A scalar counts as having one dimension."""
    rank = len(x.shape)
    dim = c["dim"]
    if dim is None:
        dim = 0 if rank == 0 or rank == 1 or rank == 3 else 1
    if not floating(x, report) or axis(dim, max(rank, 1), "dim", report) is None:
        return None
    return Facts((x,), determined={"dim": dim}, keeps_output=True)


@layer(
    "Softmax2d",
    "activation",
    "Softmax over the channels at each point of an image.",
    example=Example({}, ("[B, 16, 8, 8]",), ("[B, 16, 8, 8]",)),
)
def softmax2d(x: Tensor, c: Config, report: Report) -> Facts | None:
    rank = len(x.shape)
    if rank != 3 and rank != 4:
        what = f"needs an image [N, C, H, W] or [C, H, W] but gets {sizes(x.shape)}"
        report(False, "shape_mismatch", what, "feed it an image, or use Softmax with a dim")
        return None
    return Facts((x,), keeps_output=True) if floating(x, report) else None
