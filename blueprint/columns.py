"""Where places stand from left to right, such that long edges run straight down and nodes stand above one another.

Each place is put in line with a median neighbour where that is possible, in four ways (from above or from
below, leftmost or rightmost), and stands in the middle of the four (Brandes and Koepf 2001).
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from blueprint.layering import Rows
from blueprint.ordering import order

GRID = 32
WIDTH = 6 * GRID
GAP = 2 * GRID

Neighbours = Sequence[Sequence[int]]


def columns(rows: Rows) -> list[int]:
    """The left to right position of the middle of every place, on the grid."""
    crossing = _crossing(rows)
    ways = []
    for downward in (True, False):
        for leftmost in (True, False):
            ways.append(_one_way(rows, crossing, downward, leftmost))
    middles = _middles(ways)
    return _apart(rows, [round_to_grid(middle) for middle in middles])


def round_to_grid(x: float) -> int:
    """The nearest place on the grid, the right one of two."""
    return int((x + GRID / 2) // GRID) * GRID


def _one_way(rows: Rows, crossing: set[tuple[int, int]], downward: bool, leftmost: bool) -> list[float]:
    ordered = rows.rows if downward else rows.rows[::-1]
    ordered = ordered if leftmost else [row[::-1] for row in ordered]
    roots = _lines(ordered, rows.above if downward else rows.below, crossing, rows)
    found = _compact(ordered, roots, rows)
    return found if leftmost else [-x for x in found]


def _crossing(rows: Rows) -> set[tuple[int, int]]:
    """Edges that cross a long edge's straight part, and so must not be straight themselves; (upper, lower)."""
    found: set[tuple[int, int]] = set()
    for upper, lower in pairwise(rows.rows):
        at = {place: index for index, place in enumerate(upper)}
        left, waiting = -1, []
        for place in lower:
            inner = next((other for other in rows.above[place] if rows.is_bend(place) and rows.is_bend(other)), None)
            waiting.append(place)
            if inner is None and place != lower[-1]:
                continue
            right = len(upper) if inner is None else at[inner]
            for other in waiting:
                for end in rows.above[other]:
                    straight = rows.is_bend(end) and rows.is_bend(other)
                    if not straight and not left <= at[end] <= right:
                        found.add((end, other))
            left, waiting = right, []
    return found


def _lines(
    rows: Sequence[Sequence[int]], neighbours: Neighbours, crossing: set[tuple[int, int]], places: Rows
) -> list[int]:
    """For each place the first one of the line it stands in. Long edges come first, so that they are straight."""
    roots = list(range(len(neighbours)))
    for fixed, row in pairwise(rows):
        at = {place: index for index, place in enumerate(fixed)}
        mates: dict[int, int] = {}
        for long in (True, False):
            right = _right_of(row, mates, len(fixed))
            left = -1
            for place, limit in zip(row, right, strict=True):
                left = mates.get(place, left)
                for other in _wished(place, neighbours, at, places, long):
                    free = (other, place) not in crossing and (place, other) not in crossing
                    if place not in mates and left < at[other] < limit and free:
                        roots[place] = roots[other]
                        left = mates[place] = at[other]
    return roots


def _right_of(row: Sequence[int], mates: Mapping[int, int], end: int) -> list[int]:
    """For each place where the mate of the next one to its right stands that has one already."""
    limits: list[int] = []
    for place in reversed(row):
        limits.append(end)
        end = mates.get(place, end)
    return limits[::-1]


def _wished(place: int, neighbours: Neighbours, at: Mapping[int, int], places: Rows, long: bool) -> Sequence[int]:
    """Whom a place would stand in line with: its median neighbours; only those along a long edge, or any."""
    near = sorted(neighbours[place], key=at.__getitem__)
    if long and not places.is_bend(place):
        near = [other for other in near if places.is_bend(other)]
    return near[(len(near) - 1) // 2 : len(near) // 2 + 1] if near else ()


def _compact(rows: Sequence[Sequence[int]], roots: Sequence[int], places: Rows) -> list[float]:
    """Lines as far left as those left of them let them, then right to those that hold them."""
    before: dict[int, dict[int, int]] = {root: {} for root in roots}
    for row in rows:
        for left, right in pairwise(row):
            wanted = before[roots[right]]
            wanted[roots[left]] = max(wanted.get(roots[left], 0), distance(places, left, right))
    sequence, _ = order({str(root): [str(left) for left in lefts] for root, lefts in before.items()})
    ordered = [int(root) for root in sequence]
    x: dict[int, int] = {}
    for root in ordered:
        x[root] = max((x[left] + gap for left, gap in before[root].items()), default=0)
    room: dict[int, int] = {}
    for root in reversed(ordered):
        x[root] = max(x[root], room.get(root, x[root]))
        for left, gap in before[root].items():
            room[left] = min(room.get(left, x[root] - gap), x[root] - gap)
    return [x[root] for root in roots]


def distance(places: Rows, left: int, right: int) -> int:
    """How far the middles of two neighbours must be apart, in pixels."""
    widths = [0 if places.is_bend(place) else WIDTH for place in (left, right)]
    return sum(widths) // 2 + GAP


def _middles(ways: Sequence[Sequence[float]]) -> list[float]:
    """The mean of the two middle ones of the four, all shifted to the narrowest first."""
    narrow = min(ways, key=lambda way: max(way, default=0) - min(way, default=0))
    shifted = []
    for number, way in enumerate(ways):
        leftmost = number % 2 == 0
        bound = min if leftmost else max
        shift = bound(narrow, default=0) - bound(way, default=0)
        shifted.append([x + shift for x in way])
    return [sum(sorted(candidates)[1:3]) / 2 for candidates in zip(*shifted, strict=True)]


def _apart(rows: Rows, x: list[int]) -> list[int]:
    """Neighbours that rounding brought too near are moved right."""
    for row in rows.rows:
        for left, right in pairwise(row):
            x[right] = max(x[right], x[left] + distance(rows, left, right))
    return x
