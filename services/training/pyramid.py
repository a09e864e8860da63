"""Curves reduced for the eye: minimum and maximum per bucket, in step order.

A bucket covers `width` consecutive points, a power of two. A curve grows by appending and, where it has more buckets
than asked for, by merging neighbours, so no point is read twice and the way it grew cannot be seen in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Steps = NDArray[np.int64]
Values = NDArray[np.float32]
Points = tuple[Steps, Values]

LEVELS = (128, 512, 2048)
FINEST = LEVELS[-1]


@dataclass(frozen=True, slots=True)
class Curve:
    """Buckets with the step of their first point; of the `points` in all, the last bucket may hold fewer than `width`.

    Minima and maxima ignore NaN, unless a bucket holds nothing else.
    """

    steps: Steps
    minima: Values
    maxima: Values
    points: int
    width: int
    last_step: int

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def exact(self) -> bool:
        """Every point is given as it is."""
        return self.width == 1


EMPTY = Curve(np.empty(0, np.int64), np.empty(0, np.float32), np.empty(0, np.float32), 0, 1, -1)


def merge(chunks: Sequence[Points]) -> Points:
    """Points in step order; of equal steps the one that came last stands."""
    if not chunks:
        return EMPTY.steps, EMPTY.minima
    steps = np.concatenate([chunk[0] for chunk in chunks])
    values = np.concatenate([chunk[1] for chunk in chunks])
    order = np.argsort(steps, kind="stable")
    steps, values = steps[order], values[order]
    stands = np.append(steps[1:] != steps[:-1], True)[: len(steps)]
    return steps[stands], values[stands]


def extend(curve: Curve, points: Points) -> Curve:
    """The curve with points appended; their steps ascend and lie behind the curve's last one."""
    steps, values = points
    if not len(steps):
        return curve
    gap = min(-curve.points % curve.width, len(steps))
    minima, maxima = curve.minima.copy(), curve.maxima.copy()
    if gap:
        minima[-1] = np.fmin(minima[-1], np.fmin.reduce(values[:gap]))
        maxima[-1] = np.fmax(maxima[-1], np.fmax.reduce(values[:gap]))
    starts = np.arange(gap, len(steps), curve.width)
    return Curve(
        np.concatenate([curve.steps, steps[starts]]),
        np.concatenate([minima, _reduce(np.fmin, values, starts)]),
        np.concatenate([maxima, _reduce(np.fmax, values, starts)]),
        curve.points + len(steps),
        curve.width,
        int(steps[-1]),
    )


def reduce(curve: Curve, most: int) -> Curve:
    """The curve in at most `most` buckets."""
    while len(curve) > most:
        curve = _halve(curve)
    return curve


def curve_of(points: Points) -> Curve:
    """Every point as a bucket of its own."""
    return extend(EMPTY, points)


def _halve(curve: Curve) -> Curve:
    starts = np.arange(0, len(curve), 2)
    return replace(
        curve,
        steps=curve.steps[starts],
        minima=_reduce(np.fmin, curve.minima, starts),
        maxima=_reduce(np.fmax, curve.maxima, starts),
        width=curve.width * 2,
    )


def _reduce(function: np.ufunc, values: Values, starts: NDArray[np.intp]) -> Values:
    """`function` over the values from each start to the next; no start leaves nothing, where numpy would raise."""
    return function.reduceat(values, starts) if len(starts) else np.empty(0, np.float32)
