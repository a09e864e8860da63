"""MatMul and Einsum, held against PyTorch."""

from functools import reduce
from operator import matmul
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from blueprint import analyze
from tests.blueprint.issues import complaint
from tests.blueprint.layers.drawing import ANY_DTYPE, BOOLEANS
from tests.blueprint.layers.held import held
from tests.blueprint.layers.test_arithmetic import joined
from tests.blueprint.oracle import agree

SIZE = st.sampled_from([1, 2, 3])


@st.composite
def matrices(draw: st.DrawFn) -> list[list[int]]:
    """Two or three factors, their inner sizes mostly equal, their batches mostly stretching to one another."""
    batch = draw(st.lists(SIZE, max_size=2))
    many = draw(st.sampled_from([2, 2, 3]))
    sizes = draw(st.lists(SIZE, min_size=many + 1, max_size=many + 1))
    found = []
    for n in range(many):
        own = [draw(st.sampled_from([size, size, 1])) for size in batch][draw(st.integers(0, len(batch))) :]
        found.append(draw(st.sampled_from([[*own, *sizes[n : n + 2]]] * 4 + [[sizes[n + (n == 0)]], []])))
    if draw(st.integers(0, 7)) == 0 and found[-1]:
        found[-1][0] += 1
    return found


@given(matrices())
def test_matmul_agrees_with_torch(entering: list[list[int]]) -> None:
    held("MatMul", {}, [(x, "float32") for x in entering], lambda: lambda *x: reduce(matmul, x))


@given(matrices(), ANY_DTYPE, ANY_DTYPE)
def test_matmul_takes_the_dtypes_torch_takes(entering: list[list[int]], first: str, other: str) -> None:
    dtypes = [first] + [other if len(entering) > 2 else first] * (len(entering) - 1)
    agree("MatMul", {}, list(zip(entering, dtypes, strict=True)), lambda: lambda *x: reduce(matmul, x))


LETTERS = "abcdXYZ"


@st.composite
def equations(draw: st.DrawFn) -> tuple[str, list[list[int]]]:
    """An equation and tensors that mostly fit it; sometimes broken or with ellipses."""
    sizes = {letter: draw(st.sampled_from([1, 2, 3])) for letter in LETTERS}
    rest = draw(st.lists(SIZE, max_size=2))
    operands, entering = [], []
    for _ in range(draw(st.sampled_from([1, 2, 2, 2, 3]))):
        letters = draw(st.lists(st.sampled_from(LETTERS[: draw(st.sampled_from([3, 4, 7]))]), max_size=3))
        shape = [draw(st.sampled_from([sizes[letter]] * 5 + [1])) for letter in letters]
        if draw(st.integers(0, 3)) == 0:
            place = draw(st.integers(0, len(letters)))
            letters[place:place] = ["..."]
            shape[place:place] = rest[draw(st.integers(0, len(rest))) :]
        operands.append("".join(letters))
        entering.append(shape)
    return draw(written(operands)), entering


@st.composite
def written(draw: st.DrawFn, operands: list[str]) -> str:
    known = sorted({letter for letters in operands for letter in letters if letter != "."})
    result = draw(st.lists(st.sampled_from(known), unique=True)) if known else []
    if draw(st.integers(0, 2)) == 0 or (any("." in letters for letters in operands) and draw(st.integers(0, 5))):
        result.insert(draw(st.integers(0, len(result))), "...")
    text = ",".join(operands) + draw(st.sampled_from(["->", "->", " -> ", ""]))
    text += "".join(result) if ">" in text else ""
    breaking = [text] * 12 + [text + "a", text.replace("a", "e"), text + ",", text.replace("...", ".."), text + "é"]
    return draw(st.sampled_from([each for each in breaking if each] or ["->"]))


def fits(equation: str, entering: list[list[int]]) -> bool:
    """Bytes are compared where nothing is taken of a diagonal, which PyTorch copies as it sees fit."""
    operands = equation.split("->")[0].replace("...", "").split(",")
    return all(len(set(letters)) == len(letters) for letters in operands)


@given(equations())
def test_einsum_agrees_with_torch(case: tuple[str, list[list[int]]]) -> None:
    equation, entering = case
    given = [(shape, "float32") for shape in entering]
    make = lambda *x: torch.einsum(equation, *x)  # noqa: E731
    check = held if fits(equation, entering) else agree
    check("Einsum", {"equation": equation}, given, lambda: make)


