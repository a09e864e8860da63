"""OrganisationService: organisations and their members over gRPC."""

import asyncio
from datetime import datetime
from typing import Any

from kernel.aggregate import Aggregate
from kernel.call import current_call, with_position
from kernel.clock import Clock, timestamp
from kernel.ids import new_id
from kernel.listing import Order, OrderedPage, ordered_page
from kernel.log import SYSTEM_TENANT, Append
from kernel.names import clean_name
from neuralforge.access.v1.access_pb2 import Role
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1 import service_pb2_grpc as rpc
from services.workspace import memberships
from services.workspace.accounts import User, one_line
from services.workspace.organisations import Member, Organisation
from services.workspace.session_service import signed_in
from services.workspace.sign_ins import organisation_message

JOINED = Order("joined_at", "joined_at", datetime.fromisoformat)


class OrganisationService(rpc.OrganisationServiceServicer):
    """`joined`: by person, the organisations beside the personal one."""

    def __init__(
        self,
        organisations: Aggregate[Organisation],
        users: Aggregate[User],
        joined: Aggregate[tuple[str, ...]],
        clock: Clock,
    ) -> None:
        self._organisations = organisations
        self._users = users
        self._joined = joined
        self._clock = clock

    async def CreateOrganisation(
        self, request: api.CreateOrganisationRequest, context: Any
    ) -> api.CreateOrganisationResponse:
        call, name = current_call(), clean_name(one_line(request.name), "an organisation")
        user_id, id = signed_in().subject, new_id()
        joined = (await self._joined.load(SYSTEM_TENANT, user_id)).state
        writes = memberships.create(id, name, user_id, joined, self._clock())
        made = api.Organisation(id=id, name=name, role=Role.ROLE_OWNER)
        response = api.CreateOrganisationResponse(organisation=made)
        request_ = Append(writes, call.key, response.SerializeToString(), call.meta)
        appended = await self._organisations.log.append(request_)
        if appended.replayed:
            response = api.CreateOrganisationResponse.FromString(appended.response)
        return with_position(response, appended.position)

    async def RenameOrganisation(
        self, request: api.RenameOrganisationRequest, context: Any
    ) -> api.RenameOrganisationResponse:
        caller, now = current_call().caller, self._clock()
        name = clean_name(one_line(request.name), "an organisation")
        return await self._organisations.handle(
            caller.tenant,
            caller.tenant,
            lambda state: memberships.rename(state, caller, name, now),
            lambda state: api.RenameOrganisationResponse(organisation=organisation_message(state, caller.subject)),
        )

    async def ListOrganisations(
        self, request: api.ListOrganisationsRequest, context: Any
    ) -> api.ListOrganisationsResponse:
        caller = current_call().caller
        own = (await self._users.load(SYSTEM_TENANT, caller.subject)).state.organisation_id
        joined = (await self._joined.load(SYSTEM_TENANT, caller.subject)).state
        ids = [caller.tenant] if caller.key else dict.fromkeys((caller.tenant, own, *joined))
        found = await asyncio.gather(*(self._organisations.load(id, id) for id in ids if id))
        return api.ListOrganisationsResponse(
            organisations=[
                organisation_message(each.state, caller.subject) for each in found if each.state.role(caller.subject)
            ]
        )

    async def ListMembers(self, request: api.ListMembersRequest, context: Any) -> api.ListMembersResponse:
        caller, asked = current_call().caller, ordered_page([JOINED], "", request.page_size, request.page_token)
        organisation = (await self._organisations.load(caller.tenant, caller.tenant)).state
        with_email = memberships.present_role(organisation, caller) >= Role.ROLE_ADMIN
        page, token = asked.cut(_after(organisation, asked))
        users = await asyncio.gather(*(self._users.load(SYSTEM_TENANT, id) for _, id in page))
        members = [_member(user.state, organisation.members[user.state.id], with_email) for user in users]
        return api.ListMembersResponse(members=members, next_page_token=token)

    async def ChangeMemberRole(
        self, request: api.ChangeMemberRoleRequest, context: Any
    ) -> api.ChangeMemberRoleResponse:
        caller, now = current_call().caller, self._clock()
        user = (await self._users.load(SYSTEM_TENANT, request.user_id)).state
        return await self._organisations.handle(
            caller.tenant,
            caller.tenant,
            lambda state: memberships.change_role(state, caller, request.user_id, request.role, now),
            lambda state: api.ChangeMemberRoleResponse(member=_member(user, state.members[user.id], True)),
        )

    async def RemoveMember(self, request: api.RemoveMemberRequest, context: Any) -> api.RemoveMemberResponse:
        caller, now = current_call().caller, self._clock()
        return await self._organisations.handle(
            caller.tenant,
            caller.tenant,
            lambda state: memberships.remove(state, caller, request.user_id, now),
            lambda _: api.RemoveMemberResponse(),
            alongside=lambda state, events: memberships.told_to_members(state.id, events),
        )

    async def LeaveOrganisation(
        self, request: api.LeaveOrganisationRequest, context: Any
    ) -> api.LeaveOrganisationResponse:
        caller, now = signed_in(), self._clock()
        return await self._organisations.handle(
            caller.tenant,
            caller.tenant,
            lambda state: memberships.leave(state, caller.subject, now),
            lambda _: api.LeaveOrganisationResponse(),
            alongside=lambda state, events: memberships.told_to_members(state.id, events),
        )


def _after(organisation: Organisation, page: OrderedPage) -> list[tuple[datetime, str]]:
    """(when they joined, user id) of the page's members and the one after, by that order."""
    rows = sorted((member.since, id) for id, member in organisation.members.items())
    return [row for row in rows if page.after is None or row > page.after][: page.size + 1]


def _member(user: User, member: Member, with_email: bool) -> api.Member:
    role: Any = member.role
    return api.Member(
        user_id=user.id,
        name=user.name,
        email=user.email if with_email else "",
        role=role,
        joined_at=timestamp(member.since),
    )
