"""ConvNeXt (Liu et al. 2022): convolutions alone, arranged as in a transformer."""

from blueprint.document import Graph
from blueprint.templates.sketch import Sketch, chain
from blueprint.templates.template import CHANNELS, Template, classes, drop_path, images, integer, size, width


def convnext(classes: int, channels: int, size: int, width: int, depth: int, drop_path: float) -> Graph:
    """Four stages, the third of them deep; between them the image is halved and the channels doubled."""
    draw = Sketch()
    draw.input(shape=images(channels, size))
    draw("stem", "Conv2d", out_channels=width, kernel_size=4, stride=4)
    _channel_norm(draw, "stem_norm")
    depths, drawn = (3, 3, depth, 3), 0
    for n, many in enumerate(depths, start=1):
        if n > 1:
            width *= 2
            _channel_norm(draw, f"down{n}_norm")
            draw(f"down{n}", "Conv2d", out_channels=width, kernel_size=2, stride=2)
        chances = [drop_path * (drawn + block) / (sum(depths) - 1) for block in range(many)]
        blocks = [(f"block{i}", _block(width, chance), 1) for i, chance in enumerate(chances, start=1)]
        draw.block(f"stage{n}", chain("stage", *blocks))
        drawn += many
    draw("average", "AdaptiveAvgPool2d", output_size=1)
    draw("flatten", "Flatten")
    draw("norm", "LayerNorm", eps=1e-6)
    draw("classify", "Linear", out_features=classes)
    draw("output", "Output")
    return draw.graph("convnext-t")


def _block(channels: int, drop_path: float) -> Graph:
    """A depthwise 7x7 convolution, then a perceptron of four times the width at each pixel."""
    draw = Sketch()
    draw.input("in")
    draw("depthwise", "DepthwiseConv2d", kernel_size=7, padding=3)
    draw("last", "Permute", dims=[0, 2, 3, 1])
    draw("norm", "LayerNorm", eps=1e-6)
    draw("expand", "Linear", out_features=4 * channels)
    draw("gelu", "GELU")
    draw("project", "Linear", out_features=channels)
    draw("scale", "LayerScale", init=1e-6)
    draw("first", "Permute", dims=[0, 3, 1, 2])
    body = draw("drop_path", "DropPath", p=drop_path)
    draw("add", "Add", body, "in")
    draw("out", "Output")
    return draw.graph("block")


def _channel_norm(draw: Sketch, id: str) -> None:
    """LayerNorm over the channels of each pixel, which it wants last."""
    draw(f"{id}_last", "Permute", dims=[0, 2, 3, 1])
    draw(id, "LayerNorm", eps=1e-6)
    draw(f"{id}_first", "Permute", dims=[0, 3, 1, 2])


TEMPLATES = (
    Template(
        "convnext-t",
        "ConvNeXt-T",
        "A convolutional network with the plan of a vision transformer (2022); depth 27 makes the larger ones.",
        (
            classes(1000),
            CHANNELS,
            size(224, 32),
            width(96, 1024, "Channels of the first stage; each next has twice as many."),
            integer("depth", 9, 1, 64, "Blocks of the third stage."),
            drop_path(0.1),
        ),
        convnext,
    ),
)
