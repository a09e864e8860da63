"""Users as a fold of events, and the commands that make one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from google.protobuf.message import Message

from kernel.clock import moment, timestamp
from kernel.errors import Rejected
from kernel.events import UnknownEvent
from kernel.log import SYSTEM_TENANT, Write
from neuralforge.access.v1.access_pb2 import Role
from neuralforge.workspace.v1.events_pb2 import (
    AccountDeleted,
    IdentityLinked,
    IdentityUnlinked,
    MemberAdded,
    OrganisationCreated,
    PasswordChanged,
    PasswordResetRequested,
    SessionsEnded,
    UserRegistered,
)

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
LONGEST_EMAIL = 254
PASSWORD_CHARACTERS = (10, 200)
DELETED_NAME = "deleted person"


@dataclass(frozen=True, slots=True)
class User:
    """A person. An empty id is nobody. Sessions of an earlier generation than this have ended, but for the kept one.

    `sealed` holds e-mail address and name, which `Users` opens; only events of earlier releases told them.
    `reset_hash` is of the token that may set the password until `reset_until`.
    `identities`: by provider, the id of the account there that is linked. Without one there is a password.
    """

    id: str = ""
    email: str = ""
    name: str = ""
    password_hash: str = ""
    organisation_id: str = ""
    created_at: datetime | None = None
    generation: int = 0
    kept_session_id: str = ""
    sealed: bytes = b""
    deleted: bool = False
    identities: Mapping[str, str] = field(default_factory=dict)
    reset_hash: bytes = b""
    reset_until: datetime | None = None


def evolve(state: User, event: Message) -> User:
    match event:
        case UserRegistered():
            return User(
                id=event.user_id,
                email=event.email,
                name=event.name,
                password_hash=event.password_hash,
                organisation_id=event.organisation_id,
                created_at=event.at.ToDatetime(),
                sealed=event.sealed,
            )
        case SessionsEnded():
            return replace(state, generation=event.generation, kept_session_id=event.kept_session_id)
        case IdentityLinked():
            return replace(state, identities={**state.identities, event.provider: event.identity_id})
        case IdentityUnlinked():
            left = {name: id for name, id in state.identities.items() if name != event.provider}
            return replace(state, identities=left)
        case PasswordResetRequested():
            return replace(state, reset_hash=event.token_hash, reset_until=moment(event.expires_at))
        case PasswordChanged():
            return replace(state, password_hash=event.password_hash, reset_hash=b"", reset_until=None)
        case AccountDeleted():
            return replace(
                state, email="", name=DELETED_NAME, password_hash="", sealed=b"", deleted=True, identities={}
            )
        case _:
            raise UnknownEvent(f"{type(event).__name__} is no event of a user")


def end_sessions(state: User, kept_session_id: str, now: datetime) -> SessionsEnded:
    """Ends all of the person's sessions but the kept one."""
    return SessionsEnded(
        user_id=state.id, generation=state.generation + 1, kept_session_id=kept_session_id, at=timestamp(now)
    )


def clean_email(text: str) -> str:
    """The address as it is compared and kept: trimmed, lower case. Raises Rejected."""
    email = text.strip().lower()
    if len(email) > LONGEST_EMAIL or not EMAIL.fullmatch(email) or not email.isprintable():
        raise Rejected("the e-mail address must look like name@example.org", field="email")
    return email


def check_password(password: str, field: str = "password") -> None:
    """Raises Rejected unless the password's length is acceptable."""
    least, most = PASSWORD_CHARACTERS
    if not least <= len(password) <= most:
        raise Rejected(f"the password has {len(password)} characters; choose one of {least} to {most}", field=field)


def one_line(text: str) -> str:
    """The text with one space for any blanks between words, so that names that look alike are alike."""
    return " ".join(text.split())


def register(user_id: str, organisation_id: str, sealed: bytes, password_hash: str, now: datetime) -> list[Write]:
    """The user and the personal organisation, which tells nobody's name, to be written together or not at all."""
    at = timestamp(now)
    registered = UserRegistered(
        user_id=user_id,
        sealed=sealed,
        password_hash=password_hash,
        organisation_id=organisation_id,
        at=at,
    )
    organisation = [
        OrganisationCreated(organisation_id=organisation_id, personal=True, at=at),
        MemberAdded(organisation_id=organisation_id, user_id=user_id, role=Role.ROLE_OWNER, at=at),
    ]
    return [
        Write(SYSTEM_TENANT, f"user-{user_id}", 0, [registered]),
        Write(organisation_id, f"organisation-{organisation_id}", 0, organisation),
    ]
