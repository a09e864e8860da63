"""Sessions: a refresh token that rotates. Showing a token that has been rotated away closes the session.

A token is `<session id>.<secret>`; only the secret's hash is kept. For RETRY_SECONDS after a rotation the token
before it is still taken, because the answer with the new one may have been lost on the way.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from google.protobuf.message import Message

from kernel.clock import moment, timestamp
from kernel.errors import Unauthenticated
from kernel.events import UnknownEvent
from neuralforge.workspace.v1.events_pb2 import SessionClosed, SessionOpened, SessionRotated

LIFETIME = timedelta(days=30)
RETRY_SECONDS = 10
ENDED = "the session has ended; log in again"


@dataclass(frozen=True, slots=True)
class Session:
    """An empty id is no session."""

    id: str = ""
    user_id: str = ""
    organisation_id: str = ""
    token_hash: bytes = b""
    previous_hash: bytes = b""
    rotated_at: datetime | None = None
    expires_at: datetime | None = None
    closed: bool = False


def evolve(state: Session, event: Message) -> Session:
    match event:
        case SessionOpened():
            return Session(
                id=event.session_id,
                user_id=event.user_id,
                organisation_id=event.organisation_id,
                token_hash=event.token_hash,
                rotated_at=moment(event.at),
                expires_at=moment(event.expires_at),
            )
        case SessionRotated():
            return replace(
                state,
                previous_hash=state.token_hash,
                token_hash=event.token_hash,
                rotated_at=moment(event.at),
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


def open_session(session_id: str, user_id: str, organisation_id: str, secret: str, now: datetime) -> SessionOpened:
    return SessionOpened(
        session_id=session_id,
        user_id=user_id,
        organisation_id=organisation_id,
        token_hash=hashed(secret),
        at=timestamp(now),
        expires_at=timestamp(now + LIFETIME),
    )


def rotate(state: Session, secret: str, successor: str, now: datetime) -> list[Message]:
    """[SessionRotated], or [SessionClosed] for a token that had been rotated away. Raises Unauthenticated."""
    if not state.id or state.closed or state.expires_at is None or state.rotated_at is None or now >= state.expires_at:
        raise Unauthenticated(ENDED)
    shown = hashed(secret)
    retried = hmac.compare_digest(shown, state.previous_hash)
    if hmac.compare_digest(shown, state.token_hash) or (
        retried and now - state.rotated_at <= timedelta(seconds=RETRY_SECONDS)
    ):
        expires = timestamp(now + LIFETIME)
        return [SessionRotated(token_hash=hashed(successor), at=timestamp(now), expires_at=expires)]
    return [SessionClosed(reason="refresh token reused", at=timestamp(now))]


def close(state: Session, secret: str, now: datetime) -> list[Message]:
    """Closes the session whose present token this is; anything else is already done."""
    if not state.id or state.closed or not hmac.compare_digest(hashed(secret), state.token_hash):
        return []
    return [SessionClosed(reason="logged out", at=timestamp(now))]
