"""How names and values from a document appear in messages: printable, and never long."""

import json

from blueprint.codec import JSON

MAX_SHOWN = 40


def quoted(name: str) -> str:
    """A name for people, in backticks: "`c1`"."""
    cut = name if len(name) <= MAX_SHOWN else name[: MAX_SHOWN - 3] + "..."
    printable = "".join(character if character.isprintable() else "?" for character in cut)
    return f"`{printable.replace('`', '?')}`"


def shown(value: JSON) -> str:
    """A value for people, as JSON, cut when long."""
    text = json.dumps(value)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 3] + "..."
