"""API keys: a program acts for the person who made the key, with at most the role and the reach that the key states."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from google.protobuf.message import Message

from kernel.clock import moment, timestamp
from kernel.errors import Denied, NotFound, Rejected, Unauthenticated
from kernel.events import UnknownEvent
from neuralforge.workspace.v1.events_pb2 import ApiKeyCreated, ApiKeyRevoked, ApiKeyUsed
from services.workspace import tokens
from services.workspace.memberships import require_role
from services.workspace.organisations import Organisation
from services.workspace.sessions import hashed

MOST_DAYS = 366
USED_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An empty id is no key. Without `expires_at` it lasts until it is revoked."""

    id: str = ""
    organisation_id: str = ""
    user_id: str = ""
    role: int = 0
    project_id: str = ""
    secret_hash: bytes = b""
    created_at: datetime | None = None
    expires_at: datetime | None = None
    used_at: datetime | None = None
    revoked: bool = False


def evolve(state: ApiKey, event: Message) -> ApiKey:
    match event:
        case ApiKeyCreated():
            return ApiKey(
                id=event.key_id,
                organisation_id=event.organisation_id,
                user_id=event.user_id,
                role=event.role,
                project_id=event.project_id,
                secret_hash=event.secret_hash,
                created_at=moment(event.at),
                expires_at=moment(event.expires_at) if event.HasField("expires_at") else None,
            )
        case ApiKeyUsed():
            return replace(state, used_at=moment(event.at))
        case ApiKeyRevoked():
            return replace(state, revoked=True)
        case _:
            raise UnknownEvent(f"{type(event).__name__} is no event of an API key")


def create(
    organisation: Organisation,
    user_id: str,
    key_id: str,
    name: str,
    role: int,
    project_id: str,
    days: int,
    secret: str,
    now: datetime,
) -> ApiKeyCreated:
    """Raises Denied for a role above the owner's, Rejected for what cannot be."""
    if require_role(role) > organisation.role(user_id):
        raise Denied("a key's role is at most your own; choose a lower one")
    if not 0 <= days <= MOST_DAYS:
        raise Rejected(f"days must be 1 to {MOST_DAYS}, or 0 for a key without an end; it is {days}", field="days")
    return ApiKeyCreated(
        key_id=key_id,
        organisation_id=organisation.id,
        user_id=user_id,
        name=name,
        role=role,  # type: ignore[arg-type]
        project_id=project_id,
        secret_hash=hashed(secret),
        at=timestamp(now),
        expires_at=timestamp(now + timedelta(days=days)) if days else None,
    )


def revoke(state: ApiKey, organisation_id: str, user_id: str, admin: bool, now: datetime) -> list[Message]:
    """Nothing for one that is revoked. Raises NotFound for a key of others to who is no admin."""
    if state.organisation_id != organisation_id or not (admin or state.user_id == user_id):
        raise NotFound(f"there is no API key {state.id[:64]!r} of yours in this organisation")
    return [] if state.revoked else [ApiKeyRevoked(key_id=state.id, author=user_id, at=timestamp(now))]


def used(state: ApiKey, now: datetime) -> list[Message]:
    """To the hour: a busy key writes one event in USED_EVERY."""
    if state.used_at and now - state.used_at < USED_EVERY:
        return []
    return [ApiKeyUsed(key_id=state.id, at=timestamp(now))]


def require_usable(state: ApiKey, secret: str, organisation: Organisation, now: datetime) -> int:
    """The role the key gives now; raises Unauthenticated unless the secret opens it."""
    if not tokens.matches(secret, state.secret_hash):
        raise Unauthenticated("there is no such API key; check it, or create another", reason="NO_SUCH_KEY")
    if state.revoked or (state.expires_at and now >= state.expires_at):
        raise Unauthenticated("this API key has expired or was revoked; create another", reason="KEY_ENDED")
    if not outlives(organisation, state.user_id, state.created_at):
        sentence = "the person of this API key is not a member of the organisation any more"
        raise Unauthenticated(f"{sentence}; create another as a member", reason="KEY_ENDED")
    return min(state.role, organisation.role(state.user_id))


def outlives(organisation: Organisation, user_id: str, created_at: datetime | None) -> bool:
    """Whether the person is a member and has been since the key was made: who comes back makes new keys."""
    member = organisation.members.get(user_id)
    return bool(member and created_at and member.since <= created_at)
