"""Networks for small devices: a wide depthwise convolution between two narrow ends.

MobileNetV2 (Sandler et al. 2018) and EfficientNet (Tan and Le 2019), whose squeeze-and-excitation and
stochastic depth follow torchvision.
"""

from dataclasses import dataclass, replace
from math import ceil

from blueprint.document import Graph
from blueprint.templates.sketch import Sketch, chain
from blueprint.templates.template import CHANNELS, Template, classes, drop_path, dropout, images, number, size


@dataclass(frozen=True, slots=True)
class Stage:
    """A run of blocks: the first strides and changes the channels, the others keep the shape."""

    expansion: int
    kernel: int
    stride: int
    channels: int
    depth: int


MOBILENET_V2 = (  # table 2
    Stage(1, 3, 1, 16, 1),
    Stage(6, 3, 2, 24, 2),
    Stage(6, 3, 2, 32, 3),
    Stage(6, 3, 2, 64, 4),
    Stage(6, 3, 1, 96, 3),
    Stage(6, 3, 2, 160, 3),
    Stage(6, 3, 1, 320, 1),
)
EFFICIENTNET_B0 = (  # table 1
    Stage(1, 3, 1, 16, 1),
    Stage(6, 3, 2, 24, 2),
    Stage(6, 5, 2, 40, 2),
    Stage(6, 3, 2, 80, 3),
    Stage(6, 5, 1, 112, 3),
    Stage(6, 5, 2, 192, 4),
    Stage(6, 3, 1, 320, 1),
)


def mobilenet_v2(classes: int, channels: int, size: int, width: float, dropout: float) -> Graph:
    """Seventeen inverted residuals with ReLU6."""
    draw = Sketch()
    draw.input(shape=images(channels, size))
    have = eights(32 * width)
    _convolution(draw, "stem", have, 3, "ReLU6", stride=2)
    for n, stage in enumerate(MOBILENET_V2, start=1):
        want = eights(stage.channels * width)
        first, rest = (_inverted(stage, have, want), _inverted(replace(stage, stride=1), want, want))
        draw.block(f"stage{n}", chain("stage", ("first", first, 1), ("rest", rest, stage.depth - 1)))
        have = want
    _convolution(draw, "head", eights(1280 * max(1.0, width)), 1, "ReLU6")
    return _classified(draw, "mobilenet-v2", classes, dropout)


def _inverted(stage: Stage, have: int, want: int) -> Graph:
    """An inverted residual from `have` to `want` channels."""
    draw = Sketch()
    draw.input("in")
    if stage.expansion > 1:
        _convolution(draw, "expand", stage.expansion * have, 1, "ReLU6")
    _depthwise(draw, stage, "ReLU6")
    body = _convolution(draw, "project", want, 1)
    if stage.stride == 1 and have == want:
        draw("add", "Add", body, "in")
    draw("out", "Output")
    return draw.graph("inverted residual")


def efficientnet(
    classes: int, channels: int, size: int, width: float, depth: float, dropout: float, drop_path: float
) -> Graph:
    """Sixteen inverted residuals with SiLU and squeeze-and-excitation; training skips later ones more often."""
    draw = Sketch()
    draw.input(shape=images(channels, size))
    have = eights(32 * width)
    _convolution(draw, "stem", have, 3, "SiLU", stride=2)
    depths = [ceil(stage.depth * depth) for stage in EFFICIENTNET_B0]
    drawn = 0
    for n, (stage, many) in enumerate(zip(EFFICIENTNET_B0, depths, strict=True), start=1):
        blocks: list[tuple[str, Graph, int]] = []
        for block in range(1, many + 1):
            want = eights(stage.channels * width)
            chance = drop_path * drawn / sum(depths)
            blocks.append((f"block{block}", _squeezed(stage, have, want, chance), 1))
            stage, have, drawn = replace(stage, stride=1), want, drawn + 1
        draw.block(f"stage{n}", chain("stage", *blocks))
    _convolution(draw, "head", 4 * have, 1, "SiLU")
    return _classified(draw, "efficientnet-b0", classes, dropout)


def _squeezed(stage: Stage, have: int, want: int, drop_path: float) -> Graph:
    """An inverted residual whose channels are weighed by what the whole image shows."""
    draw = Sketch()
    draw.input("in")
    if stage.expansion > 1:
        _convolution(draw, "expand", stage.expansion * have, 1, "SiLU")
    _depthwise(draw, stage, "SiLU")
    draw("squeeze", "SqueezeExcite", squeeze_channels=max(1, have // 4), activation="SiLU", scale_activation="Sigmoid")
    body = _convolution(draw, "project", want, 1)
    if stage.stride == 1 and have == want:
        body = draw("drop_path", "DropPath", p=drop_path)
        draw("add", "Add", body, "in")
    draw("out", "Output")
    return draw.graph("inverted residual")


def _depthwise(draw: Sketch, stage: Stage, activation: str) -> None:
    kernel = stage.kernel
    draw("depthwise", "DepthwiseConv2d", kernel_size=kernel, stride=stage.stride, padding=kernel // 2, bias=False)
    draw("depthwise_norm", "BatchNorm2d")
    draw("depthwise_act", activation)


def _convolution(draw: Sketch, id: str, channels: int, kernel: int, activation: str = "", stride: int = 1) -> str:
    draw(id, "Conv2d", out_channels=channels, kernel_size=kernel, stride=stride, padding=kernel // 2, bias=False)
    last = draw(f"{id}_norm", "BatchNorm2d")
    return draw(f"{id}_act", activation) if activation else last


def _classified(draw: Sketch, name: str, classes: int, dropout: float) -> Graph:
    draw("average", "AdaptiveAvgPool2d", output_size=1)
    draw("flatten", "Flatten")
    draw("dropout", "Dropout", p=dropout)
    draw("classify", "Linear", out_features=classes)
    draw("output", "Output")
    return draw.graph(name)


def eights(channels: float) -> int:
    """The multiple of 8 nearest to a number of channels, at least 8 and not more than a tenth below it."""
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded


WIDTH = number("width", 1.0, 0.1, 8, "Factor by which all layers have more channels or fewer.")
DEPTH = number("depth", 1.0, 0.1, 8, "Factor by which all stages have more blocks or fewer.")

TEMPLATES = (
    Template(
        "mobilenet-v2",
        "MobileNetV2",
        "Reads images on a phone: inverted residuals around depthwise convolutions (2018).",
        (classes(1000), CHANNELS, size(224, 32), WIDTH, dropout(0.2)),
        mobilenet_v2,
    ),
    Template(
        "efficientnet-b0",
        "EfficientNet-B0",
        "Inverted residuals with squeeze-and-excitation; its width and depth factors lead to B7 (2019).",
        (
            classes(1000),
            CHANNELS,
            size(224, 32),
            WIDTH,
            DEPTH,
            dropout(0.2),
            drop_path(0.2),
        ),
        efficientnet,
    ),
)
