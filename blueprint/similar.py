"""What a misspelt word probably means, among the words there are."""

from collections.abc import Iterable, Sequence

MAX_LENGTH = 64
LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def similar(word: str, known: Iterable[str]) -> str | None:
    """The known word nearest to a misspelt one, the first of equally near ones, or None where none is near.

    Near is a distance (letters added, left out, changed, or two neighbours swapped; capitals A to Z count
    as small) of at most a third of the word's length and 3, of 1 for short words, but less than the whole word, where
    the known word begins with the first or second letter. A word of more than 64 letters is near to none.
    """
    if len(word) > MAX_LENGTH:
        return None
    letters = word.translate(LOWER)
    nearest, most = None, min(3, max(1, len(word) // 3), len(word) - 1)
    for candidate in known:
        if candidate[:1].translate(LOWER) not in letters[:2]:
            continue
        distance = _distance(letters, candidate.translate(LOWER), most)
        if distance <= most:
            nearest, most = candidate, distance - 1
    return nearest


def _distance(a: str, b: str, most: int) -> int:
    """Optimal string alignment distance (Damerau 1964; no letter is edited twice), or more than `most`."""
    if most < 0 or abs(len(a) - len(b)) > most or _unshared(a, b) > most:
        return most + 1
    before: Sequence[int] = ()
    above: Sequence[int] = range(len(b) + 1)
    for row in range(1, len(a) + 1):
        line = _row(a, b, row, above, before, most)
        if min(line) > most and min(above) > most:
            return most + 1
        before, above = above, line
    return above[-1]


def _unshared(a: str, b: str) -> int:
    """How many letters one of the words has more than the other: each costs an edit, wherever it stands."""
    more = sum([max(0, a.count(letter) - b.count(letter)) for letter in set(a)])
    return max(more, more + len(b) - len(a))


def _row(a: str, b: str, row: int, above: Sequence[int], before: Sequence[int], most: int) -> list[int]:
    """Distances of a's first `row` letters to the beginnings of b, from those of one and two letters fewer.

    Beginnings that are longer or shorter by more than `most` are farther off than that.
    """
    line = [row] + [most + 1] * len(b)
    for column in range(max(1, row - most), min(len(b), row + most) + 1):
        same = a[row - 1] == b[column - 1]
        cost = min(above[column] + 1, line[column - 1] + 1, above[column - 1] + (not same))
        if row > 1 and column > 1 and a[row - 1] == b[column - 2] and a[row - 2] == b[column - 1]:
            cost = min(cost, before[column - 2] + 1)
        line[column] = cost
    return line
