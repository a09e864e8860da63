"""Lambda: a formula of tensors, for what no other layer says."""

from typing import NamedTuple

from blueprint.catalogue.broadcasting import broadcast, common_dtype
from blueprint.catalogue.checks import FLOATING, mend_dtype
from blueprint.catalogue.formula import Term, parse_expression
from blueprint.catalogue.joins import ONE_OR_MORE
from blueprint.catalogue.layer import Config, Example, Facts, Field, Report, Tensor, layer
from blueprint.catalogue.products import multiplied
from blueprint.catalogue.words import count
from blueprint.dimensions import Dim, at_least, product, total

# What a function keeps for the backward pass: its first argument, or what it gives. The others keep nothing.
OF_ARGUMENT = ("abs", "clamp", "cos", "gelu", "log", "silu", "sin", "softplus")
OF_RESULT = ("exp", "relu", "sigmoid", "softmax", "sqrt", "tanh")
VERBS = {
    "+": "add",
    "-": "subtract",
    "*": "multiply",
    "/": "divide",
    "**": "raise",
    "minimum": "compare",
    "maximum": "compare",
}
NUMBER = -1
FAULT = -2
LARGEST_HALF = 65504


class Work(NamedTuple):
    """A formula at work: `made` begins with the inputs, `kept` are places in it, `macs` one figure a matrix product."""

    many: int
    made: list[Tensor]
    kept: list[int]
    macs: list[Dim]


@layer(
    "Lambda",
    "composite",
    "A formula of tensors, such as x * sigmoid(1.702 * x).",
    Field(
        "expression",
        "text",
        "Inputs x, y, z or x0, x1, ...; + - * / ** @; abs, clamp, cos, exp, gelu, log, maximum, mean, minimum, relu, "
        "sigmoid, silu, sin, softmax, softplus, sqrt, sum, tanh; mean, sum and softmax go over the last dimension.",
        required=True,
    ),
    inputs=ONE_OR_MORE,
    torch="{in}",
    example=Example({"expression": "x * sigmoid(y)"}, ("[B, T, 8]", "[8]"), ("[B, T, 8]",)),
)
def formula(inputs: tuple[Tensor, ...], c: Config, report: Report) -> Facts | None:
    """Operators and functions are PyTorch's; mean and sum keep the last dimension with size 1."""
    for x in inputs:
        if x.dtype not in FLOATING:
            report(False, "dtype_mismatch", f"computes with floating-point numbers but gets {x.dtype}", mend_dtype(x))
            return None
    reading = parse_expression(c["expression"])
    if reading.fault != "":
        report(False, "bad_config", f"expression {reading.fault}", "write a formula such as relu(x) + 0.5 * y")
        return None
    work = Work(len(inputs), [*inputs], [], [])
    place = _value(reading.term, work, report)
    if place == NUMBER:
        report(False, "bad_config", "expression is a number that no input changes", "use x in it")
    if place < 0:
        return None
    for n in range(len(inputs)):
        if n not in _inputs(reading.term):
            report(None, "bad_config", f"expression leaves out in.{n}", f"use x{n} in it or remove the edge")
    kept = work.kept
    return Facts(
        (work.made[place],),
        macs=total(work.macs),
        keeps_ports=tuple([f"in.{n}" for n in range(len(inputs)) if n in kept]),
        keeps_output=place in kept,
        keeps=tuple([work.made[n] for n in range(len(inputs), len(work.made)) if n in kept and n != place]),
    )


def _inputs(term: Term) -> list[int]:
    """The numbers of the inputs a formula names."""
    if term.kind == "input":
        return [int(term.text)]
    return [n for part in term.parts for n in _inputs(part)]


def _value(term: Term, work: Work, report: Report) -> int:
    """The place of what a term gives; or NUMBER, or FAULT, which has been reported."""
    if term.kind == "number":
        return NUMBER
    if term.kind == "input":
        n = int(term.text)
        return n if n < work.many else _missing(n, work, report)
    parts = [_value(part, work, report) for part in term.parts]
    if any(part == FAULT for part in parts):
        return FAULT
    if term.kind == "function":
        return _applied(term, parts, work, report)
    if len(parts) == 1:
        return parts[0] if parts[0] == NUMBER else _new(work.made[parts[0]], work)
    return _operated(term, parts[0], parts[1], work, report)


