"""Normalisation of each sample by itself (torch.nn, "Normalization Layers")."""

from blueprint.catalogue.checks import FLOATING, determined, floating, like_weights, takes
from blueprint.catalogue.layer import TRAINABLE, Config, Example, Facts, Field, Report, Tensor, layer
from blueprint.catalogue.normalization import AFFINE, BIAS, EPS, scale_and_shift
from blueprint.catalogue.words import count, sizes
from blueprint.dimensions import equal, every, product

NORMALIZED_SHAPE = Field(
    "normalized_shape", "integers", "Their sizes; the last one when omitted.", minimum=1, determined=True
)


@layer(
    "LayerNorm",
    "normalization",
    "Brings each sample's last dimensions to mean 0 and variance 1, then scales and shifts them.",
    NORMALIZED_SHAPE,
    EPS,
    Field("elementwise_affine", "boolean", "Learn a scale for each element.", default=True),
    BIAS,
    TRAINABLE,
    example=Example({}, ("[B, T, 64]",), ("[B, T, 64]",), 128),
)
def layer_norm(x: Tensor, c: Config, report: Report) -> Facts | None:
    """Keeps each sample's mean and inverse deviation (Ba et al. 2016)."""
    shape = _normalized(x, c, report)
    if shape is None:
        return None
    statistics = Tensor(x.shape[: -len(shape)], x.dtype)
    return Facts(
        (x,),
        params=scale_and_shift(_elements(shape), c["elementwise_affine"], c["bias"]),
        determined={"normalized_shape": shape},
        keeps_input=True,
        keeps=(statistics, statistics),
    )


@layer(
    "RMSNorm",
    "normalization",
    "Divides each sample's last dimensions by their root mean square, then scales them.",
    NORMALIZED_SHAPE,
    Field(
        "eps",
        "number",
        "Added to the mean square; null takes the smallest that counts.",
        minimum=0,
        nullable=True,
    ),
    Field("elementwise_affine", "boolean", "Learn a scale for each element.", default=True),
    TRAINABLE,
    example=Example({}, ("[B, T, 64]",), ("[B, T, 64]",), 64),
)
def rms_norm(x: Tensor, c: Config, report: Report) -> Facts | None:
    """Keeps each sample's inverse root mean square (Zhang and Sennrich 2019), and the result before it is scaled."""
    shape = _normalized(x, c, report)
    if shape is None:
        return None
    inverse = Tensor(x.shape[: -len(shape)], x.dtype)
    return Facts(
        (x,),
        params=scale_and_shift(_elements(shape), c["elementwise_affine"], False),
        determined={"normalized_shape": shape},
        keeps_input=True,
        keeps=(inverse, x) if c["elementwise_affine"] else (inverse,),
    )


def _normalized(x: Tensor, c: Config, report: Report) -> tuple[int, ...] | None:
    """The last sizes of the input, as they are normalised over."""
    if not (like_weights(x, report) if c["elementwise_affine"] else floating(x, report)):
        return None
    shape: tuple[int, ...] | None = c["normalized_shape"]
    if len(x.shape) == 0:
        report(
            False, "shape_mismatch", "gets a single number, which has no dimensions", "feed it a tensor that has some"
        )
        return None
    if shape is None:
        last = determined(c, "normalized_shape", x.shape[-1], report)
        return None if last is None else (last,)
    return shape if _ends_with(x, shape, report) else None


def _ends_with(x: Tensor, shape: tuple[int, ...], report: Report) -> bool:
    last = x.shape[-len(shape) :]
    same = len(last) == len(shape) and every(*[equal(a, b) for a, b in zip(last, shape, strict=True)])
    if same is True:
        return True
    what = f"normalized_shape is {sizes(shape)} but the input {sizes(x.shape)} does not end so"
    return report(same, "bad_config", what, f"set it to the input's last sizes, such as {sizes(x.shape[-1:])}")


@layer(
    "GroupNorm",
    "normalization",
    "Brings each group of a sample's channels to mean 0 and variance 1, then scales and shifts the channels.",
    Field("num_groups", "integer", "Groups that share the channels equally.", minimum=1, required=True),
    Field("num_channels", "integer", "Channels of the input.", minimum=1, unit="channels", determined=True),
    EPS,
    AFFINE,
    BIAS,
    TRAINABLE,
    example=Example({"num_groups": 4}, ("[B, 16, 8, 8]",), ("[B, 16, 8, 8]",), 32),
)
def group_norm(x: Tensor, c: Config, report: Report) -> Facts | None:
    """Keeps each group's mean and inverse deviation (Wu and He 2018)."""
    if not (like_weights(x, report) if c["affine"] else floating(x, report)):
        return None
    if len(x.shape) < 2:
        what = f"needs a batch [N, C, ...] but gets {sizes(x.shape)}, which has one dimension"
        report(False, "shape_mismatch", what, "feed it a batch of samples with channels")
        return None
    channels = determined(c, "num_channels", x.shape[1], report)
    groups = c["num_groups"]
    if channels is None or not _shared_equally(channels, groups, report):
        return None
    if product((x.shape[0], channels // groups, *x.shape[2:])) == 1:
        what = f"gets one value for each of the {count(groups, 'group')}, too few for statistics"
        report(False, "shape_mismatch", what, "use fewer groups or a larger batch")
        return None
    statistics = Tensor((x.shape[0], groups), x.dtype)
    return Facts(
        (x,),
        params=scale_and_shift(channels, c["affine"], c["bias"]),
        determined={"num_channels": channels},
        keeps_input=True,
        keeps=(statistics, statistics),
    )


def _shared_equally(channels: int, groups: int, report: Report) -> bool:
    if channels % groups == 0:
        return True
    what = f"num_groups is {groups}, which does not divide num_channels ({channels})"
    return report(False, "bad_config", what, "set num_groups to a divisor of the channels")


@layer(
    "LocalResponseNorm",
    "normalization",
    "Divides each value by the size of its neighbours in the channels beside it.",
    Field("size", "integer", "Neighbouring channels looked at.", minimum=1, unit="channels", required=True),
    Field("alpha", "number", "Weight of the neighbours' mean square.", default=0.0001),
    Field("beta", "number", "Exponent of the divisor.", default=0.75),
    Field("k", "number", "Added to the weighted mean square.", default=1),
    example=Example({"size": 5}, ("[B, 16, 8, 8]",), ("[B, 16, 8, 8]",)),
)
def local_response_norm(x: Tensor, c: Config, report: Report) -> Facts | None:
    """Krizhevsky et al. 2012, as an average pooling over the channels; keeps what that pools and the divisor twice."""
    rank = len(x.shape)
    if rank < 3:
        what = f"needs a batch [N, C, ...] of at least 3 dimensions but gets {sizes(x.shape)}"
        report(False, "shape_mismatch", what, "feed it signals, images or volumes")
        return None
    if not takes(x, (*FLOATING, "int64") if rank == 3 else ("float32", "int64"), report):
        return None
    padded = Tensor((x.shape[0], x.shape[1] + c["size"] - 1, *x.shape[2:]), x.dtype)
    out = Tensor(x.shape, "float32" if x.dtype == "int64" else x.dtype)
    return Facts((out,), keeps_input=True, keeps=(padded, x, x))


def _elements(shape: tuple[int, ...]) -> int:
    elements = 1
    for size in shape:
        elements *= size
    return elements
