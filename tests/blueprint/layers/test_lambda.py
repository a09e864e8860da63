"""Lambda: formulas are read as Python reads them, held against PyTorch, and refused with a sentence."""

import ast
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from blueprint import analyze
from blueprint.catalogue.formula import FUNCTIONS, Term, parse_expression
from foundry import formulas
from tests.blueprint.examples import single
from tests.blueprint.issues import complaint
from tests.blueprint.layers.drawing import shapes
from tests.blueprint.layers.held import told_bytes
from tests.blueprint.layers.test_arithmetic import joined, stretching
from tests.blueprint.oracle import agree, kept_bytes, sample

# What the functions mean, as a person would write them in PyTorch.
MEANING: dict[str, Any] = {
    **{name: getattr(torch, name) for name in ("abs", "cos", "exp", "log", "relu", "sigmoid", "sin", "sqrt", "tanh")},
    **{name: getattr(F, name) for name in ("gelu", "silu", "softplus")},
    **{name: getattr(torch, name) for name in ("clamp", "maximum", "minimum")},
    "mean": lambda x: x.mean(-1, keepdim=True),
    "sum": lambda x: x.sum(-1, keepdim=True),
    "softmax": lambda x: x.softmax(-1),
}
NUMBERS = st.sampled_from(["0", "2", "0.5", "3.", "1e3", "2.5e-2", "70000", "65504"])
ONE = sorted(name for name, count in FUNCTIONS.items() if count == 1)
INPUTS = st.sampled_from(["x", "x", "y", "x0", "x1", "z"])


def test_the_functions_are_those_with_a_meaning_and_a_spelling() -> None:
    assert set(FUNCTIONS) == set(MEANING) == set(formulas.FUNCTIONS)


