"""Organisations and their members. All but `organisations` is about the organisation of the grant."""

from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry

from gateway.context import Info
from gateway.errors import Refusal
from gateway.schema.account import Organisation, Role, organisation
from gateway.schema.ended import Ended
from gateway.schema.pages import Page
from kernel.clock import moment
from neuralforge.workspace.v1 import service_pb2 as api


@strawberry.type
class Member:
    id: strawberry.ID = strawberry.field(description="The person's.")
    name: str
    email: str | None = strawberry.field(description="For admins; null for others.")
    role: Role
    joined_at: datetime


CreateOrganisationResult: TypeAlias = Annotated[Organisation | Refusal, strawberry.union("CreateOrganisationResult")]
RenameOrganisationResult: TypeAlias = Annotated[Organisation | Refusal, strawberry.union("RenameOrganisationResult")]
ChangeMemberRoleResult: TypeAlias = Annotated[Member | Refusal, strawberry.union("ChangeMemberRoleResult")]
RemoveMemberResult: TypeAlias = Annotated[Ended | Refusal, strawberry.union("RemoveMemberResult")]
LeaveOrganisationResult: TypeAlias = Annotated[Ended | Refusal, strawberry.union("LeaveOrganisationResult")]


def member(message: api.Member) -> Member:
    return Member(
        id=strawberry.ID(message.user_id),
        name=message.name,
        email=message.email or None,
        role=Role(message.role),
        joined_at=moment(message.joined_at),
    )


@strawberry.type
class OrganisationQuery:
    @strawberry.field(
        description="Those the person is in, the one of the grant first. A grant for another: POST /auth/refresh with "
        "its `organisation_id`."
    )
    async def organisations(self, info: Info) -> list[Organisation]:
        method = info.context.stubs.organisations.ListOrganisations
        answer = await info.context.ask(method, api.ListOrganisationsRequest())
        return [organisation(each) for each in answer.organisations]

    @strawberry.field(description="In the order in which they joined.")
    async def members(self, info: Info, first: int = 0, after: str = "") -> Page[Member]:
        request = api.ListMembersRequest(page_size=first, page_token=after)
        answer = await info.context.ask(info.context.stubs.organisations.ListMembers, request)
        return Page(nodes=[member(each) for each in answer.members], next_page_token=answer.next_page_token or None)


@strawberry.type
class OrganisationMutation:
    @strawberry.mutation(description="The person is its owner.")
    async def create_organisation(self, info: Info, name: str, key: str | None = None) -> CreateOrganisationResult:
        request = api.CreateOrganisationRequest(name=name)
        answer = await info.context.command(info.context.stubs.organisations.CreateOrganisation, request, key)
        return organisation(answer.organisation)

    @strawberry.mutation
    async def rename_organisation(self, info: Info, name: str, key: str | None = None) -> RenameOrganisationResult:
        request = api.RenameOrganisationRequest(name=name)
        answer = await info.context.command(info.context.stubs.organisations.RenameOrganisation, request, key)
        return organisation(answer.organisation)

    @strawberry.mutation(description="Comes with the member's next grants, within five minutes.")
    async def change_member_role(
        self, info: Info, id: strawberry.ID, role: Role, key: str | None = None
    ) -> ChangeMemberRoleResult:
        request = api.ChangeMemberRoleRequest(user_id=id, role=role.value)
        answer = await info.context.command(info.context.stubs.organisations.ChangeMemberRole, request, key)
        return member(answer.member)

    @strawberry.mutation(description="Their API keys for the organisation end too.")
    async def remove_member(self, info: Info, id: strawberry.ID, key: str | None = None) -> RemoveMemberResult:
        request = api.RemoveMemberRequest(user_id=id)
        await info.context.command(info.context.stubs.organisations.RemoveMember, request, key)
        return Ended(id=id)

    @strawberry.mutation(description="Answers the organisation's id.")
    async def leave_organisation(self, info: Info, key: str | None = None) -> LeaveOrganisationResult:
        method = info.context.stubs.organisations.LeaveOrganisation
        await info.context.command(method, api.LeaveOrganisationRequest(), key)
        return Ended(id=strawberry.ID(info.context.caller.tenant))
