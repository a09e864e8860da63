"""One line of the table: what was measured, beside what, and whether that is enough."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {">=": operator.ge, "<=": operator.le, "<": operator.lt}


@dataclass(frozen=True)
class Target:
    """`Target("ratio", ">=", 0.8)`: which of a row's figures has to lie on which side of what."""

    figure: Literal["ours", "ratio"]
    comparison: Literal[">=", "<=", "<"]
    value: float

    def __str__(self) -> str:
        return f"{self.figure} {self.comparison} {self.value:,g}"


@dataclass(frozen=True)
class Row:
    """`ratio` is ours to the reference's; None where nothing stands beside ours."""

    measurement: str
    unit: str
    ours: float
    reference: float | None = None
    ratio: float | None = None
    target: Target | None = None

    @property
    def met(self) -> bool | None:
        """None where there is nothing to meet."""
        if self.target is None:
            return None
        figure = self.ours if self.target.figure == "ours" else self.ratio
        return figure is not None and COMPARISONS[self.target.comparison](figure, self.target.value)
