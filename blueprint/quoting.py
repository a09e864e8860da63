"""How names from a document appear in messages: in backticks, printable, and never long."""

MAX_SHOWN = 40


def quoted(name: str) -> str:
    """A name for people: "`c1`"."""
    printable = "".join(character if character.isprintable() else "?" for character in name[: MAX_SHOWN + 1])
    cut = printable if len(name) <= MAX_SHOWN else printable[: MAX_SHOWN - 3] + "..."
    return f"`{cut.replace('`', '?')}`"
