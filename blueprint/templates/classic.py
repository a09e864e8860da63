"""The networks that came first: perceptrons, and convolutions one after another."""

from blueprint.document import Graph
from blueprint.templates.sketch import Sketch
from blueprint.templates.template import CHANNELS, Template, classes, dropout, images, integer, size, width


def mlp(classes: int, features: int, width: int, depth: int, dropout: float) -> Graph:
    """`depth` hidden layers of equal width, each of Linear, ReLU and Dropout."""
    draw = Sketch()
    draw.input(shape=["B", features])
    for n in range(1, depth + 1):
        draw(f"linear{n}", "Linear", out_features=width)
        draw(f"relu{n}", "ReLU")
        draw(f"dropout{n}", "Dropout", p=dropout)
    draw("classify", "Linear", out_features=classes)
    draw("output", "Output")
    return draw.graph("mlp")


def lenet5(classes: int, channels: int, size: int) -> Graph:
    """LeCun et al. 1998, figure 2, as built today: pooling without weights, every channel read, a linear end."""
    draw = Sketch()
    draw.input(shape=images(channels, size))
    for n, kernels in ((1, 6), (3, 16)):
        draw(f"c{n}", "Conv2d", out_channels=kernels, kernel_size=5)
        draw(f"tanh{n}", "Tanh")
        draw(f"s{n + 1}", "AvgPool2d", kernel_size=2)
    draw("flatten", "Flatten")
    for name, features in (("c5", 120), ("f6", 84)):
        draw(name, "Linear", out_features=features)
        draw(f"tanh{name[1]}", "Tanh")
    draw("classify", "Linear", out_features=classes)
    draw("output", "Output")
    return draw.graph("lenet-5")


def alexnet(classes: int, channels: int, size: int, width: int, features: int, dropout: float) -> Graph:
    """Krizhevsky 2014 ("One weird trick"), the one tower that torchvision has, rather than the two of 2012."""
    draw = Sketch()
    draw.input(shape=images(channels, size))
    draw("conv1", "Conv2d", out_channels=width, kernel_size=11, stride=4, padding=2)
    draw("relu1", "ReLU")
    for n, times in ((2, 3), (3, 6), (4, 4), (5, 4)):
        kernel = 5 if n == 2 else 3
        if n <= 3:
            draw(f"pool{n - 1}", "MaxPool2d", kernel_size=3, stride=2)
        draw(f"conv{n}", "Conv2d", out_channels=times * width, kernel_size=kernel, padding=kernel // 2)
        draw(f"relu{n}", "ReLU")
    draw("pool5", "MaxPool2d", kernel_size=3, stride=2)
    draw("average", "AdaptiveAvgPool2d", output_size=6)
    draw("flatten", "Flatten")
    for n in (6, 7):
        draw(f"dropout{n}", "Dropout", p=dropout)
        draw(f"linear{n}", "Linear", out_features=features)
        draw(f"relu{n}", "ReLU")
    draw("classify", "Linear", out_features=classes)
    draw("output", "Output")
    return draw.graph("alexnet")


VGG16 = ((2, 1), (2, 2), (3, 4), (3, 8), (3, 8))


def vgg16(classes: int, channels: int, size: int, width: int, features: int, dropout: float) -> Graph:
    """Simonyan and Zisserman 2014, configuration D: `VGG16` tells the convolutions of a stage and their widths."""
    draw = Sketch()
    draw.input(shape=images(channels, size))
    for stage, (convolutions, times) in enumerate(VGG16, start=1):
        for n in range(1, convolutions + 1):
            draw(f"conv{stage}_{n}", "Conv2d", out_channels=times * width, kernel_size=3, padding=1)
            draw(f"relu{stage}_{n}", "ReLU")
        draw(f"pool{stage}", "MaxPool2d", kernel_size=2)
    draw("average", "AdaptiveAvgPool2d", output_size=7)
    draw("flatten", "Flatten")
    for n in (6, 7):
        draw(f"linear{n}", "Linear", out_features=features)
        draw(f"relu{n}", "ReLU")
        draw(f"dropout{n}", "Dropout", p=dropout)
    draw("classify", "Linear", out_features=classes)
    draw("output", "Output")
    return draw.graph("vgg-16")


HIDDEN = integer("features", 4096, 1, 65_536, "Features of each of the two hidden layers at the end.")

TEMPLATES = (
    Template(
        "mlp",
        "Perceptron",
        "Classifies vectors with a few hidden layers of equal width.",
        (
            classes(10),
            integer("features", 784, 1, 1_000_000, "Numbers in each sample."),
            width(256, 65_536, "Features of each hidden layer."),
            integer("depth", 2, 1, 64, "How many hidden layers there are."),
            dropout(0),
        ),
        mlp,
    ),
    Template(
        "lenet-5",
        "LeNet-5",
        "Reads handwritten digits with two convolutions and three linear layers (1998).",
        (classes(10), integer("channels", 1, 1, 1024, CHANNELS.help), size(32, 16)),
        lenet5,
    ),
    Template(
        "alexnet",
        "AlexNet",
        "Five convolutions and three linear layers; it began deep learning on ImageNet (2012).",
        (
            classes(1000),
            CHANNELS,
            size(224, 63),
            width(64, 1024, "Channels of the first convolution; the others have 3, 6, 4 and 4 times as many."),
            HIDDEN,
            dropout(0.5),
        ),
        alexnet,
    ),
    Template(
        "vgg-16",
        "VGG-16",
        "Thirteen convolutions of 3x3 and three linear layers (2014).",
        (
            classes(1000),
            CHANNELS,
            size(224, 32),
            width(64, 512, "Channels of the first stage; the others have 2, 4, 8 and 8 times as many."),
            HIDDEN,
            dropout(0.5),
        ),
        vgg16,
    ),
)
