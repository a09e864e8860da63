"""Mail to people: by an SMTP server where one is set, else as .eml files in a folder for whoever runs the platform."""

import asyncio
import os
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import structlog

from kernel.ids import new_id

SMTP_SECONDS = 10.0
DEFAULT_SENDER = "neuralforge@localhost"
logger = structlog.get_logger()


class MailFailed(Exception):
    """The mail was not taken; what it was about has happened all the same."""


class Mailer(Protocol):
    async def send(self, to: str, subject: str, text: str, id: str = "") -> None:
        """Hands one mail over; raises MailFailed. What is sent again under the same `id` is the same mail."""


@dataclass(frozen=True, slots=True)
class Smtp:
    """A server that takes mail. With a password it must speak TLS, from the start or by STARTTLS."""

    host: str
    port: int
    sender: str
    encrypted: bool = False
    user: str = ""
    password: str = field(default="", repr=False)


class SmtpMailer:
    """By the standard library's client, in a thread."""

    def __init__(self, server: Smtp) -> None:
        self._server = server

    async def send(self, to: str, subject: str, text: str, id: str = "") -> None:
        try:
            await asyncio.to_thread(self._deliver, compose(self._server.sender, to, subject, text, id or _new_id()))
        except (OSError, smtplib.SMTPException, ValueError, MessageError) as error:
            raise MailFailed(type(error).__name__) from error

    def _deliver(self, message: EmailMessage) -> None:
        server, context = self._server, ssl.create_default_context()
        if server.encrypted:
            client: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=SMTP_SECONDS, context=context)
        else:
            client = smtplib.SMTP(server.host, server.port, timeout=SMTP_SECONDS)
        with client:
            client.ehlo()
            if not server.encrypted and (server.user or client.has_extn("starttls")):
                client.starttls(context=context)  # raises where a password would go unencrypted
            if server.user:
                client.login(server.user, server.password)
            client.send_message(message)


class Outbox:
    """One readable file a mail, for its owner alone."""

    def __init__(self, folder: Path, sender: str = DEFAULT_SENDER) -> None:
        self._folder = folder
        self._sender = sender

    async def send(self, to: str, subject: str, text: str, id: str = "") -> None:
        id = id or _new_id()
        try:
            await asyncio.to_thread(self._write, compose(self._sender, to, subject, text, id), f"{id}.eml")
        except (OSError, ValueError, MessageError) as error:
            raise MailFailed(type(error).__name__) from error

    def _write(self, message: EmailMessage, name: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = self._folder / f"{name}.{new_id()}.partial"
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(message.as_bytes())
        partial.rename(self._folder / name)


def _new_id() -> str:
    """Begins with the time, so that files lie in the order of their writing."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{new_id()}"


def compose(sender: str, to: str, subject: str, text: str, id: str) -> EmailMessage:
    """A mail to exactly one address; raises ValueError or MessageError for what is none."""
    if not to:
        raise ValueError("there is no address to send to")
    message = EmailMessage()
    message["From"] = sender
    message["To"] = Address(addr_spec=to)
    message["Subject"] = subject
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = f"<{id}@neuralforge>"
    message.set_content(text)
    return message


def mailer(environment: Mapping[str, str], folder: Path) -> Mailer:
    """By NF_SMTP_URL and NF_MAIL_FROM, else the folder `outbox`; raises SystemExit saying what is wrong."""
    url, sender = environment.get("NF_SMTP_URL", ""), environment.get("NF_MAIL_FROM", "")
    if not url:
        outbox = folder / "outbox"
        logger.info("no NF_SMTP_URL is set, so mails are kept as files", folder=str(outbox))
        return Outbox(outbox, sender or DEFAULT_SENDER)
    found = urlsplit(url)
    if found.scheme not in ("smtp", "smtps") or not found.hostname:
        raise SystemExit("NF_SMTP_URL must look like smtp://user:password@host:587 or smtps://host:465")
    if not sender:
        raise SystemExit("NF_MAIL_FROM is missing; with NF_SMTP_URL it names the address that mails come from")
    encrypted = found.scheme == "smtps"
    user, password = unquote(found.username or ""), unquote(found.password or "")
    port = found.port or (465 if encrypted else 587)
    return SmtpMailer(Smtp(found.hostname, port, sender, encrypted, user, password))


def public_url(environment: Mapping[str, str]) -> str:
    """Where people reach the studio, for links in mails: NF_PUBLIC_URL, else this machine's own address."""
    given = environment.get("NF_PUBLIC_URL", "").rstrip("/")
    if given and urlsplit(given).scheme not in ("http", "https"):
        raise SystemExit(f"NF_PUBLIC_URL must look like https://forge.example.org, not {given[:80]!r}")
    host, port = environment.get("NF_HTTP_HOST", ""), environment.get("NF_HTTP_PORT", "")
    local = host if host not in ("", "0.0.0.0", "::") else "127.0.0.1"
    return given or f"http://{local}:{port or 8080}"
