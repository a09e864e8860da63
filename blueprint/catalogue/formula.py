"""Reading the expression of a Lambda: a formula over its inputs, never Python.

expression := term (("+" | "-") term)*
term       := factor (("*" | "/" | "@") factor)*
factor     := "-" factor | power
power      := atom ("**" factor)?
atom       := number | input | function "(" expression ("," expression)* ")" | "(" expression ")"

Inputs are x0, x1, x2 and so on, the first three also x, y and z. Operators bind as in Python.
"""

from typing import NamedTuple

DIGITS = "0123456789"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
WHITE = " \t\n\r"
LEVELS = (("+", "-"), ("*", "/", "@"))
MAX_NESTING = 20
MAX_TOKENS = 200
# How many arguments each function takes.
FUNCTIONS = {
    "abs": 1,
    "clamp": 3,
    "cos": 1,
    "exp": 1,
    "gelu": 1,
    "log": 1,
    "maximum": 2,
    "mean": 1,
    "minimum": 2,
    "relu": 1,
    "sigmoid": 1,
    "silu": 1,
    "sin": 1,
    "softmax": 1,
    "softplus": 1,
    "sqrt": 1,
    "sum": 1,
    "tanh": 1,
}


class Term(NamedTuple):
    """Part of a formula: a "number" as written, an "input" by its number, an "operator", or a "function", of parts."""

    kind: str
    text: str
    parts: tuple["Term", ...]


class Reading(NamedTuple):
    """A term read up to a token; `fault` says what is wrong there instead."""

    term: Term
    at: int
    fault: str


class Token(NamedTuple):
    """A number, a name or a sign, and the place of its first character."""

    text: str
    place: int


NOTHING = Term("", "", ())


def parse_expression(text: str) -> Reading:
    """The formula a text means; `fault` is empty, or the end of a sentence that says what is wrong."""
    tokens = _tokens(text)
    if len(tokens) > MAX_TOKENS:
        return Reading(NOTHING, 0, f"has more than {MAX_TOKENS} numbers, names and signs")
    whole = _chain(tokens, 0, 0, 0)
    return whole if whole.fault != "" or tokens[whole.at].text == "" else _misread(tokens[whole.at])


def _misread(token: Token) -> Reading:
    where = f"is not understood at character {token.place + 1}" if token.text != "" else "ends too early"
    return Reading(NOTHING, 0, where)


def _chain(tokens: list[Token], at: int, level: int, depth: int) -> Reading:
    """Operators of one level, from left to right; those of later levels bind tighter."""
    if level == len(LEVELS):
        return _factor(tokens, at, depth)
    left = _chain(tokens, at, level + 1, depth)
    while left.fault == "" and tokens[left.at].text in LEVELS[level]:
        left = _joined(tokens[left.at].text, left, _chain(tokens, left.at + 1, level + 1, depth))
    return left


def _joined(operator: str, left: Reading, right: Reading) -> Reading:
    return Reading(Term("operator", operator, (left.term, right.term)), right.at, right.fault)


def _factor(tokens: list[Token], at: int, depth: int) -> Reading:
    if depth > MAX_NESTING:
        return Reading(NOTHING, 0, f"is nested deeper than {MAX_NESTING} levels")
    if tokens[at].text == "-":
        inner = _factor(tokens, at + 1, depth + 1)
        return Reading(Term("operator", "-", (inner.term,)), inner.at, inner.fault)
    base = _atom(tokens, at, depth)
    if base.fault != "" or tokens[base.at].text != "**":
        return base
    return _joined("**", base, _factor(tokens, base.at + 1, depth + 1))


def _atom(tokens: list[Token], at: int, depth: int) -> Reading:
    token = tokens[at].text
    if token == "(":
        inner = _chain(tokens, at + 1, 0, depth + 1)
        return Reading(inner.term, inner.at + 1, "") if _ends(tokens, inner, ")") else _unclosed(tokens, inner)
    if token != "" and token[:1] in LETTERS and tokens[at + 1].text == "(":
        return _call(tokens, at, depth + 1)
    if token == "x" or token == "y" or token == "z":
        return Reading(Term("input", str("xyz".index(token)), ()), at + 1, "")
    if token.startswith("x") and _is_whole(token[1:]) and len(token) < 5:
        return Reading(Term("input", token[1:], ()), at + 1, "")
    return Reading(Term("number", token, ()), at + 1, "") if _is_number(token) else _misread(tokens[at])


def _call(tokens: list[Token], at: int, depth: int) -> Reading:
    """A function and its arguments, as many as it takes."""
    name = tokens[at].text
    if name not in FUNCTIONS:
        return Reading(NOTHING, 0, f"calls {name[:20]}, which is none of its functions")
    parts: list[Term] = []
    inner = _chain(tokens, at + 2, 0, depth)
    while _ends(tokens, inner, ","):
        parts.append(inner.term)
        inner = _chain(tokens, inner.at + 1, 0, depth)
    if not _ends(tokens, inner, ")"):
        return _unclosed(tokens, inner)
    parts.append(inner.term)
    if len(parts) != FUNCTIONS[name]:
        return Reading(NOTHING, 0, f"gives {name} {len(parts)} of its {FUNCTIONS[name]} arguments")
    return Reading(Term("function", name, tuple(parts)), inner.at + 1, "")


def _ends(tokens: list[Token], inner: Reading, sign: str) -> bool:
    return inner.fault == "" and tokens[inner.at].text == sign


def _unclosed(tokens: list[Token], inner: Reading) -> Reading:
    return inner if inner.fault != "" else _misread(tokens[inner.at])


def _tokens(text: str) -> list[Token]:
    """Numbers, names and signs; an empty one at the end."""
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        end = _end(text, at)
        if text[at:end] not in WHITE:
            tokens.append(Token(text[at:end], at))
        at = end
    return [*tokens, Token("", at)]


def _end(text: str, at: int) -> int:
    """Where the token ends that begins at a place."""
    first = text[at : at + 1]
    if first in DIGITS:
        return _number_end(text, at)
    if first in LETTERS:
        return _run(text, at, f"{LETTERS}{DIGITS}")
    return at + 2 if text[at : at + 2] == "**" else at + 1


def _number_end(text: str, at: int) -> int:
    """Digits, perhaps a point and more of them, perhaps a power of ten."""
    end = _run(text, at, DIGITS)
    if text[end : end + 1] == ".":
        end = _run(text, end + 1, DIGITS)
    if text[end : end + 1] != "e":
        return end
    start = end + 2 if text[end + 1 : end + 2] == "-" or text[end + 1 : end + 2] == "+" else end + 1
    power = _run(text, start, DIGITS)
    return power if power > start else end


def _run(text: str, at: int, allowed: str) -> int:
    """Where a run of allowed characters ends."""
    while at < len(text) and text[at : at + 1] in allowed:
        at += 1
    return at


def _is_whole(text: str) -> bool:
    """Whether a text is an integer without zeros in front."""
    return text == "0" or (text != "" and not text.startswith("0") and _run(text, 0, DIGITS) == len(text))


def _is_number(token: str) -> bool:
    """Whether a token is a number of at most 15 digits, its power of ten at most 20."""
    mantissa, power = [*token.split("e"), "0"][:2]
    whole = mantissa.split(".")[0]
    return _is_whole(whole) and len(mantissa) < 17 and _is_small(power.replace("+", "").replace("-", ""))


def _is_small(power: str) -> bool:
    return power != "" and len(power) < 3 and int(power) <= 20
