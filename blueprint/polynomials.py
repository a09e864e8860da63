"""What a size left open is written with: sums of products of symbols and floor divisions, always in simplest form."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

MAX_TERMS = 64
MAX_ATOMS = 256
TOO_COMPLEX = "a size has become too long an expression; give some of the named sizes as numbers"


class TooComplex(ValueError):
    """An expression outgrew what a person could read."""


@dataclass(frozen=True, slots=True)
class Floor:
    """`numerator // divisor`, not simplifiable any further; equal ones are written alike."""

    numerator: "Expression" = field(compare=False)
    divisor: int = field(compare=False)
    text: str = field(init=False)

    def __post_init__(self) -> None:
        terms = self.numerator.terms
        simple = len(terms) == 1 and all(isinstance(atom, str) for atom in terms[0][0])
        text = f"{self.numerator}//{self.divisor}" if simple else f"({self.numerator})//{self.divisor}"
        object.__setattr__(self, "text", text)

    def __str__(self) -> str:
        return self.text


Atom: TypeAlias = str | Floor
Monomial: TypeAlias = tuple[Atom, ...]


@dataclass(frozen=True, slots=True)
class Expression:
    """A sum of coefficient * product of atoms, in canonical order (the integer last); never a mere integer."""

    terms: tuple[tuple[Monomial, int], ...]

    def __add__(self, other: "Dim") -> "Dim":
        return _plus_integer(self, other) if isinstance(other, int) else _readable(total((self, other)))

    __radd__ = __add__

    def __neg__(self) -> "Dim":
        return _scaled(self, -1)

    def __sub__(self, other: "Dim") -> "Dim":
        return self + -other

    def __rsub__(self, other: "Dim") -> "Dim":
        return -self + other

    def __mul__(self, other: "Dim") -> "Dim":
        if isinstance(other, int):
            return _scaled(self, other)
        if len(self.terms) * len(other.terms) > MAX_TERMS**2:
            raise TooComplex(TOO_COMPLEX)
        products: dict[Monomial, int] = {}
        for left_atoms, left in self.terms:
            for right_atoms, right in other.terms:
                atoms = tuple(sorted(left_atoms + right_atoms, key=str))
                products[atoms] = products.get(atoms, 0) + left * right
        return _readable(_simplest(products))

    __rmul__ = __mul__

    def __floordiv__(self, divisor: int) -> "Dim":
        """Floor division by an integer >= 1."""
        return _divided(self, divisor)

    def __mod__(self, divisor: int) -> "Dim":
        """What is left of floor division by an integer >= 1."""
        return self - self // divisor * divisor

    def __str__(self) -> str:
        text = "".join(_term_text(atoms, coefficient) for atoms, coefficient in self.terms)
        return "-" + text[3:] if text.startswith(" - ") else text[3:]


Dim: TypeAlias = int | Expression
Shape: TypeAlias = tuple[Dim, ...]


def symbol(name: str) -> Expression:
    """The size called `name`, at least 1."""
    return Expression((((name,), 1),))


def total(dims: Iterable[Dim]) -> Dim:
    """The sum, in time linear in its terms; it may be longer than an operation's result may be."""
    whole = 0
    named = []
    for dim in dims:
        if isinstance(dim, int):
            whole += dim
        else:
            named.append(dim)
    if len(named) == 1 and not whole:
        return named[0]
    return _sum(whole, named) if named else whole


def _sum(whole: int, named: Iterable[Expression]) -> Dim:
    sums: dict[Monomial, int] = {(): whole}
    for expression in named:
        for atoms, coefficient in expression.terms:
            sums[atoms] = sums.get(atoms, 0) + coefficient
    return _simplest(sums)


def _scaled(expression: Expression, factor: int) -> Dim:
    """No longer than it was, however long a total is."""
    if factor == 0:
        return 0
    return Expression(tuple([(atoms, coefficient * factor) for atoms, coefficient in expression.terms]))


def _plus_integer(expression: Expression, number: int) -> Dim:
    terms = expression.terms
    if not terms[-1][0]:
        terms, number = terms[:-1], number + terms[-1][1]
    return _readable(Expression((*terms, ((), number)) if number else terms))


def _simplest(sums: Mapping[Monomial, int]) -> Dim:
    terms = [(atoms, coefficient) for atoms, coefficient in sums.items() if coefficient]
    if not terms:
        return 0
    if len(terms) > 1:
        terms.sort(key=_place)
    return Expression(tuple(terms)) if terms[0][0] else terms[0][1]


def _place(term: tuple[Monomial, int]) -> tuple[int, list[str]]:
    return -len(term[0]), list(map(str, term[0]))


@lru_cache(maxsize=4096)
def _divided(expression: Expression, divisor: int) -> Dim:
    whole: dict[Monomial, int] = {}
    rest: dict[Monomial, int] = {}
    for atoms, coefficient in expression.terms:
        quotient = coefficient // divisor if atoms else -(-coefficient // divisor)
        whole[atoms] = quotient
        rest[atoms] = coefficient - quotient * divisor
    return _simplest(whole) + _floor(_simplest(rest), divisor)


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
    return len(atoms) + sum([_size(atom.numerator) for atom in atoms if isinstance(atom, Floor)])


def _term_text(atoms: Monomial, coefficient: int) -> str:
    magnitude = abs(coefficient)
    factors = [str(magnitude)] if magnitude != 1 or not atoms else []
    alone = len(atoms) == 1 and coefficient == 1
    factors += [str(atom) if isinstance(atom, str) or alone else f"({atom})" for atom in atoms]
    return (" - " if coefficient < 0 else " + ") + "*".join(factors)
