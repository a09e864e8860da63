"""The one error of this room, so that callers can tell bad input from a defect."""


class FoundryError(ValueError):
    """Something handed to the foundry cannot be used; the message is one sentence for a person."""
