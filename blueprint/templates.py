"""Networks to start from, each a function of a few numbers. They are drawn on a grid of 32 pixels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from blueprint.codec import JSON, DocumentError, plain
from blueprint.document import Edge, Graph, Node, Position
from blueprint.quoting import quoted, shown

GRID = 32
ROW = 3 * GRID
COLUMN = 8 * GRID


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number one chooses when starting from a template."""

    name: str
    type: str
    default: int | float
    minimum: int | float
    maximum: int | float
    help: str


@dataclass(frozen=True, slots=True)
class Template:
    """A network to start from."""

    name: str
    title: str
    summary: str
    parameters: tuple[Parameter, ...]
    build: Callable[..., Graph]


def templates() -> tuple[Template, ...]:
    """All templates, in the order to show them."""
    return TEMPLATES


def instantiate(name: str, parameters: Mapping[str, object] | None = None) -> Graph:
    """The graph of a template. Raises DocumentError, which says what there is to choose from."""
    template = next((template for template in TEMPLATES if template.name == name), None)
    if template is None:
        names = ", ".join(template.name for template in TEMPLATES)
        raise DocumentError(f"there is no template {quoted(str(name))}; there are {names}")
    given = dict(parameters or {})
    known = {parameter.name for parameter in template.parameters}
    if unknown := sorted(set(given) - known):
        raise DocumentError(f"template {name} has no parameter {quoted(unknown[0])}; it has {', '.join(sorted(known))}")
    return template.build(**{p.name: _value(p, given.get(p.name, p.default)) for p in template.parameters})


def _value(parameter: Parameter, given: object) -> int | float:
    value = plain(given)
    allowed = (int,) if parameter.type == "integer" else (int, float)
    if isinstance(value, int | float) and type(value) in allowed and parameter.minimum <= value <= parameter.maximum:
        return value
    kind = "an integer" if parameter.type == "integer" else "a number"
    span = f"{kind} from {parameter.minimum} to {parameter.maximum}"
    raise DocumentError(f"parameter {parameter.name} is {shown(value)}; it must be {span}")


class Sketch:
    """Draws layers below one another, each fed by the one before."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []
        self.row = 0

    def __call__(self, id: str, type: str, *sources: str, column: int = 0, **config: JSON) -> str:
        """Draw a layer one row lower, fed by the sources, or else by the last layer drawn."""
        above = sources or tuple(node.id for node in self.nodes[-1:])
        self.nodes.append(Node(id, type, config, Position(column * COLUMN, self.row * ROW)))
        self.edges += [Edge(source, id) for source in above]
        self.row += 1
        return id

    def graph(self, name: str) -> Graph:
        return Graph(name, tuple(self.nodes), tuple(self.edges))


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
        draw.row -= 2
        draw(f"conv{n}s", "Conv2d", shortcut, column=1, out_channels=channels, kernel_size=1, stride=stride, bias=False)
        shortcut = draw(f"norm{n}s", "BatchNorm2d", column=1)
    draw(f"add{n}", "Add", body, shortcut)
    draw(f"relu{n}b", "ReLU")


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
