"""Invitations to the organisation of the grant, and one's answer to an invitation."""

from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry

from gateway.context import Info
from gateway.errors import Refusal
from gateway.schema.account import Organisation, Role, organisation
from gateway.schema.ended import Ended
from kernel.clock import moment
from neuralforge.workspace.v1 import service_pb2 as api


@strawberry.type
class Invitation:
    id: strawberry.ID
    email: str
    role: Role
    invited_by: strawberry.ID
    created_at: datetime
    expires_at: datetime


@strawberry.type(description="An invitation with its token, which is told here and in the mail, and nowhere else.")
class SentInvitation:
    invitation: Invitation
    token: str | None = strawberry.field(description="Null in the answer to a repeated command.")
    mailed: bool = strawberry.field(description="Where false, hand the token over by other means, or send it again.")


@strawberry.type(description="What the bearer of a token is invited to.")
class InvitationOffer:
    invitation: Invitation
    organisation_name: str
    inviter: str = strawberry.field(description="The name of who invites.")


CreateInvitationResult: TypeAlias = Annotated[SentInvitation | Refusal, strawberry.union("CreateInvitationResult")]
ResendInvitationResult: TypeAlias = Annotated[SentInvitation | Refusal, strawberry.union("ResendInvitationResult")]
RevokeInvitationResult: TypeAlias = Annotated[Ended | Refusal, strawberry.union("RevokeInvitationResult")]
AcceptInvitationResult: TypeAlias = Annotated[Organisation | Refusal, strawberry.union("AcceptInvitationResult")]
DeclineInvitationResult: TypeAlias = Annotated[Ended | Refusal, strawberry.union("DeclineInvitationResult")]


def invitation(message: api.Invitation) -> Invitation:
    return Invitation(
        id=strawberry.ID(message.id),
        email=message.email,
        role=Role(message.role),
        invited_by=strawberry.ID(message.invited_by),
        created_at=moment(message.created_at),
        expires_at=moment(message.expires_at),
    )


@strawberry.type
class InvitationQuery:
    @strawberry.field(description="The open ones, newest first, those that have expired among them; for admins.")
    async def invitations(self, info: Info) -> list[Invitation]:
        method = info.context.stubs.invitations.ListInvitations
        answer = await info.context.ask(method, api.ListInvitationsRequest())
        return [invitation(each) for each in answer.invitations]

    @strawberry.field(description="Needs no grant. Null, with an error, where the token is of no open invitation.")
    async def invitation(self, info: Info, token: str) -> InvitationOffer | None:
        request = api.GetInvitationRequest(token=token)
        answer = await info.context.ask(info.context.stubs.invitations.GetInvitation, request)
        return InvitationOffer(
            invitation=invitation(answer.invitation),
            organisation_name=answer.organisation_name,
            inviter=answer.inviter,
        )


@strawberry.type
class InvitationMutation:
    @strawberry.mutation
    async def create_invitation(
        self, info: Info, email: str, role: Role, key: str | None = None
    ) -> CreateInvitationResult:
        request = api.CreateInvitationRequest(email=email, role=role.value)
        answer = await info.context.command(info.context.stubs.invitations.CreateInvitation, request, key)
        return SentInvitation(
            invitation=invitation(answer.invitation), token=answer.token or None, mailed=answer.mailed
        )

    @strawberry.mutation(description="With another token and for seven more days.")
    async def resend_invitation(self, info: Info, id: strawberry.ID, key: str | None = None) -> ResendInvitationResult:
        request = api.ResendInvitationRequest(invitation_id=id)
        answer = await info.context.command(info.context.stubs.invitations.ResendInvitation, request, key)
        return SentInvitation(
            invitation=invitation(answer.invitation), token=answer.token or None, mailed=answer.mailed
        )

    @strawberry.mutation
    async def revoke_invitation(self, info: Info, id: strawberry.ID, key: str | None = None) -> RevokeInvitationResult:
        request = api.RevokeInvitationRequest(invitation_id=id)
        await info.context.command(info.context.stubs.invitations.RevokeInvitation, request, key)
        return Ended(id=id)

    @strawberry.mutation(description="For the account of the invited address. Answers the organisation joined.")
    async def accept_invitation(self, info: Info, token: str, key: str | None = None) -> AcceptInvitationResult:
        request = api.AcceptInvitationRequest(token=token)
        answer = await info.context.command(info.context.stubs.invitations.AcceptInvitation, request, key)
        return organisation(answer.organisation)

    @strawberry.mutation(description="Needs no grant: whoever has the token may.")
    async def decline_invitation(self, info: Info, token: str, key: str | None = None) -> DeclineInvitationResult:
        request = api.DeclineInvitationRequest(token=token)
        await info.context.command(info.context.stubs.invitations.DeclineInvitation, request, key)
        return Ended(id=strawberry.ID(token.split(".")[1]))
