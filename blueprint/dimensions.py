"""Exact sizes of tensors: integers, or expressions in named sizes when a size is left open.

A dimension is an `int` or an `Expression`: a polynomial with integer coefficients whose atoms are
symbols (sizes >= 1) and floor divisions by positive integers. Every operation returns the simplest
form, so equal sizes compare and print equal: `2*T + 1`, `(H - 1)//2 + 1`, `16*(H//2)*(W//2)`.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

MAX_TERMS = 64
MAX_ATOMS = 256
TOO_COMPLEX = "a size has become too long an expression; give some of the named sizes as numbers"


class TooComplex(ValueError):
    """An expression outgrew what a person could read."""


@dataclass(frozen=True, slots=True)
class Floor:
    """`numerator // divisor`, not simplifiable any further."""

    numerator: "Expression"
    divisor: int

    def __str__(self) -> str:
        terms = self.numerator.terms
        simple = len(terms) == 1 and all(isinstance(atom, str) for atom in terms[0][0])
        return f"{self.numerator}//{self.divisor}" if simple else f"({self.numerator})//{self.divisor}"


Atom: TypeAlias = str | Floor
Monomial: TypeAlias = tuple[Atom, ...]


@dataclass(frozen=True, slots=True)
class Expression:
    """A sum of coefficient * product of atoms, in canonical order; never a mere integer."""

    terms: tuple[tuple[Monomial, int], ...]

    def __add__(self, other: "Dim") -> "Dim":
        return _readable(total((self, other)))

    __radd__ = __add__

    def __neg__(self) -> "Dim":
        return self * -1

    def __sub__(self, other: "Dim") -> "Dim":
        return self + -other

    def __rsub__(self, other: "Dim") -> "Dim":
        return -self + other

    def __mul__(self, other: "Dim") -> "Dim":
        right = _terms(other)
        if len(self.terms) * len(right) > MAX_TERMS**2:
            raise TooComplex(TOO_COMPLEX)
        products: dict[Monomial, int] = {}
        for left_atoms, left in self.terms:
            for right_atoms, factor in right:
                atoms = tuple(sorted(left_atoms + right_atoms, key=str))
                products[atoms] = products.get(atoms, 0) + left * factor
        return _readable(_simplest(products))

    __rmul__ = __mul__

    def __floordiv__(self, divisor: int) -> "Dim":
        """Floor division by an integer >= 1."""
        whole: dict[Monomial, int] = {}
        rest: dict[Monomial, int] = {}
        for atoms, coefficient in self.terms:
            quotient = coefficient // divisor if atoms else -(-coefficient // divisor)
            whole[atoms] = quotient
            rest[atoms] = coefficient - quotient * divisor
        return _simplest(whole) + _floor(_simplest(rest), divisor)

    def __str__(self) -> str:
        text = "".join(_term_text(atoms, coefficient) for atoms, coefficient in self.terms)
        return "-" + text[3:] if text.startswith(" - ") else text[3:]


Dim: TypeAlias = int | Expression
Shape: TypeAlias = tuple[Dim, ...]


def symbol(name: str) -> Expression:
    """The size called `name`, at least 1."""
    return Expression((((name,), 1),))


def total(dims: Iterable[Dim]) -> Dim:
    """The sum, in time linear in its terms."""
    sums: dict[Monomial, int] = {}
    for dim in dims:
        for atoms, coefficient in _terms(dim):
            sums[atoms] = sums.get(atoms, 0) + coefficient
    return _simplest(sums)


def product(dims: Iterable[Dim]) -> Dim:
    """The product; 1 when empty."""
    result: Dim = 1
    for dim in dims:
        result = result * dim
    return result


def substitute(dim: Dim, values: Mapping[str, int]) -> Dim:
    """The dimension with some symbols replaced by integers."""
    if isinstance(dim, int):
        return dim
    return total(
        product((coefficient, *(_substitute_atom(atom, values) for atom in atoms))) for atoms, coefficient in dim.terms
    )


def at_least(dim: Dim, bound: Dim) -> bool | None:
    """Whether dim >= bound for all (True), no (False) or only some (None) sizes of its symbols."""
    low, high = _range(dim - bound)
    return True if low >= 0 else False if high < 0 else None


def equal(left: Dim, right: Dim) -> bool | None:
    """Whether left == right for all (True), no (False) or only some (None) sizes of their symbols."""
    difference = left - right
    if difference == 0:
        return True
    low, high = _range(difference)
    return None if low <= 0 <= high else False


def every(*verdicts: bool | None) -> bool | None:
    """Three-valued "and": False wins over None (undecided) wins over True."""
    return False if False in verdicts else None if None in verdicts else True


def _terms(dim: Dim) -> tuple[tuple[Monomial, int], ...]:
    return dim.terms if isinstance(dim, Expression) else (((), dim),)


def _simplest(sums: Mapping[Monomial, int]) -> Dim:
    terms = [(atoms, coefficient) for atoms, coefficient in sums.items() if coefficient]
    if not terms:
        return 0
    if len(terms) == 1 and not terms[0][0]:
        return terms[0][1]
    return Expression(tuple(sorted(terms, key=lambda term: (-len(term[0]), [str(atom) for atom in term[0]]))))


def _floor(rest: Dim, divisor: int) -> Dim:
    """rest // divisor, where nothing can be taken out of the division any more."""
    if isinstance(rest, int):
        return rest // divisor
    constant = dict(rest.terms).get((), 0)
    common = math.gcd(divisor, *(coefficient for atoms, coefficient in rest.terms if atoms))
    if common > 1:
        reduced = _simplest({atoms: coefficient // common for atoms, coefficient in rest.terms})
        return reduced // (divisor // common)
    (atoms, coefficient) = rest.terms[0]
    if len(rest.terms) == 1 + bool(constant) and coefficient == 1 and len(atoms) == 1 and isinstance(atoms[0], Floor):
        inner = atoms[0]
        return (inner.numerator + constant * inner.divisor) // (inner.divisor * divisor)
    return _readable(Expression((((Floor(rest, divisor),), 1),)))


def _readable(dim: Dim) -> Dim:
    if isinstance(dim, Expression) and (len(dim.terms) > MAX_TERMS or _size(dim) > MAX_ATOMS):
        raise TooComplex(TOO_COMPLEX)
    return dim


def _size(expression: Expression) -> int:
    atoms = [atom for monomial, _ in expression.terms for atom in monomial]
    return len(atoms) + sum(_size(atom.numerator) for atom in atoms if isinstance(atom, Floor))


def _term_text(atoms: Monomial, coefficient: int) -> str:
    magnitude = abs(coefficient)
    factors = [str(magnitude)] if magnitude != 1 or not atoms else []
    alone = len(atoms) == 1 and coefficient == 1
    factors += [str(atom) if isinstance(atom, str) or alone else f"({atom})" for atom in atoms]
    return (" - " if coefficient < 0 else " + ") + "*".join(factors)


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
        ends = (least * coefficient, most * coefficient)
        low, high = low + min(ends), high + max(ends)
    return low, high


def _product_range(atoms: Monomial) -> tuple[float, float]:
    low: float = 1
    high: float = 1
    for atom in atoms:
        least, most = (1, math.inf) if isinstance(atom, str) else _floor_range(atom)
        if least < 0 and len(atoms) > 1:
            return -math.inf, math.inf
        low, high = low * least, high * most
    return low, high


def _floor_range(atom: Floor) -> tuple[float, float]:
    low, high = _range(atom.numerator)
    return tuple(end if math.isinf(end) else end // atom.divisor for end in (low, high))  # type: ignore[return-value]
