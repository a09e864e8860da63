"""How names and values from a document appear in messages: never long, and without characters that hide or mislead.

What counts as such a character is a table of its own: the Unicode database of Python, and of each browser,
grows with every version, and messages must not differ.
"""

import re
from functools import cache

from blueprint.spelling import JSON, spelled

MAX_SHOWN = 40

# Unicode categories Cc, Cf, Zs (but the space), Zl, Zp, Cs and Co, and the noncharacters (Unicode 16).
HIDDEN = (
    *((0x00, 0x1F), (0x7F, 0xA0), (0xAD, 0xAD), (0x600, 0x605), (0x61C, 0x61C), (0x6DD, 0x6DD), (0x70F, 0x70F)),
    *((0x890, 0x891), (0x8E2, 0x8E2), (0x1680, 0x1680), (0x180E, 0x180E), (0x2000, 0x200F), (0x2028, 0x202F)),
    *((0x205F, 0x206F), (0x3000, 0x3000), (0xD800, 0xF8FF), (0xFDD0, 0xFDEF), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB)),
    *((0x110BD, 0x110BD), (0x110CD, 0x110CD), (0x13430, 0x1343F), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A)),
    *((0xE0000, 0xE007F), (0xF0000, 0x10FFFF)),
    *((plane + 0xFFFE, plane + 0xFFFF) for plane in range(0, 0xF0000, 0x10000)),
)


def quoted(name: str) -> str:
    """A name for people, in backticks: "`c1`"."""
    return f"`{printable(name)}`"


def shown(value: JSON) -> str:
    """A value for people, as JSON, cut when long."""
    return printable(spelled(value))


def printable(text: str) -> str:
    """At most 40 characters of a text, those that people cannot see as `?`, and the backtick too."""
    cut = text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 3] + "..."
    plain = cut.isascii() and cut.isprintable() and "`" not in cut
    return cut if plain else _unfit().sub("?", cut)


@cache
def _unfit() -> re.Pattern[str]:
    """What is not shown: hidden characters and the backtick."""
    return re.compile("[`" + "".join(f"{chr(first)}-{chr(last)}" for first, last in HIDDEN) + "]")
