"""Real data that ships with installed libraries, as plain arrays: no download, no torch."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from foundry.errors import FoundryError


@dataclass(frozen=True)
class Arrays:
    """A labelled data set before it is split; row numbers are positions in these arrays.

    inputs: float32 (N, *shape), labels: int64 (N,) indexing `classes`; inputs lie in [minimum, maximum].
    """

    name: str
    classes: tuple[str, ...]
    inputs: NDArray[np.float32]
    labels: NDArray[np.int64]
    minimum: float
    maximum: float


def digits() -> Arrays:
    """scikit-learn's 1,797 handwritten digits (UCI, 1998) in `load_digits()` order: (N, 1, 8, 8) raw pixels 0 to 16."""
    from sklearn.datasets import load_digits

    source = load_digits()
    inputs = np.asarray(source.images, dtype=np.float32)[:, np.newaxis]
    labels = np.asarray(source.target, dtype=np.int64)
    return Arrays("digits", tuple(str(digit) for digit in range(10)), inputs, labels, 0.0, 16.0)


BUILTIN: dict[str, Callable[[], Arrays]] = {"digits": digits}


def builtin(name: str) -> Arrays:
    """The built-in data set of that name; raises FoundryError naming those that exist."""
    if name not in BUILTIN:
        raise FoundryError(f"there is no built-in data set {name!r}; choose one of: {', '.join(sorted(BUILTIN))}")
    return BUILTIN[name]()
