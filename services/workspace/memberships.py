"""Who belongs to an organisation, and as what: the commands, and the stream that tells a person's organisations.

Every organisation has an owner at all times. What a caller may do is the least of the grant's role and the present one:
the grant may be some minutes old, or an API key's.
"""

from collections.abc import Sequence
from datetime import datetime

from google.protobuf.message import Message

from kernel.clock import timestamp
from kernel.errors import Denied, Exhausted, NotFound, Rejected
from kernel.events import UnknownEvent
from kernel.grants import PERSONS, Grant
from kernel.log import ANY_VERSION, SYSTEM_TENANT, Write
from neuralforge.access.v1.access_pb2 import Role
from neuralforge.workspace.v1.events_pb2 import (
    InvitationRevoked,
    MemberAdded,
    MemberRemoved,
    MemberRoleChanged,
    OrganisationCreated,
    OrganisationJoined,
    OrganisationLeft,
    OrganisationRenamed,
)
from services.workspace.organisations import Organisation

MOST_ORGANISATIONS = 100


def evolve_joined(state: tuple[str, ...], event: Message) -> tuple[str, ...]:
    """The organisations that a person has joined and not left, in that order; their personal one is not among them."""
    match event:
        case OrganisationJoined():
            return (*state, event.organisation_id)
        case OrganisationLeft():
            return tuple(each for each in state if each != event.organisation_id)
        case _:
            raise UnknownEvent(f"{type(event).__name__} is no event of a person's memberships")


def create(organisation_id: str, name: str, user_id: str, joined: Sequence[str], now: datetime) -> list[Write]:
    """An organisation owned by who creates it; raises Exhausted."""
    require_room(joined)
    at = timestamp(now)
    events: list[Message] = [
        OrganisationCreated(organisation_id=organisation_id, name=name, at=at),
        MemberAdded(organisation_id=organisation_id, user_id=user_id, role=Role.ROLE_OWNER, at=at),
    ]
    write = Write(organisation_id, f"organisation-{organisation_id}", 0, events)
    return [write, *told_to_members(organisation_id, events)]


def require_room(joined: Sequence[str]) -> None:
    """Raises Exhausted for who is in too many organisations."""
    if len(joined) >= MOST_ORGANISATIONS:
        raise Exhausted(f"nobody can be in more than {MOST_ORGANISATIONS} organisations; leave one first")


def told_to_members(organisation_id: str, events: Sequence[Message]) -> list[Write]:
    """What members' own streams say of those events."""
    writes = []
    for event in events:
        if isinstance(event, MemberAdded):
            said: Message = OrganisationJoined(organisation_id=organisation_id)
        elif isinstance(event, MemberRemoved):
            said = OrganisationLeft(organisation_id=organisation_id)
        else:
            continue
        writes.append(Write(SYSTEM_TENANT, f"memberships-{event.user_id}", ANY_VERSION, [said]))
    return writes


def rename(state: Organisation, caller: Grant, name: str, now: datetime) -> list[Message]:
    require_admin(state, caller)
    if name == state.name:
        return []
    return [OrganisationRenamed(organisation_id=state.id, name=name, author=caller.subject, at=timestamp(now))]


def change_role(state: Organisation, caller: Grant, user_id: str, role: int, now: datetime) -> list[Message]:
    """Raises NotFound, Rejected for the last owner, Denied for what is above the caller."""
    present = _member_below(state, caller, user_id, require_role(role))
    if role == present:
        return []
    if present == Role.ROLE_OWNER:
        _keep_an_owner(state, user_id)
    return [
        MemberRoleChanged(
            organisation_id=state.id,
            user_id=user_id,
            role=role,  # type: ignore[arg-type]
            author=caller.subject,
            at=timestamp(now),
        )
    ]


def remove(state: Organisation, caller: Grant, user_id: str, now: datetime) -> list[Message]:
    """Whom they invited is invited no more. Raises as `change_role` does. Nothing for who was removed already."""
    if user_id in state.former and user_id not in state.members:
        require_admin(state, caller)
        return []
    if _member_below(state, caller, user_id) == Role.ROLE_OWNER:
        _keep_an_owner(state, user_id)
    by_them = [each.id for each in state.invitations.values() if each.invited_by == user_id]
    return [
        _removed(state, user_id, caller.subject, now),
        *(revoked(state, invitation_id, caller.subject, now) for invitation_id in by_them),
    ]


def leave(state: Organisation, user_id: str, now: datetime) -> list[Message]:
    """Raises Rejected for the last owner. Nothing for who has left already."""
    if user_id not in state.members:
        return []
    if state.role(user_id) == Role.ROLE_OWNER:
        _keep_an_owner(state, user_id)
    return [_removed(state, user_id, user_id, now)]


def revoked(state: Organisation, invitation_id: str, author: str, now: datetime) -> InvitationRevoked:
    return InvitationRevoked(organisation_id=state.id, invitation_id=invitation_id, author=author, at=timestamp(now))


def _removed(state: Organisation, user_id: str, author: str, now: datetime) -> MemberRemoved:
    return MemberRemoved(organisation_id=state.id, user_id=user_id, author=author, at=timestamp(now))


def present_role(state: Organisation, caller: Grant) -> int:
    """What the caller may do here now; raises Denied for who is no member any more."""
    role = state.role(caller.subject)
    if role not in PERSONS:
        raise Denied("you are not a member of this organisation any more", reason="NOT_A_MEMBER")
    return min(role, caller.role)


def require_admin(state: Organisation, caller: Grant) -> int:
    """The caller's present role; raises Denied unless it is an admin's or an owner's."""
    role = present_role(state, caller)
    if role < Role.ROLE_ADMIN:
        raise Denied("this is for the organisation's admins and owners; ask one of them")
    return role


def require_role(role: int) -> int:
    """Raises Rejected for what is no person's role."""
    if role not in PERSONS:
        raise Rejected("the role is viewer, member, admin or owner", field="role")
    return role


def _member_below(state: Organisation, caller: Grant, user_id: str, wanted: int = Role.ROLE_UNSPECIFIED) -> int:
    """The member's role; raises NotFound, and Denied where that or the wanted one is above the caller."""
    acting, present = require_admin(state, caller), state.role(user_id)
    if present not in PERSONS:
        raise NotFound(f"there is no member {user_id[:64]!r} in your organisation")
    if max(present, wanted) > acting:
        raise Denied("only owners make owners, and change or remove them; ask an owner")
    return present


def _keep_an_owner(state: Organisation, user_id: str) -> None:
    if user_id == state.person:
        raise Rejected("a personal organisation keeps its person as an owner for ever")
    if not any(member.role == Role.ROLE_OWNER for id, member in state.members.items() if id != user_id):
        raise Rejected(f"{state.name[:100]} would have no owner; make somebody else an owner first")
