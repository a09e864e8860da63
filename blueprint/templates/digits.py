"""Networks that read the 8x8 handwritten digits of scikit-learn and normalise raw pixel values themselves."""

from blueprint.document import Graph
from blueprint.templates.sketch import Sketch
from blueprint.templates.template import Parameter, Template


def digits_cnn(classes: int, width: int, dropout: float) -> Graph:
    """Three convolutions; put a Dropout after `pool1` or widen `conv2` to make it your own."""
    draw = Sketch()
    draw("input", "Input", shape=["B", 1, 8, 8], dtype="float32")
    draw("scale", "BatchNorm2d")
    _convolution(draw, 1, width)
    _convolution(draw, 2, 2 * width)
    draw("pool1", "MaxPool2d", kernel_size=2)
    _convolution(draw, 3, 4 * width)
    draw("pool2", "MaxPool2d", kernel_size=2)
    draw("flatten", "Flatten")
    draw("dropout", "Dropout", p=dropout)
    draw("classify", "Linear", out_features=classes)
    draw("output", "Output")
    return draw.graph("digits-cnn")


def _convolution(draw: Sketch, n: int, channels: int) -> None:
    draw(f"conv{n}", "Conv2d", out_channels=channels, kernel_size=3, padding=1)
    draw(f"norm{n}", "BatchNorm2d")
    draw(f"relu{n}", "ReLU")


def digits_mlp(classes: int, width: int, dropout: float) -> Graph:
    """Two hidden layers on the bare pixels."""
    draw = Sketch()
    draw("input", "Input", shape=["B", 1, 8, 8], dtype="float32")
    draw("scale", "BatchNorm2d")
    draw("flatten", "Flatten")
    for n in (1, 2):
        draw(f"linear{n}", "Linear", out_features=width)
        draw(f"relu{n}", "ReLU")
        draw(f"dropout{n}", "Dropout", p=dropout)
    draw("classify", "Linear", out_features=classes)
    draw("output", "Output")
    return draw.graph("digits-mlp")


def digits_resnet(classes: int, width: int) -> Graph:
    """Two residual blocks (He et al. 2015); the second halves the image and doubles the channels."""
    draw = Sketch()
    draw("input", "Input", shape=["B", 1, 8, 8], dtype="float32")
    draw("scale", "BatchNorm2d")
    _convolution(draw, 0, width)
    _residual(draw, 1, width, stride=1)
    _residual(draw, 2, 2 * width, stride=2)
    draw("pool", "AdaptiveAvgPool2d", output_size=1)
    draw("flatten", "Flatten")
    draw("classify", "Linear", out_features=classes)
    draw("output", "Output")
    return draw.graph("digits-resnet")


def _residual(draw: Sketch, n: int, channels: int, stride: int) -> None:
    """Two convolutions added to their input, which is brought to their shape where they change it."""
    shortcut = draw.nodes[-1].id
    draw(f"conv{n}a", "Conv2d", out_channels=channels, kernel_size=3, stride=stride, padding=1, bias=False)
    draw(f"norm{n}a", "BatchNorm2d")
    draw(f"relu{n}a", "ReLU")
    draw(f"conv{n}b", "Conv2d", out_channels=channels, kernel_size=3, padding=1, bias=False)
    body = draw(f"norm{n}b", "BatchNorm2d")
    if stride > 1:
        beside = draw.row(f"conv{n}b")
        _projection(draw, f"conv{n}s", shortcut, beside, channels, stride)
        shortcut = draw(f"norm{n}s", "BatchNorm2d", column=1)
    draw(f"add{n}", "Add", body, shortcut)
    draw(f"relu{n}b", "ReLU")


def _projection(draw: Sketch, id: str, source: str, row: int, channels: int, stride: int) -> None:
    draw(id, "Conv2d", source, column=1, row=row, out_channels=channels, kernel_size=1, stride=stride, bias=False)


CLASSES = Parameter("classes", "integer", 10, 2, 1000, "How many classes to tell apart.")
DROPOUT = Parameter("dropout", "number", 0.25, 0, 0.9, "Chance that a value is dropped in training.")

TEMPLATES = (
    Template(
        "digits-cnn",
        "Digits, convolutional",
        "Reads 8x8 handwritten digits with three convolutions; normalises raw pixel values itself.",
        (CLASSES, Parameter("width", "integer", 16, 1, 256, "Channels of the first convolution."), DROPOUT),
        digits_cnn,
    ),
    Template(
        "digits-mlp",
        "Digits, fully connected",
        "Reads 8x8 handwritten digits with two hidden layers; the smallest network to begin with.",
        (CLASSES, Parameter("width", "integer", 128, 1, 4096, "Features of each hidden layer."), DROPOUT),
        digits_mlp,
    ),
    Template(
        "digits-resnet",
        "Digits, residual",
        "Reads 8x8 handwritten digits with two residual blocks, whose shortcuts are added back.",
        (CLASSES, Parameter("width", "integer", 16, 1, 256, "Channels of the first block.")),
        digits_resnet,
    ),
)
