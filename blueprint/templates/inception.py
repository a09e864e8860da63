"""GoogLeNet, the first Inception network (Szegedy et al. 2014), with batch normalisation as in torchvision.

The 5x5 branch has a 3x3 kernel there (pytorch/vision, issue 906), and so here: the published figures are of that
network. The two auxiliary classifiers, which serve training alone, are left out.
"""

from blueprint.document import Graph
from blueprint.templates.sketch import Sketch
from blueprint.templates.template import CHANNELS, Template, classes, dropout, images, size

# Kernels of each branch: 1x1; 3x3 after a reduction; "5x5" after a reduction; 1x1 after pooling (table 1).
INCEPTIONS = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}
# The pooling after an inception: its window; all have stride 2.
POOLS = {"3b": 3, "4e": 2}


def googlenet(classes: int, channels: int, size: int, dropout: float) -> Graph:
    """A stem of three convolutions, nine inceptions, and one linear layer."""
    draw = Sketch()
    draw.input(shape=images(channels, size))
    _convolution(draw, "conv1", 64, 7, stride=2)
    draw("pool1", "MaxPool2d", kernel_size=3, stride=2, ceil_mode=True)
    _convolution(draw, "conv2", 64, 1)
    _convolution(draw, "conv3", 192, 3)
    draw("pool2", "MaxPool2d", kernel_size=3, stride=2, ceil_mode=True)
    for name, kernels in INCEPTIONS.items():
        draw.block(f"inception{name}", inception(*kernels))
        if name in POOLS:
            draw(f"pool{name[0]}", "MaxPool2d", kernel_size=POOLS[name], stride=2, ceil_mode=True)
    draw("average", "AdaptiveAvgPool2d", output_size=1)
    draw("flatten", "Flatten")
    draw("dropout", "Dropout", p=dropout)
    draw("classify", "Linear", out_features=classes)
    draw("output", "Output")
    return draw.graph("inception-v1")


def inception(one: int, reduce3: int, three: int, reduce5: int, five: int, pooled: int) -> Graph:
    """Four branches side by side, whose channels are joined."""
    draw = Sketch()
    draw.input("in")
    branches = [
        _convolution(draw, "one", one, 1, "in"),
        _reduced(draw, "three", reduce3, three, column=1),
        _reduced(draw, "five", reduce5, five, column=2),
    ]
    draw("pool", "MaxPool2d", "in", column=3, kernel_size=3, stride=1, padding=1, ceil_mode=True)
    branches.append(_convolution(draw, "pooled", pooled, 1, column=3))
    draw("concat", "Concat", *branches)
    draw("out", "Output")
    return draw.graph("inception")


def _reduced(draw: Sketch, id: str, few: int, kernels: int, column: int) -> str:
    _convolution(draw, f"{id}_reduce", few, 1, "in", column=column)
    return _convolution(draw, id, kernels, 3, column=column)


def _convolution(
    draw: Sketch, id: str, kernels: int, kernel: int, *source: str, stride: int = 1, column: int = 0
) -> str:
    """Convolution, normalisation and ReLU; the padding keeps the size but for the stride."""
    draw(
        id,
        "Conv2d",
        *source,
        column=column,
        out_channels=kernels,
        kernel_size=kernel,
        stride=stride,
        padding=kernel // 2,
        bias=False,
    )
    draw(f"{id}_norm", "BatchNorm2d", column=column, eps=0.001)
    return draw(f"{id}_relu", "ReLU", column=column)


TEMPLATES = (
    Template(
        "inception-v1",
        "GoogLeNet",
        "Nine inceptions, each of four branches that look at several sizes at once (2014).",
        (classes(1000), CHANNELS, size(224, 32), dropout(0.2)),
        googlenet,
    ),
)