def _missing(n: int, work: Work, report: Report) -> int:
    what = f"expression names x{n} but only {count(work.many, 'tensor')} can be named, from x0 on"
    return _fault(what, "connect more, or use those", report)


def _fault(what: str, mend: str, report: Report) -> int:
    report(False, "bad_config", what, mend)
    return FAULT


def _new(x: Tensor, work: Work) -> int:
    work.made.append(x)
    return len(work.made) - 1


def _operated(term: Term, a: int, b: int, work: Work, report: Report) -> int:
    sign = term.text
    if a == NUMBER and b == NUMBER:
        return _fault(f"expression has {sign} between two numbers", "write the number that comes of it", report)
    if sign == "@":
        return _matrices(a, b, work, report)
    if a != NUMBER and b != NUMBER:
        return _elementwise(sign, a, b, work, report)
    return _with_a_number(term, a, b, work, report)


def _with_a_number(term: Term, a: int, b: int, work: Work, report: Report) -> int:
    x = work.made[max(a, b)]
    if term.text == "**" and b == NUMBER and not _holds(term.parts[1], x):
        return _fault("float16 cannot hold an exponent of the expression", "use a smaller one", report)
    if a == NUMBER and term.text == "/":
        work.kept.append(_new(x, work))
    place = _new(x, work)
    if term.text == "**":
        work.kept.append(max(a, b))
        if a == NUMBER:
            work.kept.append(place)
    return place


def _elementwise(sign: str, a: int, b: int, work: Work, report: Report) -> int:
    x, y = work.made[a], work.made[b]
    shape = broadcast(x.shape, y.shape, VERBS[sign], report)
    if shape is None:
        return FAULT
    place = _new(Tensor(shape, common_dtype(x, y)), work)
    if sign != "+" and sign != "-":
        work.kept.append(a)
        work.kept.append(b)
    if sign == "**":
        work.kept.append(place)
    return place


def _matrices(a: int, b: int, work: Work, report: Report) -> int:
    if a == NUMBER or b == NUMBER:
        return _fault("expression has a number at @", "use * instead", report)
    found = multiplied(work.made[a], work.made[b], report)
    if found is None:
        return FAULT
    work.macs.append(found.macs)
    work.kept.append(a if found.left == work.made[a] else _new(found.left, work))
    work.kept.append(b if found.right == work.made[b] else _new(found.right, work))
    return _new(found.made, work)


def _applied(term: Term, parts: list[int], work: Work, report: Report) -> int:
    name, a = term.text, parts[0]
    if name == "maximum" or name == "minimum":
        return _compared(name, a, parts[1], work, report)
    if a == NUMBER:
        return _fault(f"expression gives {name} a number", f"give {name} a tensor", report)
    x = work.made[a]
    if name == "clamp" and (parts[1] != NUMBER or parts[2] != NUMBER):
        return _fault("expression gives clamp a tensor as bound", "use numbers, or minimum and maximum", report)
    if name == "clamp" and not (_holds(term.parts[1], x) and _holds(term.parts[2], x)):
        return _fault(
            "float16 cannot hold a bound of clamp", f"use bounds from -{LARGEST_HALF} to {LARGEST_HALF}", report
        )
    over = (name == "mean" or name == "sum") and len(x.shape) > 0
    place = _new(Tensor((*x.shape[:-1], 1), x.dtype) if over else x, work)
    if name in OF_ARGUMENT:
        work.kept.append(a)
    if name in OF_RESULT:
        work.kept.append(place)
    return place


def _compared(name: str, a: int, b: int, work: Work, report: Report) -> int:
    if a == NUMBER or b == NUMBER:
        return _fault(f"expression gives {name} a number", "use clamp for numbers", report)
    return _elementwise(name, a, b, work, report)


def _holds(number: Term, x: Tensor) -> bool:
    """Whether a number, perhaps with signs before it, is one that float16 can hold, where the tensor is."""
    if x.dtype != "float16":
        return True
    if len(number.parts) > 0:
        return _holds(number.parts[0], x)
    mantissa, power = [*number.text.split("e"), "0"][:2]
    whole, fraction = [*mantissa.split("."), ""][:2]
    scale = int(power.replace("+", "")) - len(fraction)
    return at_least(LARGEST_HALF * _ten(-scale), int(f"{whole}{fraction}") * _ten(scale)) is True


def _ten(power: int) -> Dim:
    """A power of ten; 1 where it would be less."""
    return product([10 for _ in range(power)])
