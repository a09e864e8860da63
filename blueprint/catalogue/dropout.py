"""Dropout (torch.nn, "Dropout Layers"): active in training only."""

from blueprint.catalogue.checks import floating
from blueprint.catalogue.layer import Config, Example, Facts, Field, Report, Tensor, layer
from blueprint.catalogue.words import count, sizes
from blueprint.dimensions import Shape

P = Field("p", "number", "Chance of a zero.", default=0.5, minimum=0, maximum=1, unit="probability")


@layer(
    "Dropout",
    "dropout",
    "In training, sets each value to zero by chance and scales the others up.",
    P,
    example=Example({"p": 0.1}, ("[B, 8]",), ("[B, 8]",)),
)
@layer(
    "AlphaDropout",
    "dropout",
    "In training, replaces values by chance so that mean and variance stay, as SELU wants it.",
    P,
    example=Example({"p": 0.1}, ("[B, 8]",), ("[B, 8]",)),
)
def dropout(x: Tensor, c: Config, report: Report) -> Facts | None:
    return dropped(x, x.shape, c, report)


@layer(
    "Dropout1d",
    "dropout",
    "In training, sets whole channels of signals to zero by chance and scales the others up.",
    P,
    example=Example({"p": 0.2}, ("[B, 16, 100]",), ("[B, 16, 100]",)),
)
def dropout1d(x: Tensor, c: Config, report: Report) -> Facts | None:
    rank = len(x.shape)
    if rank != 2 and rank != 3:
        what = f"needs a signal [N, C, L] or [C, L] but gets {sizes(x.shape)}, which has {count(rank, 'dimension')}"
        report(False, "shape_mismatch", what, "use Dropout, or reshape before it")
        return None
    return dropped(x, x.shape[:-1], c, report)


@layer(
    "Dropout2d",
    "dropout",
    "In training, sets whole channels of images to zero by chance and scales the others up.",
    P,
    example=Example({"p": 0.2}, ("[B, 16, 8, 8]",), ("[B, 16, 8, 8]",)),
)
def dropout2d(x: Tensor, c: Config, report: Report) -> Facts | None:
    """PyTorch takes any rank for now, the first two dimensions as samples and channels, and warns of it."""
    if len(x.shape) != 4:
        what = f"takes the first two dimensions of {sizes(x.shape)} for samples and channels"
        report(None, "shape_mismatch", what, "feed it images [N, C, H, W], or use Dropout or Dropout1d")
    return dropped_channels(x, c, report)


@layer(
    "FeatureAlphaDropout",
    "dropout",
    "In training, replaces whole channels by chance so that mean and variance stay, as SELU wants it.",
    P,
    example=Example({"p": 0.2}, ("[B, 16, 8, 8]",), ("[B, 16, 8, 8]",)),
)
def dropped_channels(x: Tensor, c: Config, report: Report) -> Facts | None:
    if len(x.shape) < 2 and c["p"] > 0 and c["p"] < 1:
        what = f"needs channels as second dimension but gets {sizes(x.shape)}"
        report(False, "shape_mismatch", what, "feed it [N, C, ...], or use Dropout")
        return None
    return dropped(x, x.shape[:2], c, report)


@layer(
    "Dropout3d",
    "dropout",
    "In training, sets whole channels of volumes to zero by chance and scales the others up.",
    P,
    example=Example({"p": 0.2}, ("[B, 4, 8, 8, 8]",), ("[B, 4, 8, 8, 8]",)),
)
def dropout3d(x: Tensor, c: Config, report: Report) -> Facts | None:
    """PyTorch takes any rank for now, the first dimension as channels where there are not five, and warns of it."""
    rank = len(x.shape)
    if rank == 0:
        report(False, "shape_mismatch", "gets a single number, which has no channels", "use Dropout")
        return None
    if rank != 4 and rank != 5:
        what = f"takes the first dimension of {sizes(x.shape)} for channels"
        report(None, "shape_mismatch", what, "feed it volumes [N, C, D, H, W] or [C, D, H, W], or use Dropout")
    return dropped(x, x.shape[:2] if rank == 5 else x.shape[:1], c, report)


@layer(
    "DropPath",
    "dropout",
    "In training, sets whole samples to zero by chance and scales the others up: a branch is left out.",
    Field("p", "number", "Chance of a zero.", default=0.1, minimum=0, maximum=1, unit="probability"),
    Field(
        "mode", "choice", "Whether to draw for each sample or for the batch.", default="row", choices=("row", "batch")
    ),
    torch="DropPath",
    example=Example({}, ("[B, 64]",), ("[B, 64]",)),
)
def drop_path(x: Tensor, c: Config, report: Report) -> Facts | None:
    """Stochastic depth (Huang et al. 2016), with the settings of torchvision.ops.StochasticDepth."""
    if len(x.shape) == 0 and c["mode"] == "row":
        report(False, "shape_mismatch", "gets a single number, which is no batch", "set mode to batch")
        return None
    return dropped(x, x.shape[:1] if c["mode"] == "row" else (), c, report)


def dropped(x: Tensor, mask: Shape, c: Config, report: Report) -> Facts | None:
    """Keeps the random mask, on CPU in numbers of the input's type (a GPU keeps one byte for each of a Dropout's).

    Nothing is drawn, and integers pass, where all values or none are dropped.
    """
    if c["p"] == 0:
        return Facts((x,), is_view=True)
    if c["p"] == 1:
        return Facts((x,), keeps=(Tensor((), x.dtype),))
    return Facts((x,), keeps=(Tensor(mask, x.dtype),)) if floating(x, report) else None
