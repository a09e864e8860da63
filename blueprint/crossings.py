"""The order of places within each row, such that few edges cross.

Rows are sorted by the mean place of their neighbours, downwards and upwards in turn (Sugiyama, Tagawa and
Toda 1981), and the best order seen is kept.
"""

from collections.abc import Sequence
from itertools import pairwise

from blueprint.layering import Rows

SWEEPS = 12


def untangle(rows: Rows) -> None:
    """Sort every row."""
    _follow_edges(rows)
    best, fewest = [list(row) for row in rows.rows], crossings(rows)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        _sweep(rows.rows if sweep % 2 == 0 else rows.rows[::-1], rows.above if sweep % 2 == 0 else rows.below)
        if (count := crossings(rows)) < fewest:
            best, fewest = [list(row) for row in rows.rows], count
    rows.rows = best


def crossings(rows: Rows) -> int:
    """How many pairs of edges between neighbouring rows cross."""
    return sum(_crossings(upper, lower, rows.below) for upper, lower in pairwise(rows.rows))


def _follow_edges(rows: Rows) -> None:
    """A first order: as one comes by them going down the edges, left ones first."""
    seen: dict[int, int] = {}
    stack = [place for row in reversed(rows.rows) for place in reversed(row)]
    while stack:
        place = stack.pop()
        if place not in seen:
            seen[place] = len(seen)
            stack += [below for below in reversed(rows.below[place]) if below not in seen]
    for row in rows.rows:
        row.sort(key=seen.__getitem__)


def _sweep(rows: Sequence[list[int]], neighbours: Sequence[Sequence[int]]) -> None:
    """Sort each row by the row before it; a place without neighbours stays where it was."""
    for fixed, row in pairwise(rows):
        at = {place: index for index, place in enumerate(fixed)}
        wanted: dict[int, float] = {}
        for index, place in enumerate(row):
            near = neighbours[place]
            wanted[place] = sum(at[other] for other in near) / len(near) if near else float(index)
        row.sort(key=wanted.__getitem__)


def _crossings(upper: Sequence[int], lower: Sequence[int], below: Sequence[Sequence[int]]) -> int:
    """Inversions among the lower ends of edges in the order of their upper ends, by a Fenwick tree."""
    at = {place: index for index, place in enumerate(lower)}
    tree = [0] * (len(lower) + 1)
    total = seen = 0
    for place in upper:
        ends = sorted(at[other] for other in below[place])
        for end in ends:
            total += seen - _upto(tree, end)
        for end in ends:
            seen += 1
            _add(tree, end)
    return total


def _upto(tree: Sequence[int], index: int) -> int:
    """How many ends there are at `index` or before."""
    count, index = 0, index + 1
    while index:
        count += tree[index]
        index &= index - 1
    return count


def _add(tree: list[int], index: int) -> None:
    index += 1
    while index < len(tree):
        tree[index] += 1
        index += index & -index
