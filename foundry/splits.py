"""Stratified splits that anyone can recompute: they depend on labels, fractions and seed, on no library's generator."""

import hashlib
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from foundry.errors import FoundryError

Rows = NDArray[np.int64]

NAMES = ("train", "val", "test")
FRACTIONS = (0.70, 0.15, 0.15)


def stratified_split(
    labels: NDArray[np.int64], fractions: Sequence[float] = FRACTIONS, seed: int = 0
) -> dict[str, Rows]:
    """Sorted row numbers for train, val and test; every class is within one row of its exact share in each.

    The rows of a class are ordered by SHA-256 of "seed/row" and cut in that order, so the split is the same on
    every machine and under every library version. Classes are taken in ascending order; each split gets the whole
    part of its share, and the class's left-over rows go, one each, to the splits furthest behind their share over
    the classes so far (of equal ones, the earlier split). Totals therefore stay close to their shares as well.
    """
    if len(fractions) != len(NAMES) or min(fractions) < 0 or abs(sum(fractions) - 1) > 1e-9:
        raise FoundryError(f"fractions must be three numbers >= 0 that sum to 1 (train, val, test), not {fractions!r}")
    exact = [Fraction(fraction).limit_denominator(10**6) for fraction in fractions]
    behind = [Fraction(0)] * len(NAMES)
    parts: dict[str, list[int]] = {name: [] for name in NAMES}
    for label in np.unique(labels):
        rows = sorted(np.flatnonzero(labels == label).tolist(), key=lambda row: _rank(seed, row))
        start = 0
        for name, size in zip(NAMES, _sizes(len(rows), exact, behind), strict=True):
            parts[name] += rows[start : start + size]
            start += size
    return {name: np.array(sorted(rows), dtype=np.int64) for name, rows in parts.items()}


def _rank(seed: int, row: int) -> bytes:
    return hashlib.sha256(f"{seed}/{row}".encode()).digest()


def _sizes(rows: int, fractions: list[Fraction], behind: list[Fraction]) -> list[int]:
    """Sizes of the splits of one class; `behind` is brought up to date."""
    shares = [rows * fraction for fraction in fractions]
    sizes = [int(share) for share in shares]
    for i, share in enumerate(shares):
        behind[i] += share - sizes[i]
    open_splits = [i for i, share in enumerate(shares) if share > sizes[i]]
    for i in sorted(open_splits, key=lambda i: (-behind[i], i))[: rows - sum(sizes)]:
        sizes[i] += 1
        behind[i] -= 1
    return sizes
