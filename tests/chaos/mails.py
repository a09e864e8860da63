"""Mails that were handed over, counted in the folder where the platform keeps them without a mail server."""

import email
from collections import Counter
from collections.abc import Sequence
from email import policy
from pathlib import Path


def miscounted(outbox: Path, guests: Sequence[str]) -> Sequence[str]:
    """Guests, invited by an acknowledged command, who were not mailed exactly once."""
    mails = [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in outbox.glob("*.eml")]
    times = Counter(str(mail["To"]) for mail in mails)
    return [f"{guest} was invited once and mailed {times[guest]} times" for guest in guests if times[guest] != 1]
