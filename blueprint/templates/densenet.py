"""DenseNet-BC (Huang et al. 2016): every layer reads what all layers before it in its block have made."""

from blueprint.document import Graph
from blueprint.templates.sketch import Sketch, chain
from blueprint.templates.template import CHANNELS, Template, classes, dropout, images, integer, size, width

DEPTHS = (6, 12, 24, 16)


def densenet(classes: int, channels: int, size: int, growth: int, width: int, dropout: float) -> Graph:
    """Four dense blocks, between which a transition halves the channels and the image."""
    draw = Sketch()
    draw.input(shape=images(channels, size))
    draw("conv0", "Conv2d", out_channels=width, kernel_size=7, stride=2, padding=3, bias=False)
    draw("norm0", "BatchNorm2d")
    draw("relu0", "ReLU")
    draw("pool0", "MaxPool2d", kernel_size=3, stride=2, padding=1)
    for n, depth in enumerate(DEPTHS, start=1):
        layers = [(f"layer{layer}", dense_layer(growth, dropout), 1) for layer in range(1, depth + 1)]
        draw.block(f"dense{n}", chain("dense block", *layers))
        width += depth * growth
        if n < len(DEPTHS):
            width //= 2
            draw.block(f"transition{n}", transition(width))
    draw("norm", "BatchNorm2d")
    draw("relu", "ReLU")
    draw("average", "AdaptiveAvgPool2d", output_size=1)
    draw("flatten", "Flatten")
    draw("classify", "Linear", out_features=classes)
    draw("output", "Output")
    return draw.graph("densenet-121")


def dense_layer(growth: int, dropout: float) -> Graph:
    """Adds `growth` channels to those it reads, by way of four times as many."""
    draw = Sketch()
    draw.input("in")
    for n, (channels, kernel) in enumerate(((4 * growth, 1), (growth, 3)), start=1):
        draw(f"norm{n}", "BatchNorm2d")
        draw(f"relu{n}", "ReLU")
        draw(f"conv{n}", "Conv2d", out_channels=channels, kernel_size=kernel, padding=kernel // 2, bias=False)
    new = draw("dropout", "Dropout", p=dropout) if dropout else "conv2"
    draw("concat", "Concat", "in", new)
    draw("out", "Output")
    return draw.graph("dense layer")


def transition(channels: int) -> Graph:
    """Fewer channels on an image of half the size."""
    draw = Sketch()
    draw.input("in")
    draw("norm", "BatchNorm2d")
    draw("relu", "ReLU")
    draw("conv", "Conv2d", out_channels=channels, kernel_size=1, bias=False)
    draw("pool", "AvgPool2d", kernel_size=2)
    draw("out", "Output")
    return draw.graph("transition")


TEMPLATES = (
    Template(
        "densenet-121",
        "DenseNet-121",
        "58 layers, each of which reads all before it in its block, with few channels each (2016).",
        (
            classes(1000),
            CHANNELS,
            size(224, 32),
            integer("growth", 32, 1, 256, "Channels that each layer adds."),
            width(64, 1024, "Channels of the first convolution."),
            dropout(0),
        ),
        densenet,
    ),
)
