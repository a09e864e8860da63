"""Mail: by a real SMTP server where one is set, else as files; one address a mail, and faults are told."""

import asyncio
import email
import socket
from collections.abc import AsyncIterator
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from services.workspace.mail import MailFailed, Outbox, Smtp, SmtpMailer, mailer, public_url
from tests.services.workspace.mailbox import mails


class Inbox:
    """What the server was handed."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], EmailMessage]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # aiosmtpd's own spelling
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        self.taken.append((list(envelope.rcpt_tos), message))
        return "250 OK"


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
async def port(inbox: Inbox) -> AsyncIterator[int]:
    """Of a server without TLS that would take a password."""

    def authenticate(server: SMTP, session: Session, envelope: Envelope, kind: str, data: object) -> AuthResult:
        return AuthResult(success=isinstance(data, LoginPassword))

    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(inbox, loop=loop, authenticator=authenticate, auth_require_tls=False), "127.0.0.1", 0
    )
    yield server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()


async def test_a_mail_reaches_the_server(inbox: Inbox, port: int) -> None:
    await SmtpMailer(Smtp("127.0.0.1", port, "forge@example.org")).send("ada@example.com", "Grüße", "Hällo\n")
    [(to, message)] = inbox.taken
    assert to == ["ada@example.com"]
    assert (message["From"], message["To"], message["Subject"]) == ("forge@example.org", "ada@example.com", "Grüße")
    assert message.get_content().strip() == "Hällo"


async def test_a_password_is_never_sent_unencrypted(inbox: Inbox, port: int) -> None:
    with pytest.raises(MailFailed, match="SMTPNotSupported"):
        await SmtpMailer(Smtp("127.0.0.1", port, "f@example.org", user="u", password="p")).send("a@b.co", "s", "t")
    assert inbox.taken == []


async def test_a_server_that_is_away_is_told() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        server = Smtp("127.0.0.1", closed.getsockname()[1], "forge@example.org")
        with pytest.raises(MailFailed, match="ConnectionRefused"):
            await SmtpMailer(server).send("a@b.co", "s", "t")


@pytest.mark.parametrize("to", ["a@b.co,eve@example.com", "a@b.co>\n", "", "no address", "a@b.co\nBcc: e@example.com"])
async def test_an_address_that_is_not_exactly_one_gets_nothing(tmp_path: Path, to: str) -> None:
    with pytest.raises(MailFailed):
        await Outbox(tmp_path / "outbox").send(to, "s", "t")
    assert mails(tmp_path) == []


async def test_without_a_server_mails_are_files_for_their_owner_alone(tmp_path: Path) -> None:
    await mailer({}, tmp_path).send("ada@example.com", "one", "first")
    await mailer({"NF_MAIL_FROM": "f@example.org"}, tmp_path).send("ada@example.com", "two", "second")
    one, two = mails(tmp_path)
    assert (one["Subject"], two["Subject"], two["From"]) == ("one", "two", "f@example.org")
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "outbox").iterdir()} == {0o600}


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"NF_SMTP_URL": "localhost:25"}, "must look like smtp://"),
        ({"NF_SMTP_URL": "smtp://localhost"}, "NF_MAIL_FROM is missing"),
    ],
)
def test_rejected_settings_say_why(environment: dict[str, str], says: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=says):
        mailer(environment, tmp_path)


def test_links_lead_where_people_reach_the_studio() -> None:
    assert public_url({}) == "http://127.0.0.1:8080"
    assert public_url({"NF_HTTP_HOST": "0.0.0.0", "NF_HTTP_PORT": "9000"}) == "http://127.0.0.1:9000"
    assert public_url({"NF_PUBLIC_URL": "https://forge.example.org/"}) == "https://forge.example.org"
    with pytest.raises(SystemExit, match="NF_PUBLIC_URL"):
        public_url({"NF_PUBLIC_URL": "forge.example.org"})
