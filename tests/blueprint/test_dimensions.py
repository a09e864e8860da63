"""Dimension expressions compute what integers compute, and print one way."""

import time
import timeit
from contextlib import suppress
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueprint.dimensions import Dim, TooComplex, at_least, equal, product, substitute, symbol, total
from blueprint.expressions import parse_dimension

SIZES = st.fixed_dictionaries({name: st.integers(1, 50) for name in "BHTW"})


def texts() -> st.SearchStrategy[str]:
    leaves = st.one_of(st.integers(0, 9).map(str), st.sampled_from("BHTW"))
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
            st.tuples(inner, st.integers(1, 6)).map(lambda t: f"({t[0]} // {t[1]})"),
        ),
        max_leaves=6,
    )


@given(texts(), SIZES)
def test_an_expression_means_what_python_computes(text: str, sizes: dict[str, int]) -> None:
    assert substitute(parse_dimension(text), sizes) == eval(text, {}, dict(sizes))


@given(texts())
def test_the_printed_form_reads_back_as_itself(text: str) -> None:
    dim = parse_dimension(text)
    assert parse_dimension(str(dim)) == dim


@given(texts(), texts(), SIZES)
def test_a_decided_comparison_holds_for_every_size(left: str, right: str, sizes: dict[str, int]) -> None:
    a, b = parse_dimension(left), parse_dimension(right)
    x, y = substitute(a, sizes), substitute(b, sizes)
    assert isinstance(x, int)
    assert isinstance(y, int)
    assert at_least(a, b) in (None, x >= y)
    assert equal(a, b) in (None, x == y)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("1 + T*2", "2*T + 1"),
        ("(H - 1)//2 + 1", "(H - 1)//2 + 1"),
        ("(H + 2*1 - 3)//2 + 1", "(H - 1)//2 + 1"),
        ("(H - 2)//2 + 1", "H//2"),
        ("((H - 1)//2)//2", "(H - 1)//4"),
        ("W*3*H", "3*H*W"),
        ("(W//2)*16*(H//2)", "16*(H//2)*(W//2)"),
        ("6*H//3", "2*H"),
        ("H - H + 4", "4"),
        ("-H + 3", "-H + 3"),
        ("0 - (H//2)", "-(H//2)"),
    ],
)
def test_printing_is_canonical(text: str, printed: str) -> None:
    assert str(parse_dimension(text)) == printed


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "ends where a size is expected"),
        ("H +", "ends where a size is expected"),
        ("H W", "is not understood from `W` on"),
        ("H // W", "divides by something other than a positive integer"),
        ("H // 0", "divides by something other than a positive integer"),
        ("(H", "lacks a closing parenthesis"),
        ("2 ** H", "lacks a size before"),
        ("__import__('os')", "is not understood from `'os')` on"),
        ("H / 2", "is not understood from"),
        ("9" * 150, "more than 2^31 - 1"),
        ("2147483648", "more than 2^31 - 1"),
        ("(" * 150 + "H", "nested deeper"),
        ("-" * 150 + "H", "nested deeper"),
        ("H+" * 200 + "H", "longer than 200 characters"),
    ],
)
def test_unreadable_text_is_refused_with_a_reason(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=r".*") as refusal:
        parse_dimension(text)
    assert complaint in str(refusal.value)


def test_undecided_comparisons_are_none() -> None:
    assert at_least(symbol("H"), 1) is True
    assert at_least(symbol("H"), 5) is None
    assert at_least(4 - symbol("H"), 4) is False
    assert equal(symbol("H"), symbol("W")) is None
    assert equal(symbol("H"), symbol("H") + 1) is False


def test_an_expression_nobody_could_read_is_refused() -> None:
    sums: list[Dim] = [parse_dimension(" + ".join(f"{name}{n}" for n in range(12))) for name in "ABC"]
    with pytest.raises(TooComplex):
        product(sums)


@given(texts(), st.integers(1, 7), SIZES)
def test_what_division_leaves_is_what_python_computes(text: str, divisor: int, sizes: dict[str, int]) -> None:
    dim = parse_dimension(text)
    assert substitute(dim % divisor, sizes) == eval(text, {}, dict(sizes)) % divisor


@given(st.lists(texts(), max_size=4), SIZES)
def test_sums_and_products_of_many(parts: list[str], sizes: dict[str, int]) -> None:
    dims = [parse_dimension(text) for text in parts]
    numbers = [substitute(dim, sizes) for dim in dims]
    assert substitute(total(dims), sizes) == total(numbers)
    assert substitute(product(dims), sizes) == product(numbers)


def test_bounds_stay_exact_however_large() -> None:
    huge = symbol("H") - 2147483647**200
    assert at_least(huge, 1) is None
    assert at_least(product([huge, symbol("W"), -1]), 2147483647**200) is None
    assert at_least(symbol("H") + 10**400, 10**400 + 1) is True
    assert at_least(symbol("H") + 10**400, 10**400 + 2) is None
    assert equal(-symbol("H") * 10**400, 0) is False


@pytest.mark.parametrize(
    "operation",
    [
        partial(product, (3, 224, 224)),
        partial(total, (3, 224, 224)),
        partial(equal, 64, 64),
        partial(at_least, 64, 1),
        partial(substitute, 64, {"B": 1}),
    ],
)
def test_plain_integers_cost_next_to_nothing(operation: partial[object]) -> None:
    assert min(timeit.repeat(operation, number=2000, repeat=20)) / 2000 < 1e-6


HOSTILE = (
    "*".join(f"({'+'.join(f'{name}{n}' for n in range(9))})" for name in "ABCDE"),
    "*".join(["(A+B+C+D+E+F+G+H)"] * 11),
    "(" * 22 + "A" + "+B)//2*C" * 22,
    "(" * 20 + "A" + "*A+B)//7" * 20,
    "*".join("ABCDEFGHIJ" * 9),
    "((A+B)//2+(C+D)//3)*((E+F)//4+(G+H)//5)*((I+J)//6+(K+L)//7)*((M+N)//8+(O+P)//9)*((Q+R)//8+(S+T)//9)",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_expression_ends_quickly(text: str) -> None:
    assert len(text) <= 200
    started = time.process_time()
    with suppress(TooComplex):  # to refuse it is as good an end as to compute it
        dim = parse_dimension(text)
        for _ in range(8):
            dim = dim * dim
            at_least(dim, 1)
    assert time.process_time() - started < 5