def larger(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from([" + ", " - ", "*", " / ", "**", " @ "])
    return st.one_of(
        st.tuples(part, operators, part).map("".join),
        st.tuples(NUMBERS, operators, part).map("".join),
        st.tuples(part, operators, NUMBERS).map("".join),
        part.map(lambda x: f"({x})"),
        part.map(lambda x: f"-{x}"),
        st.tuples(st.sampled_from(ONE), part).map(lambda x: f"{x[0]}({x[1]})"),
        st.tuples(st.sampled_from(["minimum", "maximum"]), part, part).map(lambda x: f"{x[0]}({x[1]}, {x[2]})"),
        st.tuples(part, NUMBERS).map(lambda x: f"clamp({x[0]}, -{x[1]}, {x[1]})"),
    )


EXPRESSIONS = st.recursive(INPUTS, larger, max_leaves=6)


def tree(expression: str) -> list[ast.AST]:
    return list(ast.walk(ast.parse(expression)))


def plain(node: ast.expr) -> bool:
    """Whether a part is a number, perhaps with signs before it."""
    return plain(node.operand) if isinstance(node, ast.UnaryOp) else isinstance(node, ast.Constant)


def meaning(expression: str, tensors: Any) -> torch.Tensor:
    """The expression as Python and PyTorch understand it.

    Numbers alone, and arithmetic of numbers, are refused: the first give no tensor, the second might never end.
    """
    if any(isinstance(node, ast.BinOp) and plain(node.left) and plain(node.right) for node in tree(expression)):
        raise TypeError("arithmetic of numbers")
    names = dict(zip("xyz", tensors, strict=False)) | {f"x{n}": tensor for n, tensor in enumerate(tensors)}
    try:
        made = eval(expression, {**MEANING, **names})
    except (NameError, ZeroDivisionError) as fault:
        raise TypeError(str(fault)) from fault
    if not isinstance(made, torch.Tensor):
        raise TypeError("a number")
    return made


@given(EXPRESSIONS, stretching(3), st.sampled_from(["float32", "float32", "bfloat16"]))
def test_formulas_agree_with_torch(expression: str, entering: list[list[int]], dtype: str) -> None:
    given = [(shape, dtype) for shape in entering]
    agree("Lambda", {"expression": expression}, given, lambda: lambda *x: meaning(expression, x))


@given(EXPRESSIONS, shapes(1, 3), st.sampled_from(["float16", "bfloat16"]))
def test_formulas_of_mixed_precision_agree_with_torch(expression: str, shape: list[int], other: str) -> None:
    given = [(shape, "float32"), (shape, other)]
    agree("Lambda", {"expression": expression}, given, lambda: lambda *x: meaning(expression, x))


@given(EXPRESSIONS, shapes(1, 3), st.data())
def test_half_precision_holds_its_numbers(expression: str, shape: list[int], data: st.DataObject) -> None:
    given = [(shape, "float16"), (shape, "float16")]
    agree("Lambda", {"expression": expression}, given, lambda: lambda *x: meaning(expression, x))


@pytest.mark.parametrize(
    ("expression", "valid"),
    [("70000 ** x", True), ("x ** 70000", False), ("x ** 65504", True), ("clamp(x, 0, 6.55041e4)", False)],
)
def test_float16_must_hold_exponents_and_bounds_alone(expression: str, valid: bool) -> None:
    assert analyze(single("Lambda", {"expression": expression}, [3], "float16")).valid == valid


@given(EXPRESSIONS)
def test_what_foundry_writes_means_what_was_read(expression: str) -> None:
    """The same numbers, bit for bit, though its text is made from a table."""
    read = parse_expression(expression)
    assert read.fault == ""
    x = [torch.linspace(0.1, 0.9, 16).reshape(4, 4) * n for n in (1, 2, 3)]
    text = formulas.phrase(expression)
    for n in range(3):
        text = text.replace(f"{{in.{n}}}", f"x{n}")
    try:
        expected = meaning(expression, x)
    except (TypeError, RuntimeError, ArithmeticError):
        return
    made = eval(text, {"torch": torch, "F": F}, {f"x{n}": each for n, each in enumerate(x)})
    assert torch.equal(made, expected) or (made.isnan() == expected.isnan()).all()


KEPT = [
    "x * sigmoid(1.702 * x)",
    "gelu(x) + tanh(y)",
    "1 / x + y",
    "x / y - sqrt(exp(x))",
    "x ** 2 + y ** 3",
    "relu(x) * relu(y) * 2",
    "softmax(x @ y) @ y",
    "minimum(x, y) + maximum(abs(x), 0.5 * y)",
    "clamp(x, -1, 1) * mean(y) + sum(x)",
    "log(x * x) + softplus(y) - silu(x) + sin(y) * cos(x)",
    "2 ** x + x ** y",
    "(x - mean(x)) / sqrt(mean((x - mean(x)) ** 2) + 1e-5) + y",
]


@pytest.mark.parametrize("expression", KEPT)
def test_formulas_keep_about_what_autograd_keeps(expression: str) -> None:
    entering = [([64, 64], "float32"), ([64, 64], "float32")]
    reference = lambda *x: meaning(expression, x)  # noqa: E731
    kept = kept_bytes(reference, [sample(shape, dtype) + 1 for shape, dtype in entering])
    told = told_bytes("Lambda", {"expression": expression}, entering)
    assert abs(told - kept) <= kept / 10, (told, kept)


def spelt(term: Term) -> str:
    """A term with every parenthesis there could be."""
    match term.kind:
        case "input":
            return f"x{term.text}"
        case "number":
            return term.text
        case "function":
            return f"{term.text}({', '.join(map(spelt, term.parts))})"
    return f"({term.text.join(map(spelt, term.parts))})" if len(term.parts) == 2 else f"(-{spelt(term.parts[0])})"


@pytest.mark.parametrize(
    ("expression", "meant"),
    [
        ("x + y * 2", "(x0+(x1*2))"),
        ("x - y - z", "((x0-x1)-x2)"),
        ("-x ** 2", "(-(x0**2))"),
        ("x ** -y ** 2", "(x0**(-(x1**2)))"),
        ("2 * x @ y / 3", "(((2*x0)@x1)/3)"),
        ("clamp( x12,-1 , 1e-5)\n", "clamp(x12, (-1), 1e-5)"),
        ("relu(relu(x))", "relu(relu(x0))"),
    ],
)
def test_operators_bind_as_in_python(expression: str, meant: str) -> None:
    assert spelt(parse_expression(expression).term) == meant


@given(st.text(alphabet="xyz019.e+-*/@(), relumin\t\\_[]'\"é\U0001f600", max_size=30))
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    read = parse_expression(text)
    if not read.fault:
        compile(text.strip(), "", "eval")


REFUSED = [
    "__import__('os')",
    "x.shape",
    "x[0]",
    "lambda: x",
    "x if x else y",
    "x; y",
    "X",
    "xx",
    "x00",
    "1_000 * x",
    "0x10 * x",
    "relu",
    "relu x",
    "relu()",
    "exp(x, y)",
    "x ** ** y",
    "x *",
    "(x",
    "x)",
    "",
    " ",
    "x y",
    "9" * 17 + " * x",
    "1e21 * x",
    "1e400 * x",
    "x12345",
]


@pytest.mark.parametrize("expression", REFUSED)
def test_nothing_but_formulas_is_read(expression: str) -> None:
    assert parse_expression(expression).fault
    assert not analyze(single("Lambda", {"expression": expression}, ["B", 3])).valid


def test_deep_and_long_formulas_are_refused_at_once() -> None:
    assert "20 levels" in parse_expression("(" * 90 + "x" + ")" * 90).fault
    assert "20 levels" in parse_expression("-" * 190 + "x").fault
    assert "20 levels" in parse_expression("x**" * 90 + "x").fault
    assert "200" in parse_expression("(" * 999).fault
    assert "200" in parse_expression("+".join("x" * 400)).fault
    assert analyze(single("Lambda", {"expression": "+".join("x" * 100)}, ["B", 3])).valid


def test_names_of_sizes_stay() -> None:
    analysis = analyze(joined("Lambda", {"expression": "softmax(x @ y)"}, ["B", "T", 8], ["B", 8, "T"]))
    assert analysis.issues == ()
    assert str(analysis.nodes["layer"].macs) == "8*T*T"
    assert str(analysis.nodes["layer"].outputs["out"].shape[2]) == "T"


MESSAGES = [
    (("x * tan(x)", ["B", 3]), "expression calls tan, which is none of its functions"),
    (("x * * 2", ["B", 3]), "expression is not understood at character 5"),
    (("x + ", ["B", 3]), "expression ends too early"),
    (("minimum(x)", ["B", 3]), "expression gives minimum 1 of its 2 arguments"),
    (("2 * 3 * x", ["B", 3]), "expression has * between two numbers; write the number that comes of it"),
    (("x * y", ["B", 3]), "expression names x1 but only 1 tensor can be named, from x0 on; connect more, or use those"),
    (("2", ["B", 3]), "expression is a number that no input changes; use x in it"),
    (("x", ["B", 3], ["B", 3]), "expression leaves out in.1; use x1 in it or remove the edge"),
    (
        ("x + y", ["B", 3], ["B", 4]),
        "cannot add [B, 3] and [B, 4]: sizes must be equal or 1, counted from the last;"
        " bring both branches to the same shape first",
    ),
    (("relu(2)", ["B", 3]), "expression gives relu a number; give relu a tensor"),
    (
        ("clamp(x, x, 1)", ["B", 3]),
        "expression gives clamp a tensor as bound; use numbers, or minimum and maximum",
    ),
]


@pytest.mark.parametrize(("node", "message"), MESSAGES)
def test_messages_say_how_to_mend_it(node: Any, message: str) -> None:
    expression, *shapes = node
    if ";" not in message:
        message += "; write a formula such as relu(x) + 0.5 * y"
    assert complaint(joined("Lambda", {"expression": expression}, *shapes)) == f"Lambda `layer`: {message}"
