"""Links that show one project to whoever has them: read-only, expiring, revocable."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from google.protobuf.message import Message

from kernel.clock import moment, timestamp
from kernel.errors import Denied, Rejected, Unauthenticated
from kernel.events import UnknownEvent
from kernel.grants import Grant
from neuralforge.access.v1.access_pb2 import Role
from neuralforge.workspace.v1.events_pb2 import ShareLinkCreated, ShareLinkRevoked
from services.workspace import tokens
from services.workspace.projects import Project
from services.workspace.sessions import hashed

DEFAULT_DAYS = 30
MOST_DAYS = 90


@dataclass(frozen=True, slots=True)
class ShareLink:
    """An empty id is no link."""

    id: str = ""
    organisation_id: str = ""
    project_id: str = ""
    label: str = ""
    secret_hash: bytes = b""
    created_by: str = ""
    created_at: datetime | None = None
    expires_at: datetime | None = None
    revoked: bool = False


def evolve(state: ShareLink, event: Message) -> ShareLink:
    match event:
        case ShareLinkCreated():
            return ShareLink(
                id=event.link_id,
                organisation_id=event.organisation_id,
                project_id=event.project_id,
                label=event.label,
                secret_hash=event.secret_hash,
                created_by=event.created_by,
                created_at=moment(event.at),
                expires_at=moment(event.expires_at),
            )
        case ShareLinkRevoked():
            return replace(state, revoked=True)
        case _:
            raise UnknownEvent(f"{type(event).__name__} is no event of a share link")


def create(
    link_id: str, project_id: str, label: str, days: int, secret: str, caller: Grant, now: datetime
) -> ShareLinkCreated:
    """Raises Rejected for a time that is too long."""
    if not 0 <= days <= MOST_DAYS:
        raise Rejected(f"days must be 1 to {MOST_DAYS}, or 0 for {DEFAULT_DAYS}; it is {days}", field="days")
    return ShareLinkCreated(
        link_id=link_id,
        organisation_id=caller.tenant,
        project_id=project_id,
        label=label,
        secret_hash=hashed(secret),
        created_by=caller.subject,
        at=timestamp(now),
        expires_at=timestamp(now + timedelta(days=days or DEFAULT_DAYS)),
    )


def revoke(state: ShareLink, project: Project, caller: Grant, now: datetime) -> list[Message]:
    """Nothing for one that is revoked. Raises Denied."""
    if caller.role < Role.ROLE_ADMIN and caller.subject not in (state.created_by, project.created_by):
        raise Denied("a link is revoked by who made it, by who created the project, or by an admin; ask one of them")
    return [] if state.revoked else [ShareLinkRevoked(link_id=state.id, author=caller.subject, at=timestamp(now))]


def require_usable(state: ShareLink, secret: str, now: datetime) -> None:
    """Raises Unauthenticated unless the secret opens the link now."""
    if not tokens.matches(secret, state.secret_hash):
        raise Unauthenticated("there is no such share link; ask for another")
    if state.revoked or state.expires_at is None or now >= state.expires_at:
        raise Unauthenticated("this share link has expired or was revoked; ask for another", reason="LINK_ENDED")
