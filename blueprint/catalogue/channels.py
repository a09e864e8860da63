"""Layers that weigh channels: squeeze-and-excitation and learned scales."""

from blueprint.catalogue.checks import axis, determined, is_spatial, like_weights
from blueprint.catalogue.layer import TRAINABLE, Config, Example, Facts, Field, Report, Tensor, layer
from blueprint.dimensions import product


@layer(
    "SqueezeExcite",
    "composite",
    "Weighs each channel of an image by what all channels are like on average (Hu et al. 2018).",
    Field("input_channels", "integer", "Channels of the input.", minimum=1, unit="channels", determined=True),
    Field("squeeze_channels", "integer", "Channels in between.", minimum=1, unit="channels", required=True),
    Field(
        "activation",
        "choice",
        "Activation in between.",
        default="ReLU",
        choices=("ReLU", "SiLU", "GELU", "Hardswish"),
    ),
    Field(
        "scale_activation",
        "choice",
        "What makes weights of 0 to 1.",
        default="Sigmoid",
        choices=("Sigmoid", "Hardsigmoid"),
    ),
    TRAINABLE,
    torch="SqueezeExcite",
    example=Example({"squeeze_channels": 4}, ("[B, 16, 8, 8]",), ("[B, 16, 8, 8]",), 148, 128),
)
def squeeze_excite(x: Tensor, c: Config, report: Report) -> Facts | None:
    """Two 1x1 convolutions of the mean image, as torchvision.ops.SqueezeExcitation."""
    if not like_weights(x, report) or not is_spatial(x, 2, report):
        return None
    channels = determined(c, "input_channels", x.shape[-3], report)
    if channels is None:
        return None
    squeezed: int = c["squeeze_channels"]
    batch = product(x.shape[:-3])
    inside = squeezed * (1 if c["activation"] == "ReLU" else 2)
    outside = channels * (2 if c["scale_activation"] == "Sigmoid" else 3)
    return Facts(
        (x,),
        params=2 * channels * squeezed + channels + squeezed,
        macs=2 * channels * squeezed * batch,
        determined={"input_channels": channels},
        keeps_input=True,
        keeps=(Tensor((batch * (inside + outside),)),),
    )


@layer(
    "LayerScale",
    "composite",
    "Multiplies each feature by a learned number that starts small (Touvron et al. 2021).",
    Field("features", "integer", "Size of that dimension.", minimum=1, unit="features", determined=True),
    Field("init", "number", "What the numbers are at first.", default=1e-5),
    Field(
        "dim",
        "integer",
        "Dimension of the features; 1 for images; negative counts from the end.",
        default=-1,
        minimum=-8,
        maximum=7,
    ),
    TRAINABLE,
    torch="LayerScale",
    example=Example({}, ("[B, T, 64]",), ("[B, T, 64]",), 64),
)
def layer_scale(x: Tensor, c: Config, report: Report) -> Facts | None:
    dim = axis(c["dim"], len(x.shape), "dim", report)
    if dim is None or not like_weights(x, report):
        return None
    features = determined(c, "features", x.shape[dim], report)
    if features is None:
        return None
    return Facts((x,), params=features, determined={"features": features}, keeps_input=True)
