"""An invitation is mailed once, wherever the process ends between the command and the answer to whoever invites."""

import asyncio
import email
from collections.abc import AsyncIterator
from datetime import timedelta
from email import policy
from email.message import EmailMessage

import grpc
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from services.workspace.invitation_post import AFTER, InvitationPost
from services.workspace.letters import Letters
from tests.services.billing.conftest import MovableClock
from tests.services.conftest import Hosted
from tests.services.platform import Person, Platform
from tests.services.workspace.mailbox import mails, token_mailed
from tests.services.workspace.people import accept, invite, members


class Ended(Exception):
    """The process ends here, as far as the command is concerned."""


def ends_once(monkeypatch: pytest.MonkeyPatch, owner: type, method: str) -> None:
    """The first call of that method ends the command before it does anything; later ones do their work."""
    work, ended = getattr(owner, method), list[object]()

    async def call(*arguments: object) -> object:
        if not ended:
            ended.append(arguments)
            raise Ended
        return await work(*arguments)

    monkeypatch.setattr(owner, method, call)


async def interrupted(person: Person, to: str) -> None:
    """Invites; nobody hears what became of it, and a repeated command is told that nothing was mailed."""
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await invite(person, to, key="once")
    assert error.value.code() is grpc.StatusCode.INTERNAL
    assert not (await invite(person, to, key="once")).mailed


async def all_mailed(platform: Platform) -> None:
    """Returns when no letter is due any more."""
    database = platform.database("workspace")
    await database.pool.open()

    async def none_due() -> bool:
        return not await database.fetch("SELECT 1 FROM letters_due")

    try:
        await platform.eventually(none_due, timeout=60)
    finally:
        await database.close()


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
async def platform(hosted: Hosted, clock: MovableClock) -> AsyncIterator[Platform]:
    async with hosted("workspace", clock=clock) as running:
        yield running


async def test_a_mail_that_nobody_came_to_send_is_sent_later(
    platform: Platform, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
):
    ada, bob = await platform.person("ada"), await platform.person("bob")
    ends_once(monkeypatch, InvitationPost, "hand_over")
    await interrupted(ada, bob.email)
    assert mails(platform.folder) == []
    clock.ahead = AFTER + timedelta(seconds=1)
    await all_mailed(platform)
    assert [mail["To"] for mail in mails(platform.folder)] == [bob.email]
    await accept(bob, token_mailed(platform, bob.email))
    assert len(await members(ada)) == 2


async def test_a_mail_that_was_sent_and_not_noted_is_in_the_folder_once(
    platform: Platform, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
):
    ada, bob = await platform.person("ada"), await platform.person("bob")
    ends_once(monkeypatch, Letters, "strike")
    await interrupted(ada, bob.email)
    assert len(mails(platform.folder)) == 1
    clock.ahead = AFTER + timedelta(seconds=1)
    await all_mailed(platform)
    [mail] = mails(platform.folder)
    assert mail["To"] == bob.email
    await accept(bob, token_mailed(platform, bob.email))


class Inbox:
    """A mail server on this machine, and what it was handed."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # aiosmtpd's own spelling
        assert isinstance(envelope.content, bytes)
        self.taken.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


async def test_a_server_that_is_handed_a_mail_twice_knows_it_by_its_id(
    hosted: Hosted, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
):
    inbox, loop = Inbox(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(inbox, loop=loop), "127.0.0.1", 0)
    monkeypatch.setenv("NF_SMTP_URL", f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    monkeypatch.setenv("NF_MAIL_FROM", "forge@example.org")
    async with hosted("workspace", clock=clock) as platform:
        ada = await platform.person("ada")
        ends_once(monkeypatch, Letters, "strike")
        await interrupted(ada, "bob@example.com")
        clock.ahead = AFTER + timedelta(seconds=1)
        await all_mailed(platform)
    one, two = inbox.taken
    assert one["Message-ID"] == two["Message-ID"]
    assert one.get_content() == two.get_content()
    server.close()


async def test_an_invitation_that_did_not_come_about_is_not_mailed(platform: Platform):
    ada, bob = await platform.person("ada"), await platform.person("bob")
    await invite(ada, bob.email)
    with pytest.raises(grpc.aio.AioRpcError, match="is invited already"):
        await invite(ada, bob.email)
    await all_mailed(platform)
    assert len(mails(platform.folder)) == 1
