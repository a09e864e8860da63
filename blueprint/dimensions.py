"""Exact sizes of tensors: integers, or expressions in named sizes when a size is left open.

A dimension is an `int` or an `Expression`: a polynomial with integer coefficients whose atoms are
symbols (sizes >= 1) and floor divisions by positive integers. Every operation returns the simplest
form, so equal sizes compare and print equal: `2*T + 1`, `(H - 1)//2 + 1`, `16*(H//2)*(W//2)`.
"""

import math
from collections.abc import Iterable, Mapping

from blueprint.polynomials import Atom, Dim, Expression, Floor, Monomial, Shape, TooComplex, symbol, total

__all__ = [
    "Dim",
    "Expression",
    "Monomial",
    "Shape",
    "TooComplex",
    "at_least",
    "equal",
    "every",
    "product",
    "substitute",
    "symbol",
    "total",
]


def product(dims: Iterable[Dim]) -> Dim:
    """The product; 1 when empty."""
    whole = 1
    named = []
    for dim in dims:
        if isinstance(dim, int):
            whole *= dim
        else:
            named.append(dim)
    return _product(whole, named) if named and whole else whole


def substitute(dim: Dim, values: Mapping[str, int]) -> Dim:
    """The dimension with some symbols replaced by integers; a product that would become too long stays as it is."""
    if isinstance(dim, int):
        return dim
    return total([_substitute_term(atoms, coefficient, values) for atoms, coefficient in dim.terms])


def at_least(dim: Dim, bound: Dim) -> bool | None:
    """Whether dim >= bound for all (True), no (False) or only some (None) sizes of its symbols."""
    if isinstance(bound, int):
        if isinstance(dim, int):
            return dim >= bound
        low, high = _range(dim)
        return True if low >= bound else False if high < bound else None
    return at_least(dim - bound, 0)


def equal(left: Dim, right: Dim) -> bool | None:
    """Whether left == right for all (True), no (False) or only some (None) sizes of their symbols."""
    if left == right:
        return True
    if isinstance(left, int):
        left, right = right, left
    if isinstance(left, int):
        return False
    low, high = _range(left if isinstance(right, int) else left - right)
    number = right if isinstance(right, int) else 0
    return None if low <= number <= high else False


def every(*verdicts: bool | None) -> bool | None:
    """Three-valued "and": False wins over None (undecided) wins over True."""
    return False if False in verdicts else None if None in verdicts else True


def _product(whole: int, named: Iterable[Expression]) -> Dim:
    result: Dim = whole
    for expression in named:
        result = expression * result
    return result


def _terms(dim: Dim) -> tuple[tuple[Monomial, int], ...]:
    return dim.terms if isinstance(dim, Expression) else (((), dim),)


def _substitute_term(atoms: Monomial, coefficient: int, values: Mapping[str, int]) -> Dim:
    try:
        return product([coefficient, *[_substitute_atom(atom, values) for atom in atoms]])
    except TooComplex:
        return Expression(((atoms, coefficient),))


def _substitute_atom(atom: Atom, values: Mapping[str, int]) -> Dim:
    if isinstance(atom, str):
        return values[atom] if atom in values else symbol(atom)
    return substitute(atom.numerator, values) // atom.divisor


def _range(dim: Dim) -> tuple[float, float]:
    """Bounds of a dimension when every symbol is at least 1; exact integers or infinities."""
    low: float = 0
    high: float = 0
    for atoms, coefficient in _terms(dim):
        least, most = _product_range(atoms)
        if coefficient < 0:
            least, most = most, least
        low, high = _plus(low, _times(least, coefficient)), _plus(high, _times(most, coefficient))
    return low, high


def _product_range(atoms: Monomial) -> tuple[float, float]:
    low: float = 1
    high: float = 1
    for atom in atoms:
        least, most = (1, math.inf) if isinstance(atom, str) else _floor_range(atom)
        if least < 0 and len(atoms) > 1:
            return -math.inf, math.inf
        low, high = _times(least, int(low)), most
    return low, high


def _floor_range(atom: Floor) -> tuple[float, float]:
    """The end of a range that is infinite stays so; the upper always is, as coefficients in a Floor are positive."""
    low, high = _range(atom.numerator)
    return low if low == -math.inf else low // atom.divisor, high


def _times(end: float, factor: int) -> float:
    """No product of an infinity and a large integer: Python would turn the integer into a float."""
    if isinstance(end, int):
        return end * factor
    return end if factor > 0 else -end


def _plus(end: float, other: float) -> float:
    if isinstance(end, int) and isinstance(other, int):
        return end + other
    return other if isinstance(end, int) else end
