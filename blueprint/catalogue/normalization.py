"""Normalisation (torch.nn, "Normalization Layers")."""

from math import prod

from blueprint.catalogue.checks import determined, floating, like_weights
from blueprint.catalogue.layer import Check, Config, Facts, Field, Tensor, layer, sizes
from blueprint.dimensions import equal, every, product

EPS = Field("eps", "number", "Added to the variance, against division by zero.", default=1e-5, minimum=0)


@layer(
    "BatchNorm2d",
    "normalization",
    "Brings each channel to mean 0 and variance 1 over the batch, then scales and shifts it.",
    Field("num_features", "integer", "Channels of the input.", minimum=1, unit="channels", determined=True),
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
    Field("affine", "boolean", "Learn a scale and a shift for each channel.", default=True),
    Field("track_running_stats", "boolean", "Keep running statistics for evaluation.", default=True),
)
def batch_norm2d(inputs: tuple[Tensor, ...], c: Config, check: Check) -> Facts | None:
    """Keeps the batch's mean and deviation, and the running statistics, per channel."""
    (x,) = inputs
    what = f"needs a batch of images [N, C, H, W] but gets {sizes(x.shape)}"
    if not (
        floating(x, check) and check(len(x.shape) == 4, "shape_mismatch", what, "feed it images, before any Flatten")
    ):
        return None
    features = determined(c, "num_features", x.shape[1], check)
    if features is None:
        return None
    values = product((x.shape[0], *x.shape[2:]))
    what = "gets one value per channel, too few for statistics when training"
    check(None if values == 1 else True, "shape_mismatch", what, "use a batch of at least 2")
    return Facts(
        (x,),
        params=2 * features if c["affine"] else 0,
        determined={"num_features": features},
        keeps_input=True,
        keeps=(Tensor((features,)),) * (4 if c["track_running_stats"] else 2),
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
)
def layer_norm(inputs: tuple[Tensor, ...], c: Config, check: Check) -> Facts | None:
    """Keeps each sample's mean and inverse deviation."""
    (x,) = inputs
    if not (like_weights(x, check) if c["elementwise_affine"] else floating(x, check)):
        return None
    shape = c["normalized_shape"]
    if shape is None:
        last = determined(c, "normalized_shape", x.shape[-1], check)
        shape = None if last is None else (last,)
    if shape is None or not _ends_with(x, shape, check):
        return None
    lead = x.shape[: -len(shape)]
    affine = prod(shape) if c["elementwise_affine"] else 0
    return Facts(
        (x,),
        params=affine * (2 if c["bias"] else 1),
        determined={"normalized_shape": shape},
        keeps_input=True,
        keeps=(Tensor(lead, x.dtype), Tensor(lead, x.dtype)),
    )


def _ends_with(x: Tensor, shape: tuple[int, ...], check: Check) -> bool:
    last = x.shape[-len(shape) :]
    same = len(last) == len(shape) and every(*map(equal, last, shape))
    what = f"normalized_shape is {sizes(shape)} but the input {sizes(x.shape)} does not end so"
    return check(same, "bad_config", what, f"set it to the input's last sizes, such as {sizes(x.shape[-1:])}")
