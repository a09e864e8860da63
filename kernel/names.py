"""Names that people give things: what every service takes as one, and what it says of one it does not take."""

import unicodedata

from kernel.errors import Rejected

LONGEST = 100


def clean_name(text: str, whose: str, field: str = "name") -> str:
    """The name without outer blanks; raises Rejected, which tells `whose` name ("a run") it is and what is amiss."""
    name = text.strip()
    rule = f"{whose}'s name has 1 to {LONGEST} printable characters"
    if not 1 <= len(name) <= LONGEST:
        raise Rejected(f"{rule}; this one has {len(name)}", field=field)
    for place, character in enumerate(name, start=1):
        if not character.isprintable():
            amiss = f"{_called(character)}, number {place} of {len(name)}, is not printable; leave it out"
            raise Rejected(f"{rule}; {amiss}", field=field)
    return name


def _called(character: str) -> str:
    """U+200B (ZERO WIDTH SPACE); control characters have no name of their own."""
    name = unicodedata.name(character, "a control character" if unicodedata.category(character) == "Cc" else "")
    return f"U+{ord(character):04X}" + (f" ({name})" if name else "")
