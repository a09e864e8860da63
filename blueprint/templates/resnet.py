"""Residual networks (He et al. 2015), with the stride on the 3x3 convolution as in torchvision ("version 1.5")."""

from collections.abc import Callable
from functools import partial

from blueprint.document import Graph
from blueprint.templates.sketch import Sketch, chain
from blueprint.templates.template import CHANNELS, Template, classes, images, size, width

Residual = Callable[[int, int, bool], Graph]


def basic(channels: int, stride: int, project: bool) -> Graph:
    """Two convolutions of 3x3 added to their input, which is brought to their shape where `project` says so."""
    draw = Sketch()
    draw.input("in")
    _convolution(draw, 1, channels, 3, stride)
    draw("relu1", "ReLU")
    _convolution(draw, 2, channels, 3)
    return _added(draw, "norm2", channels, stride, project)


def bottleneck(channels: int, stride: int, project: bool) -> Graph:
    """A 3x3 convolution between two of 1x1, the last of which makes four times as many channels."""
    draw = Sketch()
    draw.input("in")
    _convolution(draw, 1, channels, 1)
    draw("relu1", "ReLU")
    _convolution(draw, 2, channels, 3, stride)
    draw("relu2", "ReLU")
    _convolution(draw, 3, 4 * channels, 1)
    return _added(draw, "norm3", 4 * channels, stride, project)


def _convolution(draw: Sketch, n: int, channels: int, kernel: int, stride: int = 1) -> None:
    padding = kernel // 2
    draw(f"conv{n}", "Conv2d", out_channels=channels, kernel_size=kernel, stride=stride, padding=padding, bias=False)
    draw(f"norm{n}", "BatchNorm2d")


def _added(draw: Sketch, body: str, channels: int, stride: int, project: bool) -> Graph:
    shortcut = "in"
    if project:
        draw("shortcut", "Conv2d", "in", column=1, out_channels=channels, kernel_size=1, stride=stride, bias=False)
        shortcut = draw("shortcut_norm", "BatchNorm2d", column=1)
    draw("add", "Add", body, shortcut)
    draw("relu", "ReLU")
    draw("out", "Output")
    return draw.graph("residual block")


def resnet(
    name: str, residual: Residual, depths: tuple[int, ...], classes: int, channels: int, size: int, width: int
) -> Graph:
    """Four stages of residual blocks; all but the first halve the image, and each doubles the channels."""
    draw = Sketch()
    draw.input(shape=images(channels, size))
    draw("conv1", "Conv2d", out_channels=width, kernel_size=7, stride=2, padding=3, bias=False)
    draw("norm1", "BatchNorm2d")
    draw("relu1", "ReLU")
    draw("pool1", "MaxPool2d", kernel_size=3, stride=2, padding=1)
    for stage, depth in enumerate(depths, start=1):
        draw.block(f"layer{stage}", _stage(residual, stage, depth, width * 2 ** (stage - 1)))
    draw("average", "AdaptiveAvgPool2d", output_size=1)
    draw("flatten", "Flatten")
    draw("classify", "Linear", out_features=classes)
    draw("output", "Output")
    return draw.graph(name)


def _stage(residual: Residual, stage: int, depth: int, channels: int) -> Graph:
    """Equal blocks are drawn once; the first is another where it changes the shape."""
    rest = residual(channels, 1, False)
    if stage == 1 and residual is basic:
        return chain("stage", ("block", rest, depth))
    first = residual(channels, 1 if stage == 1 else 2, True)
    return chain("stage", ("first", first, 1), ("rest", rest, depth - 1))


def _template(depth: int, residual: Residual, depths: tuple[int, ...], what: str) -> Template:
    name = f"resnet-{depth}"
    return Template(
        name,
        f"ResNet-{depth}",
        f"{depth} layers whose {what} are added to what they read (2015).",
        (
            classes(1000),
            CHANNELS,
            size(224, 32),
            width(64, 1024, "Channels of the first stage; each next has twice as many."),
        ),
        partial(resnet, name, residual, depths),
    )


TEMPLATES = (
    _template(18, basic, (2, 2, 2, 2), "pairs of convolutions"),
    _template(34, basic, (3, 4, 6, 3), "pairs of convolutions"),
    _template(50, bottleneck, (3, 4, 6, 3), "bottlenecks of three convolutions"),
)
