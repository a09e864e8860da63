"""Normalisation by channels, over a batch or within a sample (torch.nn, "Normalization Layers")."""

from blueprint.catalogue.checks import determined, floating, is_spatial
from blueprint.catalogue.layer import TRAINABLE, Config, Example, Facts, Field, Report, Tensor, layer
from blueprint.catalogue.words import by, count, sizes
from blueprint.dimensions import at_least, product

EPS = Field("eps", "number", "Added to the variance, against division by zero.", default=1e-5, minimum=0)
NUM_FEATURES = Field("num_features", "integer", "Channels of the input.", minimum=1, unit="channels", determined=True)
AFFINE = Field("affine", "boolean", "Learn a scale and a shift for each channel.", default=True)
BIAS = Field("bias", "boolean", "Learn the shift, too, where there is a scale.", default=True)
BATCH_NORM = (
    NUM_FEATURES,
    EPS,
    Field(
        "momentum",
        "number",
        "Weight of the newest batch in the running statistics; null averages all batches alike.",
        default=0.1,
        minimum=0,
        maximum=1,
        nullable=True,
    ),
    AFFINE,
    Field("track_running_stats", "boolean", "Keep running statistics for evaluation.", default=True),
    BIAS,
    TRAINABLE,
)
INSTANCE_NORM = (
    NUM_FEATURES,
    EPS,
    Field(
        "momentum",
        "number",
        "Weight of the newest batch in the running statistics.",
        default=0.1,
        minimum=0,
        maximum=1,
    ),
    Field("affine", "boolean", "Learn a scale and a shift for each channel.", default=False),
    Field("track_running_stats", "boolean", "Keep running statistics for evaluation.", default=False),
    BIAS,
    TRAINABLE,
)


@layer(
    "BatchNorm1d",
    "normalization",
    "Brings each channel to mean 0 and variance 1 over the batch, then scales and shifts it.",
    *BATCH_NORM,
    example=Example({}, ("[B, 16]",), ("[B, 16]",), 32),
)
def batch_norm1d(x: Tensor, c: Config, report: Report) -> Facts | None:
    return batch_norm(x, (2, 3), "signals [N, C] or [N, C, L]", c, report)


@layer(
    "BatchNorm2d",
    "normalization",
    "Brings each channel to mean 0 and variance 1 over the batch, then scales and shifts it.",
    *BATCH_NORM,
    example=Example({}, ("[B, 16, 8, 8]",), ("[B, 16, 8, 8]",), 32),
)
def batch_norm2d(x: Tensor, c: Config, report: Report) -> Facts | None:
    return batch_norm(x, (4,), "images [N, C, H, W]", c, report)


@layer(
    "BatchNorm3d",
    "normalization",
    "Brings each channel to mean 0 and variance 1 over the batch, then scales and shifts it.",
    *BATCH_NORM,
    example=Example({"affine": False}, ("[B, 4, 8, 8, 8]",), ("[B, 4, 8, 8, 8]",)),
)
def batch_norm3d(x: Tensor, c: Config, report: Report) -> Facts | None:
    return batch_norm(x, (5,), "volumes [N, C, D, H, W]", c, report)


def batch_norm(x: Tensor, ranks: tuple[int, ...], wanted: str, c: Config, report: Report) -> Facts | None:
    """Keeps the batch's mean and deviation, and the running statistics, per channel (Ioffe and Szegedy 2015)."""
    if not floating(x, report):
        return None
    if len(x.shape) not in ranks:
        what = f"needs a batch of {wanted} but gets {sizes(x.shape)}, which has {count(len(x.shape), 'dimension')}"
        report(False, "shape_mismatch", what, "use the BatchNorm for that many, or reshape before it")
        return None
    features = determined(c, "num_features", x.shape[1], report)
    if c["eps"] == 0:
        report(False, "bad_config", "eps is 0, which PyTorch refuses when training", "use a small number, 0.00001")
        return None
    if features is None:
        return None
    if product((x.shape[0], *x.shape[2:])) == 1:
        what = "gets one value per channel, too few for statistics when training"
        report(None, "shape_mismatch", what, "use a batch of at least 2")
    statistics = Tensor((features,))
    tracked = (statistics, statistics) if c["track_running_stats"] else ()
    return Facts(
        (x,),
        params=scale_and_shift(features, c["affine"], c["bias"]),
        determined={"num_features": features},
        keeps_input=True,
        keeps=(statistics, statistics, *tracked),
    )


@layer(
    "InstanceNorm1d",
    "normalization",
    "Brings each channel of each sample to mean 0 and variance 1.",
    *INSTANCE_NORM,
    example=Example({}, ("[B, 16, 100]",), ("[B, 16, 100]",)),
)
def instance_norm1d(x: Tensor, c: Config, report: Report) -> Facts | None:
    return instance_norm(x, 1, c, report)


@layer(
    "InstanceNorm2d",
    "normalization",
    "Brings each channel of each sample to mean 0 and variance 1.",
    *INSTANCE_NORM,
    example=Example({"affine": True}, ("[B, 16, 8, 8]",), ("[B, 16, 8, 8]",), 32),
)
def instance_norm2d(x: Tensor, c: Config, report: Report) -> Facts | None:
    return instance_norm(x, 2, c, report)


@layer(
    "InstanceNorm3d",
    "normalization",
    "Brings each channel of each sample to mean 0 and variance 1.",
    *INSTANCE_NORM,
    example=Example({}, ("[B, 4, 8, 8, 8]",), ("[B, 4, 8, 8, 8]",)),
)
def instance_norm3d(x: Tensor, c: Config, report: Report) -> Facts | None:
    return instance_norm(x, 3, c, report)


def instance_norm(x: Tensor, axes: int, c: Config, report: Report) -> Facts | None:
    """A BatchNorm of all samples' channels side by side (Ulyanov et al. 2016): keeps scale and statistics of each."""
    if not floating(x, report) or not is_spatial(x, axes, report):
        return None
    features = determined(c, "num_features", x.shape[-axes - 1], report)
    if features is None or not _several(x, axes, report):
        return None
    each = Tensor((*x.shape[: -axes - 1], features))
    tracked = (each, each) if c["track_running_stats"] else ()
    return Facts(
        (x,),
        params=scale_and_shift(features, c["affine"], c["bias"]),
        determined={"num_features": features},
        keeps_input=True,
        keeps=(each, each, each, *tracked) if c["affine"] else (each, each, *tracked),
    )


def _several(x: Tensor, axes: int, report: Report) -> bool:
    """Whether a channel has more than one value to take statistics of."""
    extent = x.shape[-axes:]
    fine = at_least(product(extent), 2)
    if fine is True:
        return True
    gets = "gets" if fine is False else "may get"
    what = f"{gets} one value per channel ({by(extent)}), too few for statistics"
    return report(fine, "shape_mismatch", what, "pool or stride less before it")


def scale_and_shift(features: int, scale: bool, shift: bool) -> int:
    """Parameters of a normalisation."""
    return 0 if not scale else 2 * features if shift else features
