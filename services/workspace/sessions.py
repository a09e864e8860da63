"""Sessions: a refresh token that rotates. Showing a token that has been rotated away closes the session.

A token is `<session id>.<secret>`; only the secret's hash is kept. For RETRY after its rotation a token is
still taken: the answer with the new one may have been lost on the way, and the tabs of a browser, which share one
token, refresh it at the same time.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from google.protobuf.message import Message

from kernel.clock import moment, timestamp
from kernel.errors import NotFound, Unauthenticated
from kernel.events import UnknownEvent
from neuralforge.workspace.v1.events_pb2 import SessionClosed, SessionOpened, SessionRotated
from services.workspace.accounts import User

LIFETIME = timedelta(days=30)
RETRY = timedelta(seconds=10)
ENDED = "the session has ended; log in again"


@dataclass(frozen=True, slots=True)
class Rotated:
    """A token that another has replaced."""

    token_hash: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """An empty id is no session. `rotated` are the tokens that may still be retried."""

    id: str = ""
    user_id: str = ""
    organisation_id: str = ""
    token_hash: bytes = b""
    rotated: tuple[Rotated, ...] = ()
    expires_at: datetime | None = None
    closed: bool = False
    generation: int = 0
    opened_at: datetime | None = None


def evolve(state: Session, event: Message) -> Session:
    match event:
        case SessionOpened():
            return Session(
                id=event.session_id,
                user_id=event.user_id,
                organisation_id=event.organisation_id,
                token_hash=event.token_hash,
                expires_at=moment(event.expires_at),
                generation=event.generation,
                opened_at=moment(event.at),
            )
        case SessionRotated():
            at = moment(event.at)
            return replace(
                state,
                rotated=(*_retryable(state, at), Rotated(state.token_hash, at)),
                token_hash=event.token_hash,
                expires_at=moment(event.expires_at),
            )
        case SessionClosed():
            return replace(state, closed=True)
        case _:
            raise UnknownEvent(f"{type(event).__name__} is no event of a session")


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> bytes:
    """SHA-256 suffices for 256 random bits."""
    return hashlib.sha256(secret.encode()).digest()


def split(token: str) -> tuple[str, str]:
    """(session id, secret) of a refresh token; raises Unauthenticated for what was never one."""
    session_id, dot, secret = token.partition(".")
    if not dot or not session_id.isalnum() or len(token) > 200:
        raise Unauthenticated("this is no refresh token; log in again")
    return session_id, secret


def open_session(
    session_id: str, user: User, organisation_id: str, secret: str, device: str, now: datetime
) -> SessionOpened:
    return SessionOpened(
        session_id=session_id,
        user_id=user.id,
        organisation_id=organisation_id,
        device=device,
        generation=user.generation,
        token_hash=hashed(secret),
        at=timestamp(now),
        expires_at=timestamp(now + LIFETIME),
    )


def rotate(state: Session, secret: str, successor: str, now: datetime) -> list[Message]:
    """[SessionRotated], or [SessionClosed] for a token that had been rotated away. Raises Unauthenticated."""
    if not state.id or state.closed or state.expires_at is None or now >= state.expires_at:
        raise Unauthenticated(ENDED)
    taken = [state.token_hash, *(rotated.token_hash for rotated in _retryable(state, now))]
    shown = hashed(secret)
    if any(hmac.compare_digest(shown, known) for known in taken):
        expires = timestamp(now + LIFETIME)
        return [SessionRotated(token_hash=hashed(successor), at=timestamp(now), expires_at=expires)]
    return [SessionClosed(reason="refresh token reused", at=timestamp(now))]


def _retryable(state: Session, now: datetime) -> tuple[Rotated, ...]:
    return tuple(rotated for rotated in state.rotated if now - rotated.at <= RETRY)


def require_open(state: Session, user: User) -> None:
    """Raises Unauthenticated for a session that its person has ended together with all others."""
    if not state.id or user.deleted or (state.generation < user.generation and state.id != user.kept_session_id):
        raise Unauthenticated(ENDED)


def revoke(state: Session, user_id: str, now: datetime) -> list[Message]:
    """Closes the person's own session; raises NotFound for anybody else's."""
    if not state.id or state.user_id != user_id:
        raise NotFound("you have no such session; list your sessions again")
    return [] if state.closed else [SessionClosed(reason="revoked", at=timestamp(now))]


def close(state: Session, secret: str, now: datetime) -> list[Message]:
    """Closes the session whose present token this is; anything else is already done."""
    if not state.id or state.closed or not hmac.compare_digest(hashed(secret), state.token_hash):
        return []
    return [SessionClosed(reason="logged out", at=timestamp(now))]
