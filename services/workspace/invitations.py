"""Invitations to an organisation: made for one e-mail address, taken by its account alone, good for seven days."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

from google.protobuf.message import Message

from kernel.clock import timestamp
from kernel.errors import Denied, Exhausted, NotFound, Rejected, Taken
from kernel.grants import Grant
from neuralforge.workspace.v1.events_pb2 import (
    InvitationAccepted,
    InvitationCreated,
    InvitationDeclined,
    InvitationResent,
    MemberAdded,
)
from services.workspace.memberships import require_admin, require_role, revoked
from services.workspace.organisations import DAY, Invitation, Organisation
from services.workspace.sessions import hashed

LIFETIME = timedelta(days=7)
RESENT_AFTER = timedelta(minutes=1)
MOST_OPEN = 200
MOST_MAILS_A_DAY = 200
LONGEST_TOKEN = 200
NO_SUCH = "this invitation is not open: it was taken, declined, revoked or sent anew; ask for another"


def address_hash(organisation_id: str, email: str) -> bytes:
    """What the log knows of an address."""
    return hashlib.sha256(f"{organisation_id}\0{email}".encode()).digest()


def split(token: str) -> tuple[str, str, str]:
    """(organisation id, invitation id, secret) of a token; raises NotFound for what was never one."""
    parts = token.split(".")
    if len(parts) != 3 or len(token) > LONGEST_TOKEN or not (parts[0].isalnum() and parts[1].isalnum()):
        raise NotFound(NO_SUCH)
    return parts[0], parts[1], parts[2]


def invite(
    state: Organisation,
    caller: Grant,
    invitation_id: str,
    address: bytes,
    user_id: str,
    role: int,
    secret: str,
    now: datetime,
) -> list[Message]:
    """`user_id` is whose account the address is, if anybody's. An expired invitation of the address makes room."""
    if require_role(role) > require_admin(state, caller):
        raise Denied("only owners invite owners; ask an owner, or choose another role")
    if user_id in state.members:
        raise Taken("the person with this address is a member already; change their role instead", field="email")
    events: list[Message] = []
    for before in _of_address(state, address):
        if now < before.expires_at:
            raise Taken("this address is invited already; send that invitation again, or revoke it", field="email")
        events.append(revoked(state, before.id, caller.subject, now))
    if len(state.invitations) - len(events) >= MOST_OPEN:
        raise Exhausted(f"an organisation has at most {MOST_OPEN} open invitations; revoke some first")
    _require_mail_left(state, now)
    created = InvitationCreated(
        organisation_id=state.id,
        invitation_id=invitation_id,
        address_hash=address,
        role=role,  # type: ignore[arg-type]
        token_hash=hashed(secret),
        invited_by=caller.subject,
        at=timestamp(now),
        expires_at=timestamp(now + LIFETIME),
    )
    return [*events, created]


def resend(state: Organisation, caller: Grant, invitation_id: str, secret: str, now: datetime) -> list[Message]:
    """Another secret and another seven days; raises NotFound, and Exhausted where it was sent a moment ago."""
    acting, invitation = require_admin(state, caller), state.invitations.get(invitation_id)
    if not invitation:
        raise NotFound(f"there is no open invitation {invitation_id[:64]!r} in your organisation")
    if invitation.role > acting:
        raise Denied("only owners invite owners; ask an owner")
    if now - invitation.sent_at < RESENT_AFTER:
        raise Exhausted("this invitation was sent less than a minute ago; wait a moment")
    _require_mail_left(state, now)
    return [
        InvitationResent(
            organisation_id=state.id,
            invitation_id=invitation_id,
            token_hash=hashed(secret),
            author=caller.subject,
            at=timestamp(now),
            expires_at=timestamp(now + LIFETIME),
        )
    ]


def revoke(state: Organisation, caller: Grant, invitation_id: str, now: datetime) -> list[Message]:
    """Nothing for one that is not open any more."""
    require_admin(state, caller)
    return [revoked(state, invitation_id, caller.subject, now)] if invitation_id in state.invitations else []


def bearer(state: Organisation, invitation_id: str, secret: str) -> Invitation:
    """The open invitation that the secret belongs to; raises NotFound."""
    invitation = state.invitations.get(invitation_id)
    if not invitation or not hmac.compare_digest(invitation.token_hash, hashed(secret)):
        raise NotFound(NO_SUCH)
    return invitation


def accept(
    state: Organisation, user_id: str, email: str, invitation_id: str, secret: str, now: datetime
) -> list[Message]:
    """Raises NotFound, Denied for another account than was invited, Rejected where it has expired."""
    invitation = bearer(state, invitation_id, secret)
    if not hmac.compare_digest(invitation.address_hash, address_hash(state.id, email)):
        sentence = "this invitation is for another e-mail address; log in with the account of that address"
        raise Denied(sentence, reason="ANOTHER_ADDRESS")
    if now >= invitation.expires_at:
        raise Rejected("this invitation has expired; ask for it to be sent again", reason="EXPIRED")
    at = timestamp(now)
    accepted = InvitationAccepted(organisation_id=state.id, invitation_id=invitation.id, user_id=user_id, at=at)
    if user_id in state.members:
        return [accepted]
    role = invitation.role
    return [accepted, MemberAdded(organisation_id=state.id, user_id=user_id, role=role, at=at)]  # type: ignore[arg-type]


def decline(state: Organisation, invitation_id: str, secret: str, now: datetime) -> list[Message]:
    bearer(state, invitation_id, secret)
    return [InvitationDeclined(organisation_id=state.id, invitation_id=invitation_id, at=timestamp(now))]


def _of_address(state: Organisation, address: bytes) -> Sequence[Invitation]:
    return [each for each in state.invitations.values() if each.address_hash == address]


def _require_mail_left(state: Organisation, now: datetime) -> None:
    if sum(now - at < DAY for at in state.sent) >= MOST_MAILS_A_DAY:
        raise Exhausted(f"an organisation sends at most {MOST_MAILS_A_DAY} invitations a day; go on tomorrow")
