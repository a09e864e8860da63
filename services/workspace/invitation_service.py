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
from services.workspace.invitation_post import InvitationPost
from services.workspace.letters import Letter
from services.workspace.organisations import Invitation, Organisation
from services.workspace.session_service import signed_in
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
        post: InvitationPost,
        clock: Clock,
    ) -> None:
        self._organisations = organisations
        self._users = users
        self._joined = joined
        self._addresses = addresses
        self._post = post
        self._clock = clock

    async def CreateInvitation(
        self, request: api.CreateInvitationRequest, context: Any
    ) -> api.CreateInvitationResponse:
        caller, now, email = current_call().caller, self._clock(), accounts.clean_email(request.email)
        id, user_id = new_id(), await self._account_of(email)
        letter = Letter(caller.tenant, id, now + invitations.LIFETIME)
        secret, address = self._post.secret(letter), invitations.address_hash(caller.tenant, email)
        await self._addresses.keep(caller.tenant, id, email)
        await self._post.letters.expect(letter)
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
            await self._forget(letter)
            raise
        if response.invitation.id != id:  # a repeated command's answer
            await self._forget(letter)
            return response
        response.token = self._post.token(letter)
        response.mailed = await self._send(letter, caller.subject, email)
        return response

    async def ResendInvitation(
        self, request: api.ResendInvitationRequest, context: Any
    ) -> api.ResendInvitationResponse:
        caller, now, id = current_call().caller, self._clock(), request.invitation_id
        letter = Letter(caller.tenant, id, now + invitations.LIFETIME)
        email, secret = (await self._addresses.all(caller.tenant)).get(id, ""), self._post.secret(letter)
        if email:
            await self._post.letters.expect(letter)
        try:
            response = await self._organisations.handle(
                caller.tenant,
                caller.tenant,
                lambda state: invitations.resend(state, caller, id, secret, now),
                lambda state: api.ResendInvitationResponse(invitation=_message(state.invitations[id], email)),
            )
        except Unavailable:  # it may have come about
            raise
        except DomainError:
            await self._post.letters.strike(letter)
            raise
        if response.invitation.expires_at == timestamp(letter.expires_at):  # not a repeated command's answer
            response.token = self._post.token(letter)
            response.mailed = await self._send(letter, caller.subject, email)
        else:
            await self._post.letters.strike(letter)
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

    async def _send(self, letter: Letter, inviter_id: str, email: str) -> bool:
        """Whether the mail was taken; where it was not, whoever invites is told, and it is not tried again."""
        mailed = await self._post.hand_over(letter, inviter_id, email)
        await self._post.letters.strike(letter)
        return mailed

    async def _forget(self, letter: Letter) -> None:
        """Of an invitation that did not come about."""
        await self._addresses.forget(letter.organisation_id, letter.invitation_id)
        await self._post.letters.strike(letter)


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
