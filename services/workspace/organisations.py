"""Organisations as a fold of events: who is a member, and as what."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from google.protobuf.message import Message

from kernel.events import UnknownEvent
from neuralforge.access.v1.access_pb2 import Role
from neuralforge.workspace.v1.events_pb2 import MemberAdded, OrganisationCreated


@dataclass(frozen=True, slots=True)
class Organisation:
    """A tenant. `members`: user id to role."""

    id: str = ""
    name: str = ""
    members: Mapping[str, int] = field(default_factory=dict)

    def role(self, user_id: str) -> int:
        return self.members.get(user_id, Role.ROLE_UNSPECIFIED)


def evolve(state: Organisation, event: Message) -> Organisation:
    match event:
        case OrganisationCreated():
            return replace(state, id=event.organisation_id, name=event.name)
        case MemberAdded():
            return replace(state, members={**state.members, event.user_id: event.role})
        case _:
            raise UnknownEvent(f"{type(event).__name__} is no event of an organisation")
