"""Organisations as a fold of events: who is a member and as what, and who is invited."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from google.protobuf.message import Message

from kernel.clock import moment
from kernel.events import UnknownEvent
from neuralforge.access.v1.access_pb2 import Role
from neuralforge.workspace.v1.events_pb2 import (
    InvitationAccepted,
    InvitationCreated,
    InvitationDeclined,
    InvitationResent,
    InvitationRevoked,
    MemberAdded,
    MemberRemoved,
    MemberRoleChanged,
    OrganisationCreated,
    OrganisationDeleted,
    OrganisationRenamed,
)

Value = TypeVar("Value")
DAY = timedelta(days=1)
PERSONAL_NAME = "Personal"


@dataclass(frozen=True, slots=True)
class Member:
    role: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """One that was neither taken, declined nor revoked; it may have expired."""

    id: str
    address_hash: bytes
    role: int
    token_hash: bytes
    invited_by: str
    created_at: datetime
    sent_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Organisation:
    """A tenant. `members` and `invitations` by id; `person` is whose personal organisation it is, if anybody's.

    A personal one tells nobody's name until somebody names it. A deleted one has no members.
    `former` are members who are none any more: their work stays theirs. `sent` are the times of the past day's mails.
    """

    id: str = ""
    name: str = ""
    personal: bool = False
    person: str = ""
    members: Mapping[str, Member] = field(default_factory=dict)
    former: frozenset[str] = frozenset()
    invitations: Mapping[str, Invitation] = field(default_factory=dict)
    sent: tuple[datetime, ...] = ()
    deleted: bool = False

    def role(self, user_id: str) -> int:
        member = self.members.get(user_id)
        return member.role if member else Role.ROLE_UNSPECIFIED

    def knows(self, user_id: str) -> bool:
        """Whether somebody is a member or was one."""
        return user_id in self.members or user_id in self.former


def evolve(state: Organisation, event: Message) -> Organisation:
    match event:
        case OrganisationCreated():
            name = event.name or PERSONAL_NAME
            return replace(state, id=event.organisation_id, name=name, personal=event.personal)
        case OrganisationRenamed():
            return replace(state, name=event.name)
        case MemberAdded():
            person = event.user_id if state.personal and not state.members else state.person
            member = Member(event.role, moment(event.at))
            return replace(state, person=person, members={**state.members, event.user_id: member})
        case MemberRoleChanged():
            member = replace(state.members[event.user_id], role=event.role)
            return replace(state, members={**state.members, event.user_id: member})
        case MemberRemoved():
            members = without(state.members, event.user_id)
            return replace(state, members=members, former=state.former | {event.user_id})
        case OrganisationDeleted():
            former = state.former | frozenset(state.members)
            return replace(state, members={}, former=former, invitations={}, deleted=True)
        case _:
            return _evolve_invitations(state, event)


def _evolve_invitations(state: Organisation, event: Message) -> Organisation:
    match event:
        case InvitationCreated():
            at = moment(event.at)
            invitation = Invitation(
                id=event.invitation_id,
                address_hash=event.address_hash,
                role=event.role,
                token_hash=event.token_hash,
                invited_by=event.invited_by,
                created_at=at,
                sent_at=at,
                expires_at=moment(event.expires_at),
            )
            return _sent(state, invitation)
        case InvitationResent():
            before = state.invitations[event.invitation_id]
            at, expires_at = moment(event.at), moment(event.expires_at)
            return _sent(state, replace(before, token_hash=event.token_hash, sent_at=at, expires_at=expires_at))
        case InvitationAccepted() | InvitationDeclined() | InvitationRevoked():
            return replace(state, invitations=without(state.invitations, event.invitation_id))
        case _:
            raise UnknownEvent(f"{type(event).__name__} is no event of an organisation")


def _sent(state: Organisation, invitation: Invitation) -> Organisation:
    recent = tuple(at for at in state.sent if invitation.sent_at - at < DAY)
    invitations = {**state.invitations, invitation.id: invitation}
    return replace(state, invitations=invitations, sent=(*recent, invitation.sent_at))


def without(mapping: Mapping[str, Value], key: str) -> Mapping[str, Value]:
    return {each: value for each, value in mapping.items() if each != key}
