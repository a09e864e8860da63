"""InvitationService: people asked into an organisation, and their answer, over gRPC."""

from typing import Any

from kernel.aggregate import Aggregate
from kernel.call import current_call
from kernel.clock import Clock, timestamp
from kernel.errors import DomainError, Unavailable
from kernel.ids import new_id
from kernel.log import SYSTEM_TENANT
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1 import service_pb2_grpc as rpc
from services.workspace import accounts, invitations, memberships
from services.workspace.invitation_addresses import InvitationAddresses
from services.workspace.invitation_mail import InvitationMail
from services.workspace.organisations import Invitation, Organisation
from services.workspace.session_service import signed_in
from services.workspace.sessions import new_secret
from services.workspace.sign_ins import organisation_message
from services.workspace.users import Users


class InvitationService(rpc.InvitationServiceServicer):
    """A token is told once: the answer that is kept for a repeated command holds none."""

    def __init__(
        self,
        organisations: Aggregate[Organisation],
        users: Users,
        joined: Aggregate[tuple[str, ...]],
        addresses: InvitationAddresses,
        mail: InvitationMail,
        clock: Clock,
    ) -> None:
        self._organisations = organisations
        self._users = users
        self._joined = joined
        self._addresses = addresses
        self._mail = mail
        self._clock = clock

    async def CreateInvitation(
        self, request: api.CreateInvitationRequest, context: Any
    ) -> api.CreateInvitationResponse:
        caller, now, email = current_call().caller, self._clock(), accounts.clean_email(request.email)
        id, secret, user_id = new_id(), new_secret(), await self._account_of(email)
        address = invitations.address_hash(caller.tenant, email)
        await self._addresses.keep(caller.tenant, id, email)
        try:
            response = await self._organisations.handle(
                caller.tenant,
                caller.tenant,
                lambda state: invitations.invite(state, caller, id, address, user_id, request.role, secret, now),
                lambda state: api.CreateInvitationResponse(invitation=_message(state.invitations[id], email)),
            )
        except Unavailable:  # it may have come about
            raise
        except DomainError:
            await self._addresses.forget(caller.tenant, id)
            raise
        if response.invitation.id != id:  # a repeated command's answer
            await self._addresses.forget(caller.tenant, id)
            return response
        response.token = f"{caller.tenant}.{id}.{secret}"
        response.mailed = await self._send(caller.tenant, caller.subject, email, response.token)
        return response

    async def ResendInvitation(
        self, request: api.ResendInvitationRequest, context: Any
    ) -> api.ResendInvitationResponse:
        caller, now, id, secret = current_call().caller, self._clock(), request.invitation_id, new_secret()
        email = (await self._addresses.all(caller.tenant)).get(id, "")
        response = await self._organisations.handle(
            caller.tenant,
            caller.tenant,
            lambda state: invitations.resend(state, caller, id, secret, now),
            lambda state: api.ResendInvitationResponse(invitation=_message(state.invitations[id], email)),
        )
        if response.invitation.expires_at == timestamp(now + invitations.LIFETIME):  # not a repeated command's answer
            response.token = f"{caller.tenant}.{id}.{secret}"
            response.mailed = await self._send(caller.tenant, caller.subject, email, response.token)
        return response

    async def RevokeInvitation(
        self, request: api.RevokeInvitationRequest, context: Any
    ) -> api.RevokeInvitationResponse:
        caller, now = current_call().caller, self._clock()
        return await self._organisations.handle(
            caller.tenant,
            caller.tenant,
            lambda state: invitations.revoke(state, caller, request.invitation_id, now),
            lambda _: api.RevokeInvitationResponse(),
        )

    async def ListInvitations(self, request: api.ListInvitationsRequest, context: Any) -> api.ListInvitationsResponse:
        caller = current_call().caller
        state = (await self._organisations.load(caller.tenant, caller.tenant)).state
        memberships.require_admin(state, caller)
        emails = await self._addresses.all(caller.tenant)
        newest = sorted(state.invitations.values(), key=lambda each: (each.created_at, each.id), reverse=True)
        return api.ListInvitationsResponse(invitations=[_message(each, emails.get(each.id, "")) for each in newest])

    async def GetInvitation(self, request: api.GetInvitationRequest, context: Any) -> api.GetInvitationResponse:
        organisation_id, id, secret = invitations.split(request.token)
        state = (await self._organisations.load(organisation_id, organisation_id)).state
        found = invitations.bearer(state, id, secret)
        email = (await self._addresses.all(organisation_id)).get(id, "")
        inviter = (await self._users.load(SYSTEM_TENANT, found.invited_by)).state
        return api.GetInvitationResponse(
            invitation=_message(found, email),
            organisation_id=state.id,
            organisation_name=state.name,
            inviter=inviter.name,
        )

    async def AcceptInvitation(
        self, request: api.AcceptInvitationRequest, context: Any
    ) -> api.AcceptInvitationResponse:
        caller, now = signed_in(), self._clock()
        organisation_id, id, secret = invitations.split(request.token)
        user = (await self._users.load(SYSTEM_TENANT, caller.subject)).state
        memberships.require_room((await self._joined.load(SYSTEM_TENANT, caller.subject)).state)
        return await self._organisations.handle(
            organisation_id,
            organisation_id,
            lambda state: invitations.accept(state, user.id, user.email, id, secret, now),
            lambda state: api.AcceptInvitationResponse(organisation=organisation_message(state, user.id)),
            alongside=lambda state, events: memberships.told_to_members(state.id, events),
        )

    async def DeclineInvitation(
        self, request: api.DeclineInvitationRequest, context: Any
    ) -> api.DeclineInvitationResponse:
        organisation_id, id, secret = invitations.split(request.token)
        now = self._clock()
        return await self._organisations.handle(
            organisation_id,
            organisation_id,
            lambda state: invitations.decline(state, id, secret, now),
            lambda _: api.DeclineInvitationResponse(),
        )

    async def _account_of(self, email: str) -> str:
        """Whose account an address is; empty for nobody's."""
        return await self._users.addresses.holder(email)

    async def _send(self, organisation_id: str, inviter_id: str, email: str, token: str) -> bool:
        organisation = (await self._organisations.load(organisation_id, organisation_id)).state
        inviter = (await self._users.load(SYSTEM_TENANT, inviter_id)).state
        return await self._mail.send(email, inviter.name, organisation.name, token)


def _message(invitation: Invitation, email: str) -> api.Invitation:
    role: Any = invitation.role
    return api.Invitation(
        id=invitation.id,
        email=email,
        role=role,
        invited_by=invitation.invited_by,
        created_at=timestamp(invitation.created_at),
        expires_at=timestamp(invitation.expires_at),
    )
