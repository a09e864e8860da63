"""Stratified splits that anyone can recompute: they depend on labels, fractions and seed, on no library's generator."""

import hashlib
from collections.abc import Sequence

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
    every machine and under every library version. Sizes per class are rounded by largest remainder (ties go to the
    earlier split), which keeps each within one row of `fraction * rows of the class`.
    """
    if len(fractions) != len(NAMES) or min(fractions) < 0 or abs(sum(fractions) - 1) > 1e-9:
        raise FoundryError(f"fractions must be three numbers >= 0 that sum to 1 (train, val, test), not {fractions!r}")
    parts: dict[str, list[int]] = {name: [] for name in NAMES}
    for label in np.unique(labels):
        rows = sorted(np.flatnonzero(labels == label).tolist(), key=lambda row: _rank(seed, row))
        start = 0
        for name, size in zip(NAMES, _shares(len(rows), fractions), strict=True):
            parts[name] += rows[start : start + size]
            start += size
    return {name: np.array(sorted(rows), dtype=np.int64) for name, rows in parts.items()}


def _rank(seed: int, row: int) -> bytes:
    return hashlib.sha256(f"{seed}/{row}".encode()).digest()


def _shares(total: int, fractions: Sequence[float]) -> list[int]:
    """Whole numbers summing to `total`, each within one of its exact share (largest remainder method)."""
    exact = [total * fraction for fraction in fractions]
    sizes = [int(share) for share in exact]
    by_remainder = sorted(range(len(sizes)), key=lambda i: (sizes[i] - exact[i], i))
    for i in by_remainder[: total - sum(sizes)]:
        sizes[i] += 1
    return sizes
