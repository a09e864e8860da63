"""Dimension expressions compute what integers compute, and print one way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueprint.dimensions import Dim, TooComplex, at_least, equal, product, substitute, symbol
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
