"""Mails each sending of an invitation: at once, or a little later where the process ended in between.

The token is not kept anywhere: it derives from the invitation and this installation's key, so that a mail can be
written again. It is the same mail then, by its Message-ID: a folder holds it once; a mail server may be handed it twice
where the process ended between its answer and our noting it, and whoever takes it in knows it by that ID.
"""

import asyncio
import base64
import hmac
from datetime import UTC, timedelta

import structlog

from kernel.aggregate import Aggregate
from kernel.clock import Clock
from kernel.errors import DomainError
from kernel.leader import lead
from kernel.log import SYSTEM_TENANT
from kernel.tenancy import TenantDatabase
from services.workspace.invitation_addresses import InvitationAddresses
from services.workspace.invitation_mail import InvitationMail
from services.workspace.invitations import LIFETIME
from services.workspace.letters import Letter, Letters
from services.workspace.organisations import Organisation
from services.workspace.sessions import hashed
from services.workspace.users import Users

LOOK_SECONDS = 2.0
AFTER = timedelta(seconds=15)  # as long as whoever was asked may be about to hand it over
UNDECIDED = timedelta(minutes=1)  # longer than a call may take: what has not come about by then does not
GIVEN_UP = timedelta(hours=1)
logger = structlog.get_logger()


class InvitationPost:
    """`key`: what tokens derive from."""

    def __init__(
        self,
        organisations: Aggregate[Organisation],
        users: Users,
        addresses: InvitationAddresses,
        mail: InvitationMail,
        database: TenantDatabase,
        key: bytes,
        clock: Clock,
    ) -> None:
        self._organisations = organisations
        self._users = users
        self._addresses = addresses
        self._mail = mail
        self._database = database
        self._key = key
        self._clock = clock
        self.letters = Letters(database)

    def secret(self, letter: Letter) -> str:
        words = f"{letter.organisation_id}/{letter.invitation_id}/{letter.expires_at.timestamp():.6f}"
        return base64.urlsafe_b64encode(hmac.digest(self._key, words.encode(), "sha256")).decode().rstrip("=")

    def token(self, letter: Letter) -> str:
        return f"{letter.organisation_id}.{letter.invitation_id}.{self.secret(letter)}"

    async def hand_over(self, letter: Letter, inviter_id: str, email: str) -> bool:
        """Whether the mail was taken."""
        organisation = (await self._organisations.load(letter.organisation_id, letter.organisation_id)).state
        inviter = (await self._users.load(SYSTEM_TENANT, inviter_id)).state
        id = f"{(letter.expires_at - LIFETIME).astimezone(UTC):%Y%m%dT%H%M%S%f}-{letter.invitation_id}"
        return await self._mail.send(email, inviter.name, organisation.name, self.token(letter), id)

    async def run(self) -> None:
        """Leads when no other process does."""
        await lead(self._database.every_tenant, "letters", self._follow)

    async def _follow(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Mails what nobody has; one letter at fault holds up no other."""
        for letter in await self.letters.expiring(self._clock() - AFTER + LIFETIME):
            try:
                if await self._settled(letter):
                    await self.letters.strike(letter)
            except DomainError as error:
                logger.warning("letter not looked after", invitation=letter.invitation_id, reason=error.reason)

    async def _settled(self, letter: Letter) -> bool:
        """Whether it was handed over now, or need not be any more."""
        age = self._clock() - (letter.expires_at - LIFETIME)
        state = (await self._organisations.load(letter.organisation_id, letter.organisation_id)).state
        invitation = state.invitations.get(letter.invitation_id)
        email = (await self._addresses.all(letter.organisation_id)).get(letter.invitation_id, "")
        if not invitation or not email or invitation.token_hash != hashed(self.secret(letter)):
            return age > UNDECIDED
        return await self.hand_over(letter, invitation.invited_by, email) or age > GIVEN_UP
