"""What tests of organisations do over and over."""

from dataclasses import replace

from kernel.grants import PERSONS
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1.service_pb2_grpc import AccountServiceStub, InvitationServiceStub, OrganisationServiceStub
from tests.services.platform import Person

VIEWER, MEMBER, ADMIN, OWNER = PERSONS


async def organisation(person: Person, name: str = "Acme") -> str:
    """The id of a new organisation of theirs."""
    request = api.CreateOrganisationRequest(name=name)
    answer = await person.call(OrganisationServiceStub, "CreateOrganisation", request)
    return str(answer.organisation.id)


async def within(person: Person, organisation_id: str) -> Person:
    """The same person with a fresh grant for that organisation, and the session's next refresh token."""
    request = api.RefreshRequest(refresh_token=person.refresh_token, organisation_id=organisation_id)
    answer = await person.platform.call(AccountServiceStub, "Refresh", request)
    tokens = answer.tokens
    return replace(person, tenant=answer.organisation.id, token=tokens.grant, refresh_token=tokens.refresh_token)


async def organisations(person: Person) -> list[tuple[str, int]]:
    """(name, the person's role) of each they are in."""
    answer = await person.call(OrganisationServiceStub, "ListOrganisations", api.ListOrganisationsRequest())
    return [(each.name, each.role) for each in answer.organisations]


async def invite(person: Person, email: str, role: int = MEMBER, key: str = "") -> api.CreateInvitationResponse:
    request = api.CreateInvitationRequest(email=email, role=role)  # type: ignore[arg-type]
    answer: api.CreateInvitationResponse = await person.call(
        InvitationServiceStub, "CreateInvitation", request, key=key
    )
    return answer


async def accept(person: Person, token: str) -> api.AcceptInvitationResponse:
    request = api.AcceptInvitationRequest(token=token)
    answer: api.AcceptInvitationResponse = await person.call(InvitationServiceStub, "AcceptInvitation", request)
    return answer


async def joined(owner: Person, newcomer: Person, role: int = MEMBER) -> Person:
    """The newcomer with a grant for the organisation of the owner's grant."""
    await accept(newcomer, (await invite(owner, newcomer.email, role)).token)
    return await within(newcomer, owner.tenant)


async def members(person: Person) -> list[tuple[str, int]]:
    """(name, role) of everybody in the organisation, in the order in which they joined."""
    found, token = [], ""
    while True:
        request = api.ListMembersRequest(page_size=2, page_token=token)
        answer = await person.call(OrganisationServiceStub, "ListMembers", request)
        found += [(each.name, each.role) for each in answer.members]
        token = answer.next_page_token
        if not token:
            return found


async def change_role(person: Person, user_id: str, role: int) -> api.ChangeMemberRoleResponse:
    request = api.ChangeMemberRoleRequest(user_id=user_id, role=role)  # type: ignore[arg-type]
    answer: api.ChangeMemberRoleResponse = await person.call(OrganisationServiceStub, "ChangeMemberRole", request)
    return answer


async def remove(person: Person, user_id: str) -> None:
    await person.call(OrganisationServiceStub, "RemoveMember", api.RemoveMemberRequest(user_id=user_id))


async def leave(person: Person) -> None:
    await person.call(OrganisationServiceStub, "LeaveOrganisation", api.LeaveOrganisationRequest())
