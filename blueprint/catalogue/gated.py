"""Gated activations: one half of the values decides how much of the other passes (Dauphin et al. 2016)."""

from blueprint.catalogue.checks import axis, determined, floating, like_weights, with_last
from blueprint.catalogue.layer import TRAINABLE, Config, Example, Facts, Field, Report, Tensor, layer
from blueprint.catalogue.words import brief, sizes
from blueprint.dimensions import equal, product


@layer(
    "GLU",
    "activation",
    "The first half along a dimension times the sigmoid of the second.",
    Field("dim", "integer", "That dimension.", default=-1, minimum=-8, maximum=7),
    example=Example({}, ("[B, 64]",), ("[B, 32]",)),
)
def glu(x: Tensor, c: Config, report: Report) -> Facts | None:
    if not floating(x, report):
        return None
    dim = axis(c["dim"], len(x.shape), "dim", report)
    if dim is None:
        return None
    size = x.shape[dim]
    even = equal(size % 2, 0)
    if even is not True:
        odd = "is odd" if even is False else "may be odd"
        what = f"cannot halve dimension {dim} of {sizes(x.shape)}, whose size {brief(size)} {odd}"
        report(even, "shape_mismatch", what, "give it an even size")
    if even is False:
        return None
    return Facts((Tensor((*x.shape[:dim], size // 2, *x.shape[dim + 1 :]), x.dtype),), keeps_input=True)


@layer(
    "SwiGLU",
    "activation",
    "A feed-forward layer whose hidden features are gated by the SiLU of others.",
    Field("in_features", "integer", "Size of the input's last dimension.", minimum=1, unit="features", determined=True),
    Field("hidden_features", "integer", "Features in between.", minimum=1, unit="features", required=True),
    Field(
        "out_features",
        "integer",
        "Size of the output's last dimension; the input's when omitted.",
        minimum=1,
        unit="features",
        determined=True,
    ),
    Field("bias", "boolean", "Add a learned number to each feature.", default=True),
    TRAINABLE,
    torch="SwiGLU",
    example=Example({"hidden_features": 32}, ("[B, T, 16]",), ("[B, T, 16]",), 1616, "1536*T"),
)
def swiglu(x: Tensor, c: Config, report: Report) -> Facts | None:
    """Shazeer 2020, https://arxiv.org/abs/2002.05202; keeps gate, its SiLU, the other features, their product."""
    if not like_weights(x, report) or axis(-1, len(x.shape), "its dimension", report) is None:
        return None
    features = determined(c, "in_features", x.shape[-1], report)
    if features is None:
        return None
    hidden = c["hidden_features"]
    out = features if c["out_features"] is None else c["out_features"]
    weights = hidden * (2 * features + out)
    between = Tensor(with_last(x.shape, hidden))
    return Facts(
        (Tensor(with_last(x.shape, out)),),
        params=weights + (2 * hidden + out if c["bias"] else 0),
        macs=product(x.shape[:-1]) * weights,
        determined={"in_features": features, "out_features": out},
        keeps_input=True,
        keeps=(between, between, between, between),
    )
