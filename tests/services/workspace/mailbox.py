"""What was mailed: the outbox of a platform without an SMTP server."""

import email
import re
from email import policy
from email.message import EmailMessage
from pathlib import Path

from tests.services.platform import Platform

TOKEN = re.compile(r"/invitation#(\S+)")


def mails(folder: Path) -> list[EmailMessage]:
    """In the order in which they were written."""
    paths = sorted((folder / "outbox").glob("*.eml"))
    return [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]


def token_mailed(platform: Platform, to: str) -> str:
    """The token in the latest invitation to an address."""
    [*_, latest] = [mail for mail in mails(platform.folder) if mail["To"] == to]
    found = TOKEN.search(latest.get_content())
    assert found
    return found[1]
