"""What a template is: a function that draws a network, and the numbers one may choose for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from blueprint.codec import JSON, DocumentError, plain
from blueprint.document import Graph
from blueprint.quoting import quoted, shown


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number one chooses when starting from a template; an integer is a multiple of `multiple`."""

    name: str
    type: str
    default: int | float
    minimum: int | float
    maximum: int | float
    help: str
    multiple: int = 1

    def read(self, given: object) -> int | float:
        """The number given; raises DocumentError, which says what is allowed."""
        value = plain(given)
        if isinstance(value, int | float) and self._allows(value):
            return value
        raise DocumentError(f"parameter {self.name} is {shown(value)}; it must be {self._allowed()}")

    def _allows(self, value: int | float) -> bool:
        kinds = (int,) if self.type == "integer" else (int, float)
        if type(value) not in kinds or not self.minimum <= value <= self.maximum:
            return False
        return self.multiple == 1 or value % self.multiple == 0

    def _allowed(self) -> str:
        kind = "an integer" if self.type == "integer" else "a number"
        kind = kind if self.multiple == 1 else f"a multiple of {self.multiple}"
        return f"{kind} from {self.minimum} to {self.maximum}"


@dataclass(frozen=True, slots=True)
class Template:
    """A network to start from."""

    name: str
    title: str
    summary: str
    parameters: tuple[Parameter, ...]
    build: Callable[..., Graph]

    def instantiate(self, given: Mapping[str, object]) -> Graph:
        """The graph for the numbers given, and the defaults of the others. Raises DocumentError."""
        known = [parameter.name for parameter in self.parameters]
        if unknown := sorted(set(given) - set(known)):
            has = f"it has {', '.join(sorted(known))}" if known else "it has none"
            raise DocumentError(f"template {self.name} has no parameter {quoted(unknown[0])}; {has}")
        return self.build(**{p.name: p.read(given.get(p.name, p.default)) for p in self.parameters})


def integer(name: str, default: int, minimum: int, maximum: int, help: str, multiple: int = 1) -> Parameter:
    """A whole number to choose."""
    return Parameter(name, "integer", default, minimum, maximum, help, multiple)


def number(name: str, default: float, minimum: float, maximum: float, help: str) -> Parameter:
    """A number to choose."""
    return Parameter(name, "number", default, minimum, maximum, help)


def classes(default: int) -> Parameter:
    """How many classes a classifier tells apart."""
    return integer("classes", default, 1, 100_000, "How many classes to tell apart.")


def size(default: int, minimum: int, multiple: int = 1) -> Parameter:
    """Height and width of a square image."""
    return integer("size", default, minimum, 2048, "Height and width of the image in pixels.", multiple)


def width(default: int, maximum: int, help: str) -> Parameter:
    """How wide a network is, in the unit that its help names."""
    return integer("width", default, 1, maximum, help)


def dropout(default: float) -> Parameter:
    """The chance of losing a value, for training alone."""
    return number("dropout", default, 0, 0.9, "Chance that a value is dropped in training.")


def drop_path(default: float) -> Parameter:
    """The chance of skipping a whole block, for training alone."""
    return number("drop_path", default, 0, 0.9, "Chance that the last block is skipped in training; earlier, less.")


CHANNELS = integer("channels", 3, 1, 1024, "Channels of the image: 3 for colour, 1 for grey.")


def images(channels: int, size: int) -> list[JSON]:
    """The shape of a batch of square images."""
    return ["B", channels, size, size]
