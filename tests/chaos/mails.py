"""Mails that were handed over, counted in the folder where the platform keeps them without a mail server."""

import email
from collections import Counter
from collections.abc import Sequence
from email import policy
from pathlib import Path

from tests.chaos.main_job import Outcome


def miscounted(outbox: Path, outcomes: Sequence[Outcome]) -> Sequence[str]:
    """Guests who were not mailed exactly once; one whose inviter was told that no mail went out may have had none."""
    mails = [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in outbox.glob("*.eml")]
    times = Counter(str(mail["To"]) for mail in mails)
    return [
        f"{each.guest} was mailed {times[each.guest]} times, and the inviter told that it was {each.mailed}"
        for each in outcomes
        if times[each.guest] > 1 or (each.mailed and not times[each.guest])
    ]
