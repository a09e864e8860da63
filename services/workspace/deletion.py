"""Deleting an account: what it takes along, what stands in the way, and the writes that do it all at once.

The person's key goes with it, so what their events say of them cannot be read any more. What they made for others stays
where it is, as a deleted person's.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from google.protobuf.message import Message

from kernel.aggregate import Loaded
from kernel.clock import timestamp
from kernel.errors import DomainError, Rejected
from kernel.log import ANY_VERSION, SYSTEM_TENANT, Write
from neuralforge.workspace.v1.events_pb2 import AccountDeleted, OrganisationDeleted, ProjectDeleted
from services.workspace import accounts, memberships, sessions
from services.workspace.accounts import User
from services.workspace.organisations import Organisation
from services.workspace.sessions import Session

FRESH = timedelta(minutes=10)


def require_fresh(session: Session, user: User, now: datetime) -> None:
    """Where no password is asked for; raises Rejected unless the session was opened just now, and is still open."""
    sessions.require_open(session, user)
    if session.closed or session.opened_at is None or now - session.opened_at > FRESH:
        raise Rejected("log in once more, and ask again within ten minutes", reason="SIGN_IN_AGAIN")


def obstacles(user: User, personal: Organisation, joined: Sequence[Organisation], now: datetime) -> list[str]:
    """One sentence for each thing that has to be settled first."""
    found = []
    if others := len(personal.members) - 1:
        people = "another person is" if others == 1 else f"{others} other people are"
        found.append(f"{people} in your personal organisation; remove them, or move their work, first")
    for organisation in joined:
        try:
            memberships.leave(organisation, user.id, now)
        except DomainError as error:
            found.append(error.message)
    return found


def delete(
    user: Loaded[User],
    personal: Loaded[Organisation],
    joined: Sequence[Loaded[Organisation]],
    projects: Sequence[str],
    now: datetime,
) -> list[Write]:
    """Everything but the address, to be written together or not at all; raises Rejected for the first obstacle."""
    person, at = user.state, timestamp(now)
    if found := obstacles(person, personal.state, [each.state for each in joined], now):
        raise Rejected(found[0])
    ended: list[Message] = [
        accounts.end_sessions(person, "", now),
        AccountDeleted(user_id=person.id, at=at),
    ]
    tenant = personal.state.id
    gone = OrganisationDeleted(organisation_id=tenant, author=person.id, at=at)
    writes = [
        Write(SYSTEM_TENANT, f"user-{person.id}", user.version, ended),
        Write(tenant, f"organisation-{tenant}", personal.version, [gone]),
    ]
    for organisation in joined:
        events = memberships.leave(organisation.state, person.id, now)
        id = organisation.state.id
        writes.append(Write(id, f"organisation-{id}", organisation.version, events))
        writes += memberships.told_to_members(id, events)
    for project_id in projects:
        deleted = ProjectDeleted(project_id=project_id, author=person.id, at=at)
        writes.append(Write(tenant, f"project-{project_id}", ANY_VERSION, [deleted]))
    return writes
