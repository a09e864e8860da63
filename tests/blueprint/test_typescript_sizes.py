"""Sizes are computed, compared, written and refused alike in Python and TypeScript."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueprint.dimensions import Dim, at_least, equal, product, substitute, total
from blueprint.expressions import parse_dimension
from tests.blueprint.browser import ask, said
from tests.blueprint.many import many
from tests.blueprint.test_dimensions import HOSTILE, texts

OPERATIONS: dict[str, Callable[[Any, str], Any]] = {
    "add": lambda dim, operand: dim + parse_dimension(operand),
    "sub": lambda dim, operand: dim - parse_dimension(operand),
    "from": lambda dim, operand: parse_dimension(operand) - dim,
    "mul": lambda dim, operand: dim * parse_dimension(operand),
    "floordiv": lambda dim, operand: dim // int(operand),
    "mod": lambda dim, operand: dim % int(operand),
    "total": lambda dim, operand: total([dim, 3, parse_dimension(operand), dim]),
    "product": lambda dim, operand: product([dim, 3, parse_dimension(operand), dim]),
    "substitute": lambda dim, operand: substitute(dim, {"B": int(operand)}),
    "atLeast": lambda dim, operand: at_least(dim, parse_dimension(operand)),
    "equal": lambda dim, operand: equal(dim, parse_dimension(operand)),
}
NUMERIC = {"floordiv", "mod", "substitute"}
WRITTEN = {None: "null", True: "true", False: "false"}


def sizes(text: str, operations: list[tuple[str, str]]) -> list[str] | str:
    """What web/src/blueprint/served.ts calls `sizes`."""
    try:
        dim: Dim = parse_dimension(text)
    except ValueError as error:
        return str(error)
    written = [str(dim)]
    for name, operand in operations:
        try:
            result = OPERATIONS[name](dim, operand)
        except ValueError as error:
            written.append(str(error))
            continue
        verdict = result is None or isinstance(result, bool)
        dim = dim if verdict else result
        written.append(WRITTEN[result] if verdict else str(result))
    return written


LARGE = st.sampled_from(("2147483647", "2147483647*2147483647", "2147483647*2147483647*2147483647*H - 7"))
OPERANDS = texts() | LARGE


@st.composite
def operations(draw: st.DrawFn) -> tuple[str, str]:
    name = draw(st.sampled_from(list(OPERATIONS)))
    return name, str(draw(st.integers(1, 9))) if name in NUMERIC else draw(OPERANDS)


@many
@given(OPERANDS, st.lists(operations(), max_size=6))
def test_sizes_are_computed_alike(text: str, steps: list[tuple[str, str]]) -> None:
    assert said("size", text, steps) == sizes(text, steps)


@many
@given(
    st.text("BHW_09+-*/() \t\n", max_size=30)
    | st.text(max_size=12)
    | st.lists(st.sampled_from(("B", "H1", "_", "12", "//", "*", "+", "-", "(", ")", " ")), max_size=150).map("".join)
)
def test_texts_are_understood_and_refused_alike(text: str) -> None:
    assert said("size", text, []) == sizes(text, [])


@pytest.mark.parametrize("text", [*HOSTILE, "1" * 201, "😀" * 200, "😀" * 201, "9" * 150, "00000000000000000000007"])
def test_hostile_texts_are_treated_alike(text: str) -> None:
    steps = [("mul", text), ("mul", "A + H"), ("floordiv", "3"), ("mul", text), ("atLeast", "1"), ("equal", text)]
    assert said("size", text, steps) == sizes(text, steps)


INTEGERS = (
    st.integers(-9, 9)
    | st.integers()
    | st.sampled_from([2**53, 2**53 - 1, -(2**53), 2**31])
    | st.integers(-(2**60), 2**60)
)


@many
@given(INTEGERS, INTEGERS)
def test_integers_are_exact_and_canonical(a: int, b: int) -> None:
    results = [a + b, a * b, min(a, b), max(a, b), math.gcd(a, b), *((a // b, a % b) if b else ())]
    kinds = ["number" if abs(result) < 2**53 else "bigint" for result in results]
    assert ask("integers", str(a), str(b)) == [f"{kind} {result}" for kind, result in zip(kinds, results, strict=True)]
