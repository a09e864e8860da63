"""Normalisation (torch.nn, "Normalization Layers")."""

from blueprint.catalogue.checks import determined, floating, like_weights
from blueprint.catalogue.layer import TRAINABLE, Config, Example, Facts, Field, Report, Tensor, layer
from blueprint.catalogue.words import sizes
from blueprint.dimensions import equal, every, product

EPS = Field("eps", "number", "Added to the variance, against division by zero.", default=1e-5, minimum=0)
NUM_FEATURES = Field("num_features", "integer", "Channels of the input.", minimum=1, unit="channels", determined=True)
MOMENTUM = Field(
    "momentum",
    "number",
    "Weight of the newest batch in the running statistics; null averages all batches alike.",
    default=0.1,
    minimum=0,
    maximum=1,
    nullable=True,
)


@layer(
    "BatchNorm2d",
    "normalization",
    "Brings each channel to mean 0 and variance 1 over the batch, then scales and shifts it.",
    NUM_FEATURES,
    EPS,
    MOMENTUM,
    Field("affine", "boolean", "Learn a scale and a shift for each channel.", default=True),
    Field("track_running_stats", "boolean", "Keep running statistics for evaluation.", default=True),
    TRAINABLE,
    example=Example({}, ("[B, 16, 8, 8]",), ("[B, 16, 8, 8]",), 32),
)
def batch_norm2d(x: Tensor, c: Config, report: Report) -> Facts | None:
    """Keeps the batch's mean and deviation, and the running statistics, per channel."""
    if not floating(x, report):
        return None
    if len(x.shape) != 4:
        what = f"needs a batch of images [N, C, H, W] but gets {sizes(x.shape)}"
        report(False, "shape_mismatch", what, "feed it images, before any Flatten")
        return None
    features = determined(c, "num_features", x.shape[1], report)
    if features is None:
        return None
    if product((x.shape[0], *x.shape[2:])) == 1:
        what = "gets one value per channel, too few for statistics when training"
        report(None, "shape_mismatch", what, "use a batch of at least 2")
    statistics = Tensor((features,))
    tracked = (statistics, statistics) if c["track_running_stats"] else ()
    return Facts(
        (x,),
        params=2 * features if c["affine"] else 0,
        determined={"num_features": features},
        keeps_input=True,
        keeps=(statistics, statistics, *tracked),
    )


@layer(
    "LayerNorm",
    "normalization",
    "Brings each sample's last dimensions to mean 0 and variance 1, then scales and shifts them.",
    Field(
        "normalized_shape",
        "integers",
        "Their sizes; the last one when omitted.",
        minimum=1,
        determined=True,
    ),
    EPS,
    Field("elementwise_affine", "boolean", "Learn a scale for each element.", default=True),
    Field("bias", "boolean", "Learn a shift for each element, too.", default=True),
    TRAINABLE,
    example=Example({}, ("[B, T, 64]",), ("[B, T, 64]",), 128),
)
def layer_norm(x: Tensor, c: Config, report: Report) -> Facts | None:
    """Keeps each sample's mean and inverse deviation."""
    if not (like_weights(x, report) if c["elementwise_affine"] else floating(x, report)):
        return None
    shape = c["normalized_shape"]
    if shape is None:
        last = determined(c, "normalized_shape", x.shape[-1], report)
        if last is None:
            return None
        shape = (last,)
    if not _ends_with(x, shape, report):
        return None
    statistics = Tensor(x.shape[: -len(shape)], x.dtype)
    affine = product(shape) if c["elementwise_affine"] else 0
    return Facts(
        (x,),
        params=affine * (2 if c["bias"] else 1),
        determined={"normalized_shape": shape},
        keeps_input=True,
        keeps=(statistics, statistics),
    )


def _ends_with(x: Tensor, shape: tuple[int, ...], report: Report) -> bool:
    last = x.shape[-len(shape) :]
    same = len(last) == len(shape) and every(*[equal(a, b) for a, b in zip(last, shape, strict=True)])
    if same is True:
        return True
    what = f"normalized_shape is {sizes(shape)} but the input {sizes(x.shape)} does not end so"
    return report(same, "bad_config", what, f"set it to the input's last sizes, such as {sizes(x.shape[-1:])}")
