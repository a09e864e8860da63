"""Linear layers (torch.nn, "Linear Layers")."""

from blueprint.catalogue.checks import determined, has_dimensions, like_weights, with_last
from blueprint.catalogue.layer import TRAINABLE, Config, Example, Facts, Field, Port, Report, Tensor, layer
from blueprint.catalogue.words import sizes
from blueprint.dimensions import Dim, equal, every, product

OUT_FEATURES = Field(
    "out_features", "integer", "Size of the output's last dimension.", minimum=1, unit="features", required=True
)
BIAS = Field("bias", "boolean", "Add a learned number to each output feature.", default=True)


def in_features(name: str, whose: str) -> Field:
    """The size of a last dimension that enters."""
    help = f"Size of {whose} last dimension."
    return Field(name, "integer", help, minimum=1, unit="features", determined=True)


@layer(
    "Linear",
    "linear",
    "A learned weighted sum of the last dimension, for each output feature.",
    in_features("in_features", "the input's"),
    OUT_FEATURES,
    BIAS,
    TRAINABLE,
    outputs=("out", "weight"),
    parameters=("weight",),
    example=Example({"out_features": 10}, ("[B, 64]",), ("[B, 10]", "[10, 64]"), 650, 640),
)
def linear(x: Tensor, c: Config, report: Report) -> Facts | None:
    out = c["out_features"]
    facts = projected(x, out, c["bias"], c, report)
    if facts is None or facts.determined is None:
        return None
    return Facts(
        (*facts.outputs, Tensor((out, facts.determined["in_features"]))),
        params=facts.params,
        macs=facts.macs,
        determined=facts.determined,
        keeps_input=True,
    )


def projected(x: Tensor, out: int, bias: bool, c: Config, report: Report) -> Facts | None:
    """What nn.Linear makes of the last dimension, in_features."""
    if not like_weights(x, report) or not has_dimensions(x, report):
        return None
    features = determined(c, "in_features", x.shape[-1], report)
    if features is None:
        return None
    weights = features * out
    return Facts(
        (Tensor(with_last(x.shape, out)),),
        params=weights + (out if bias else 0),
        macs=product(x.shape[:-1]) * weights,
        determined={"in_features": features},
        keeps_input=True,
    )


@layer(
    "Bilinear",
    "linear",
    "A learned weighted sum of all products of two inputs' features, for each output feature.",
    in_features("in1_features", "the first input's"),
    in_features("in2_features", "the second input's"),
    OUT_FEATURES,
    BIAS,
    TRAINABLE,
    inputs=(Port("input1"), Port("input2")),
    example=Example({"out_features": 5}, ("[B, 3]", "[B, 4]"), ("[B, 5]",), 65),
)
def bilinear(left: Tensor, right: Tensor, c: Config, report: Report) -> Facts | None:
    """PyTorch makes no matrix product of it, so no multiply-accumulates are counted."""
    if not like_weights(left, report) or not like_weights(right, report):
        return None
    if not has_dimensions(left, report) or not has_dimensions(right, report) or not _side_by_side(left, right, report):
        return None
    first = determined(c, "in1_features", left.shape[-1], report)
    second = determined(c, "in2_features", right.shape[-1], report)
    if first is None or second is None:
        return None
    out: int = c["out_features"]
    return Facts(
        (Tensor(with_last(left.shape, out)),),
        params=out * first * second + (out if c["bias"] else 0),
        determined={"in1_features": first, "in2_features": second},
        keeps_input=True,
    )


def _side_by_side(left: Tensor, right: Tensor, report: Report) -> bool:
    """Whether all sizes but the last are the same."""
    a: tuple[Dim, ...] = left.shape[:-1]
    b: tuple[Dim, ...] = right.shape[:-1]
    fine = len(a) == len(b) and every(*[equal(a[i], b[i]) for i in range(len(a))])
    if fine is True:
        return True
    differ = "differ" if fine is False else "may differ"
    what = f"input1 {sizes(left.shape)} and input2 {sizes(right.shape)} {differ} before their last dimension"
    return report(fine, "shape_mismatch", what, "bring them to the same sizes there")
