"""A thing as it was and as two people left it, and which of the two to take."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeAlias, TypeVar

from blueprint.codec import JSON, encode


class Absent(Enum):
    """Says that a field is not there, which null does not."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT
Value: TypeAlias = "JSON | Absent"
Side = TypeVar("Side", covariant=True)
Other = TypeVar("Other")


@dataclass(frozen=True, slots=True)
class Three(Generic[Side]):
    """The same thing as it was, and as each of two people left it."""

    base: Side
    ours: Side
    theirs: Side

    def __iter__(self) -> Iterator[Side]:
        return iter((self.base, self.ours, self.theirs))

    def each(self, of: Callable[[Side], Other]) -> "Three[Other]":
        """Something of all three."""
        return Three(of(self.base), of(self.ours), of(self.theirs))


def winner(values: Three[Value]) -> str | None:
    """`theirs` where only they changed it, None where both did and differently, else `ours`."""
    spelt = values.each(_spelt)
    if spelt.ours == spelt.theirs or spelt.base == spelt.theirs:
        return "ours"
    return "theirs" if spelt.base == spelt.ours else None


def same(one: Value, other: Value) -> bool:
    """Whether two values are spelt alike; true is not 1."""
    return _spelt(one) == _spelt(other)


def followed(values: Three[Other], spelt_as: Callable[[Other], Value]) -> Other:
    """What is no content, as whoever changed it has it."""
    return values.theirs if same(spelt_as(values.ours), spelt_as(values.base)) else values.ours


def itself(value: JSON) -> Value:
    """How `followed` tells values that are JSON already."""
    return value


def _spelt(value: Value) -> bytes:
    return b"" if isinstance(value, Absent) else encode(value)
