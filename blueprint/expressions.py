"""Reading a dimension as a person writes it: `2*T + 1`, `(H - 1)//2 + 1`.

expression := term (("+" | "-") term)*
term       := factor (("*" | "//") factor)*
factor     := integer | name | "-" factor | "(" expression ")"

Only ASCII counts: letters, digits, and the white space of JSON between them.
"""

import re

from blueprint.dimensions import Dim, symbol
from blueprint.quoting import quoted

MAX_LENGTH = 200
MAX_NESTING = 24
MAX_INTEGER = 2**31 - 1
WHITE = " \t\n\r"
TOKEN = re.compile(r"[ \t\n\r]*(?:([0-9]+)|([A-Za-z_][A-Za-z0-9_]{0,31})|(//|[-+*()]))")


def parse_dimension(text: str) -> Dim:
    """The dimension a text means. Raises ValueError with the end of a sentence ("`x` ...")."""
    if len(text) > MAX_LENGTH:
        raise ValueError(f"is longer than {MAX_LENGTH} characters")
    reader = _Reader(_tokens(text.strip(WHITE)))
    dim = reader.expression(0)
    if reader.next:
        raise ValueError(f"is not understood from {quoted(reader.next)} on")
    return dim


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise ValueError(
                f"is not understood from {quoted(text[at : at + 12])} on; use names, integers and + - * //"
            )
        tokens.append(match.group().strip(WHITE))
        at = match.end()
    return tokens


class _Reader:
    """Recursive descent over a token list; nesting is bounded, so is the recursion."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0

    @property
    def next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, *wanted: str) -> str:
        token = self.next
        if wanted and token not in wanted:
            return ""
        self.at += 1
        return token

    def expression(self, depth: int) -> Dim:
        dim = self.term(depth)
        while operator := self.take("+", "-"):
            right = self.term(depth)
            dim = dim + right if operator == "+" else dim - right
        return dim

    def term(self, depth: int) -> Dim:
        dim = self.factor(depth)
        while operator := self.take("*", "//"):
            right = self.factor(depth)
            if operator == "*":
                dim = dim * right
            elif isinstance(right, int) and right >= 1:
                dim = dim // right
            else:
                raise ValueError("divides by something other than a positive integer")
        return dim

    def factor(self, depth: int) -> Dim:
        if depth > MAX_NESTING:
            raise ValueError(f"is nested deeper than {MAX_NESTING} levels")
        token = self.take()
        if token == "-":
            return -self.factor(depth + 1)
        if token == "(":
            dim = self.expression(depth + 1)
            if not self.take(")"):
                raise ValueError("lacks a closing parenthesis")
            return dim
        if token.isdigit():
            return _integer(token)
        if not token or not (token[0].isalpha() or token[0] == "_"):
            raise ValueError(f"lacks a size before {quoted(token)}" if token else "ends where a size is expected")
        return symbol(token)


def _integer(token: str) -> int:
    if (value := int(token)) > MAX_INTEGER:
        raise ValueError(f"holds {value}, more than 2^31 - 1")
    return value
