"""Accounts at other providers linked with accounts here.

An account that exists is never linked because a provider names its address: whoever registered it need not own that
address, and would keep their password to what the address's owner then takes for theirs alone (pre-hijacking;
Sudhodanan and Paverd, USENIX Security 2022). Its person logs in first, by password, which the owner of the address can
always reset, and links from there. Nor is an account made here for an address that the provider has not verified.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime

from google.protobuf.message import Message

from kernel.aggregate import Aggregate, Loaded
from kernel.clock import timestamp
from kernel.errors import Rejected, Taken
from kernel.events import UnknownEvent
from kernel.log import SYSTEM_TENANT, EventLog, Write
from neuralforge.workspace.v1.events_pb2 import IdentityLinked, IdentityUnlinked
from services.workspace.accounts import User


def evolve(state: str, event: Message) -> str:
    """Whose an account at a provider is; empty for nobody's."""
    match event:
        case IdentityLinked():
            return event.user_id
        case IdentityUnlinked():
            return ""
        case _:
            raise UnknownEvent(f"{type(event).__name__} is no event of an identity")


@dataclass(frozen=True, slots=True)
class Known:
    """An account at a provider, and whose it is here."""

    id: str
    holder: Loaded[str]


class Identities:
    """Their streams name the provider's id to nobody who does not know the pepper."""

    def __init__(self, log: EventLog, pepper: bytes) -> None:
        self._held = Aggregate(log, "identity", "", evolve)
        self._pepper = pepper

    async def known(self, provider: str, subject: str) -> Known:
        digest = hmac.digest(self._pepper, f"{provider}\0{subject}".encode(), "sha256").hex()
        id = f"{provider}_{digest}"
        return Known(id, await self._held.load(SYSTEM_TENANT, id))

    async def released(self, user: User, now: datetime) -> list[Write]:
        """The writes that let go of all that is linked with somebody, but for what the user's own stream says."""
        writes = []
        for provider, id in user.identities.items():
            held = await self._held.load(SYSTEM_TENANT, id)
            writes.append(Write(SYSTEM_TENANT, f"identity-{id}", held.version, [_unlinked(user, provider, id, now)]))
        return writes

    async def unlink(self, user: Loaded[User], provider: str, now: datetime) -> list[Write]:
        """Raises Rejected where the person could not sign in any more; nothing for what is not linked."""
        id = user.state.identities.get(provider)
        if id is None:
            return []
        if not user.state.password_hash and len(user.state.identities) == 1:
            raise Rejected("you could not sign in any more; set a password first")
        held, event = await self._held.load(SYSTEM_TENANT, id), _unlinked(user.state, provider, id, now)
        return [
            Write(SYSTEM_TENANT, f"identity-{id}", held.version, [event]),
            Write(SYSTEM_TENANT, f"user-{user.state.id}", user.version, [event]),
        ]


def link(known: Known, provider: str, user: User, version: int, now: datetime) -> list[Write]:
    """Links it with the user at that version; raises Taken where it is another's. Nothing for what is linked."""
    if known.holder.state == user.id:
        return []
    if known.holder.state or provider in user.identities:
        whose = "another person's account" if known.holder.state else "another account there"
        raise Taken(f"{provider} is linked with {whose} already; unlink that first")
    event = IdentityLinked(user_id=user.id, provider=provider, identity_id=known.id, at=timestamp(now))
    return [
        Write(SYSTEM_TENANT, f"identity-{known.id}", known.holder.version, [event]),
        Write(SYSTEM_TENANT, f"user-{user.id}", version, [event]),
    ]


def unlinked(user: User, now: datetime) -> list[Message]:
    """What the user's own stream says where all that was linked is let go."""
    return [_unlinked(user, provider, id, now) for provider, id in user.identities.items()]


def _unlinked(user: User, provider: str, id: str, now: datetime) -> IdentityUnlinked:
    return IdentityUnlinked(user_id=user.id, provider=provider, identity_id=id, at=timestamp(now))
