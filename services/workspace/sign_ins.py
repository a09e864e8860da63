"""What every way of signing in ends with: an open session, and the tokens that go with it."""

import time
from datetime import datetime
from typing import Any

from kernel.aggregate import Aggregate
from kernel.clock import timestamp
from kernel.errors import Denied, Rejected
from kernel.grants import GRANT_SECONDS, PERSONS, Grant
from kernel.ids import new_id
from kernel.log import SYSTEM_TENANT, Write
from neuralforge.workspace.v1 import service_pb2 as api
from services.workspace import sessions
from services.workspace.accounts import User, one_line
from services.workspace.organisations import Organisation
from services.workspace.sessions import LIFETIME, Session
from services.workspace.signing import GrantSigner

LONGEST_DEVICE = 100


class SignIns:
    """Opens sessions and signs the grants they hold."""

    def __init__(
        self, organisations: Aggregate[Organisation], open_sessions: Aggregate[Session], signer: GrantSigner
    ) -> None:
        self._organisations = organisations
        self._sessions = open_sessions
        self._signer = signer

    def opened(self, user: User, device: str, now: datetime) -> tuple[str, Write]:
        """(refresh token, the write that opens its session in the person's own organisation)."""
        session_id, secret = new_id(), sessions.new_secret()
        event = sessions.open_session(session_id, user, user.organisation_id, secret, clean_device(device), now)
        return f"{session_id}.{secret}", Write(SYSTEM_TENANT, self._sessions.stream(session_id), 0, [event])

    async def answer(self, user: User, refresh_token: str, now: datetime, organisation_id: str = "") -> dict[str, Any]:
        """What every way of signing in answers: user, organisation (one's own unless named), tokens."""
        organisation = await self.organisation_of(user, organisation_id)
        tokens = self._tokens(organisation, user, refresh_token, now)
        said = organisation_message(organisation, user.id)
        return {"user": user_message(user), "organisation": said, "tokens": tokens}

    async def organisation_of(self, user: User, organisation_id: str) -> Organisation:
        """The organisation of that id, one's own where it is empty; raises Denied for who is no member."""
        id = organisation_id or user.organisation_id
        organisation = (await self._organisations.load(id, id)).state
        if organisation.role(user.id) not in PERSONS:
            raise Denied("you are not a member of that organisation; choose another", reason="NOT_A_MEMBER")
        return organisation

    def _tokens(self, organisation: Organisation, user: User, refresh_token: str, now: datetime) -> api.Tokens:
        session_id, _ = sessions.split(refresh_token)
        grant = Grant(
            user.id, organisation.id, organisation.role(user.id), time.time() + GRANT_SECONDS, session=session_id
        )
        token, expires_at = self._signer.sign(grant)
        return api.Tokens(
            grant=token,
            grant_expires_at=expires_at,
            refresh_token=refresh_token,
            refresh_expires_at=timestamp(now + LIFETIME),
        )


def clean_device(text: str) -> str:
    """One line of at most LONGEST_DEVICE characters; raises Rejected."""
    device = one_line(text)
    if len(device) > LONGEST_DEVICE or not device.isprintable():
        raise Rejected(f"device must be one line of at most {LONGEST_DEVICE} characters", field="device")
    return device


def user_message(user: User) -> api.User:
    assert user.created_at
    return api.User(id=user.id, email=user.email, name=user.name, created_at=timestamp(user.created_at))


def organisation_message(organisation: Organisation, user_id: str) -> api.Organisation:
    role: Any = organisation.role(user_id)
    return api.Organisation(id=organisation.id, name=organisation.name, role=role, personal=organisation.personal)
