"""What a JSON text means and, above all, what is the first thing wrong with it, in reading order.

This is the definition that the TypeScript reader follows step by step. `codec.decode` comes here only
with texts that the standard library's faster parser refused, whose own words and positions differ
between versions of Python.
"""

import re

from blueprint.limits import (
    MAX_DIGITS,
    DocumentError,
    budget,
    enter,
    fitting_integer,
    fitting_number,
    fitting_text,
)
from blueprint.quoting import quoted
from blueprint.spelling import JSON

WHITE = re.compile(r"[ \t\n\r]*")
COMMA = re.compile(r"[ \t\n\r]*,[ \t\n\r]*")
NUMBER = re.compile(r"(-?(?:0|[1-9][0-9]*))((?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)")
PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
HEX = re.compile(r"\\u([0-9A-Fa-f]{4})")
LOW_HALF = re.compile(r"\\u([dD][c-fC-F][0-9A-Fa-f]{2})")
WORDS: dict[str, bool | None] = {"null": None, "true": True, "false": False}
NO_NUMBERS = ("NaN", "Infinity", "-Infinity")
ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def read(text: str) -> JSON:
    """The value of a JSON text. Raises DocumentError."""
    reader = _Reader(text)
    reader.skip_white()
    value = reader.value(0)
    reader.skip_white()
    if reader.at < len(text):
        raise reader.broken("something follows the end of the document", reader.at)
    return value


class _Reader:
    """Recursive descent; nesting is bounded, so is the recursion."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.left = budget()

    def broken(self, what: str, at: int) -> DocumentError:
        line, column = self.text.count("\n", 0, at) + 1, at - self.text.rfind("\n", 0, at)
        return DocumentError(f"not JSON: {what} at line {line}, column {column}")

    def skip_white(self) -> None:
        if match := WHITE.match(self.text, self.at):
            self.at = match.end()

    def takes(self, token: str) -> bool:
        found = self.text.startswith(token, self.at)
        self.at += len(token) * found
        return found

    def passes_comma(self) -> bool:
        """Whether a comma comes, all white space around it passed."""
        if match := COMMA.match(self.text, self.at):
            self.at = match.end()
            return True
        self.skip_white()
        return False

    def value(self, depth: int) -> JSON:
        enter(depth, self.left)
        if match := NUMBER.match(self.text, self.at):
            self.at = match.end()
            return _number(*match.groups())
        if self.text.startswith('"', self.at):
            return self.string()
        if self.takes("{"):
            return self.object(depth)
        if self.takes("["):
            return self.list(depth)
        return self.word()

    def word(self) -> JSON:
        for word, meaning in WORDS.items():
            if self.takes(word):
                return meaning
        for name in NO_NUMBERS:
            if self.takes(name):
                raise DocumentError(f"{name} is not a JSON number")
        raise self.broken("a value is expected", self.at)

    def object(self, depth: int) -> dict[str, JSON]:
        result: dict[str, JSON] = {}
        self.skip_white()
        if self.takes("}"):
            return result
        while True:
            self.member(result, depth)
            if self.passes_comma():
                continue
            if self.takes("}"):
                return result
            raise self.broken('"," or "}" is expected', self.at)

    def member(self, result: dict[str, JSON], depth: int) -> None:
        if not self.text.startswith('"', self.at):
            raise self.broken("a key in double quotes is expected", self.at)
        key = self.string()
        if key in result:
            raise DocumentError(f"the key {quoted(key)} appears twice in one object")
        self.skip_white()
        if not self.takes(":"):
            raise self.broken('":" is expected', self.at)
        self.skip_white()
        result[key] = self.value(depth + 1)

    def list(self, depth: int) -> list[JSON]:
        result: list[JSON] = []
        self.skip_white()
        if self.takes("]"):
            return result
        while True:
            result.append(self.value(depth + 1))
            if self.passes_comma():
                continue
            if self.takes("]"):
                return result
            raise self.broken('"," or "]" is expected', self.at)

    def string(self) -> str:
        opening, parts = self.at, []
        self.at += 1
        while True:
            match = PLAIN.match(self.text, self.at)
            parts.append(match.group() if match else "")
            self.at += len(parts[-1])
            if self.takes('"'):
                return fitting_text("".join(parts))
            if self.at + 1 >= len(self.text) and self.text[self.at :] in ("", "\\"):
                raise self.broken("a text without a closing quote begins", opening)
            if not self.text.startswith("\\", self.at):
                raise self.broken("a control character that is not escaped stands", self.at)
            parts.append(self.escape())

    def escape(self) -> str:
        if match := HEX.match(self.text, self.at):
            self.at = match.end()
            return self.character(int(match.group(1), 16))
        character = ESCAPES.get(self.text[self.at + 1])
        if character is None:
            raise self.broken("an escape that JSON does not know stands", self.at)
        self.at += 2
        return character

    def character(self, code: int) -> str:
        low = LOW_HALF.match(self.text, self.at) if 0xD800 <= code < 0xDC00 else None
        if low is None:
            return chr(code)
        self.at = low.end()
        return chr(0x10000 + ((code - 0xD800) << 10) + int(low.group(1), 16) - 0xDC00)


def _number(whole: str, rest: str) -> int | float:
    if rest:
        return fitting_number(float(whole + rest))
    if len(whole) > MAX_DIGITS + 1:
        raise DocumentError(f"a number has more than {MAX_DIGITS} digits")
    return fitting_integer(int(whole))
