"""What a command says when it cannot do its work: one sentence, no traceback."""

# The errors of each room that already are one sentence for a person, by name, so that no room is imported for it.
SENTENCES = ("DocumentError", "EditError", "FoundryError", "EmbeddedError", "DomainError")


class Failure(Exception):
    """A sentence for the person at the terminal."""


def sentence(error: Exception) -> str | None:
    """The sentence inside an expected error, or None for a defect, which deserves its traceback."""
    if any(kind.__name__ in SENTENCES for kind in type(error).__mro__):
        return str(error)
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return None