@given(equations(), st.data())
def test_einsum_takes_the_dtypes_torch_takes(case: tuple[str, list[list[int]]], data: st.DataObject) -> None:
    equation, entering = case
    dtype = data.draw(ANY_DTYPE)
    dtypes = [data.draw(st.just(dtype) if data.draw(BOOLEANS) else ANY_DTYPE) for _ in entering]
    given = list(zip(entering, dtypes, strict=True))
    agree("Einsum", {"equation": equation}, given, lambda: lambda *x: torch.einsum(equation, *x))


@pytest.mark.parametrize(
    ("type", "config", "shapes", "gives", "macs"),
    [
        ("MatMul", {}, [["B", "T", 64], [64, 100]], "[B, T, 100]", "6400*T"),
        ("MatMul", {}, [["B", 8, "T", 64], ["B", 8, 64, "S"]], "[B, 8, T, S]", "512*S*T"),
        ("MatMul", {}, [["B", "H", "T", "K"], ["K", "N"]], "[B, H, T, N]", "H*K*N*T"),
        ("Einsum", {"equation": "bhid,bhjd->bhij"}, [["B", 8, "T", 64], ["B", 8, "S", 64]], "[B, 8, T, S]", "512*S*T"),
        ("Einsum", {"equation": "...i,ij->...j"}, [["B", "T", "K"], ["K", "N"]], "[B, T, N]", "K*N*T"),
        ("Einsum", {"equation": "bt"}, [["B", "T"]], "[B, T]", "0"),
        ("Einsum", {"equation": "tb"}, [["B", "T"]], "[T, B]", "0"),
    ],
)
def test_named_sizes(type: str, config: Any, shapes: Any, gives: str, macs: str) -> None:
    analysis = analyze(joined(type, config, *shapes))
    assert analysis.issues == ()
    assert f"[{', '.join(map(str, analysis.nodes['layer'].outputs['out'].shape))}]" == gives
    assert str(analysis.nodes["layer"].macs) == macs


MESSAGES = [
    (
        ("MatMul", {}, ["B", "T", 64], [32, 100]),
        "cannot multiply [B, T, 64] by [32, 100]: 64 columns meet 32 rows;"
        " make them equal, or put Transpose before one of the two",
    ),
    (
        ("MatMul", {}, ["B", "T", "K"], [32, 100]),
        "may be unable to multiply [B, T, K] by [32, 100]: K columns meet 32 rows;"
        " make them equal, or put Transpose before one of the two",
    ),
    (
        ("MatMul", {}, [3, 8, 8], [4, 8, 8]),
        "cannot multiply batches of [3] and [4]: sizes must be equal or 1, counted from the last;"
        " bring both branches to the same shape first",
    ),
    (
        ("Einsum", {"equation": "ij,jk->i1"}, [2, 3], [3, 4]),
        'the equation is not understood; write a letter for each dimension, as in "bij,bjk->bik"',
    ),
    (
        ("Einsum", {"equation": "ij->i"}, [2, 3], [3, 4]),
        "the equation is for 1 tensor but 2 are connected; write the letters of each tensor, with commas between",
    ),
    (
        ("Einsum", {"equation": "ij,jk->ik"}, [2, 3], [3, 4, 5]),
        "the equation has 2 letters for in.1, which is [3, 4, 5]; write 3, or ... for dimensions without one",
    ),
    (
        ("Einsum", {"equation": "ij,jk->ix"}, [2, 3], [3, 4]),
        "the result of the equation names x but no tensor does;"
        ' write a letter for each dimension, as in "bij,bjk->bik"',
    ),
    (
        ("Einsum", {"equation": "ij,jk->ik"}, [2, 3], [4, 5]),
        "sizes 3 and 4 of j differ; use two letters, or bring them to one size",
    ),
]


@pytest.mark.parametrize(("node", "message"), MESSAGES)
def test_messages_say_how_to_mend_it(node: Any, message: str) -> None:
    type, config, *shapes = node
    assert complaint(joined(type, config, *shapes)) == f"{type} `layer`: {message}"
