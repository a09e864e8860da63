"""Dividing one size by another where it comes out even, as Reshape needs for its -1; and scaling by a fraction."""

import math
from collections import Counter

from blueprint.dimensions import Dim, Expression, Monomial, product, symbol

SHARES = 1024


def quotient(numbers: Dim, known: Dim) -> Dim | None:
    """numbers / known: exact where symbols cancel, else floored by an integer; None where it cannot be written."""
    if isinstance(known, int):
        return numbers // known
    if isinstance(numbers, int):
        return None
    if len(known.terms) > 1:
        return _ratio(numbers, known)
    (atoms, coefficient) = known.terms[0]
    rest: Dim = 0
    for monomial, factor in numbers.terms:
        left = _without(monomial, atoms)
        if left is None:
            return None
        rest = rest + _monomial(left, factor)
    return rest // coefficient


def scaled(size: Dim, factor: float) -> Dim | None:
    """floor(size * factor) in double precision; of a named size only where factor is a multiple of 1/1024."""
    if isinstance(size, int):
        return math.floor(size * factor)
    shares = factor * SHARES
    return size * math.floor(shares) // SHARES if shares == math.floor(shares) else None


def _ratio(numbers: Expression, known: Expression) -> Dim | None:
    """The quotient of two sums, where it is one product."""
    (atoms, coefficient), (divisor, factor) = numbers.terms[0], known.terms[0]
    left = _without(atoms, divisor)
    if left is None or coefficient % factor:
        return None
    ratio = _monomial(left, coefficient // factor)
    return ratio if ratio * known == numbers else None


def _without(monomial: Monomial, atoms: Monomial) -> Monomial | None:
    left = Counter(monomial)
    left.subtract(Counter(atoms))
    if any(times < 0 for times in left.values()):
        return None
    return tuple(left.elements())


def _monomial(atoms: Monomial, coefficient: int) -> Dim:
    factors = [symbol(atom) if isinstance(atom, str) else Expression((((atom,), 1),)) for atom in atoms]
    return product([coefficient, *factors])
