"""Invitations over real gRPC: mailed, taken by the invited account alone, declined, revoked, sent again, expired."""

from datetime import timedelta

import grpc
import pytest

from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1.service_pb2_grpc import InvitationServiceStub
from tests.services.billing.conftest import MovableClock
from tests.services.conftest import Hosted
from tests.services.platform import Person, Platform
from tests.services.workspace.mailbox import mails, token_mailed
from tests.services.workspace.people import (
    ADMIN,
    MEMBER,
    OWNER,
    VIEWER,
    accept,
    invite,
    joined,
    members,
    organisation,
    organisations,
    remove,
    within,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def listed(person: Person) -> list[tuple[str, int]]:
    answer = await person.call(InvitationServiceStub, "ListInvitations", api.ListInvitationsRequest())
    return [(each.email, each.role) for each in answer.invitations]


async def resend(person: Person, id: str) -> api.ResendInvitationResponse:
    request = api.ResendInvitationRequest(invitation_id=id)
    answer: api.ResendInvitationResponse = await person.call(InvitationServiceStub, "ResendInvitation", request)
    return answer


async def shown(platform: Platform, token: str) -> api.GetInvitationResponse:
    request = api.GetInvitationRequest(token=token)
    answer: api.GetInvitationResponse = await platform.call(InvitationServiceStub, "GetInvitation", request)
    return answer


async def decline(platform: Platform, token: str) -> None:
    await platform.call(InvitationServiceStub, "DeclineInvitation", api.DeclineInvitationRequest(token=token))


async def kept_addresses(platform: Platform, tenant: str) -> list[str]:
    database = platform.database("workspace")
    await database.open()
    try:
        query = "SELECT email FROM invitation_addresses WHERE tenant = %s"
        return [str(row[0]) for row in await database.fetch(query, tenant)]
    finally:
        await database.close()


async def test_who_is_invited_by_mail_joins_with_that_role(shared: Platform, acme: Person) -> None:
    bob = await shared.person("bob")
    answer = await invite(acme, f" {bob.email.upper()} ", ADMIN)
    assert answer.mailed
    assert token_mailed(shared, bob.email) == answer.token
    [mail] = [each for each in mails(shared.folder) if each["To"] == bob.email]
    assert mail["Subject"] == "ada invites you to Acme on NeuralForge"
    assert await listed(acme) == [(bob.email, ADMIN)]
    open_ = await shown(shared, answer.token)
    assert (open_.organisation_name, open_.inviter, open_.invitation.email) == ("Acme", "ada", bob.email)
    accepted = await accept(bob, answer.token)
    assert (accepted.organisation.name, accepted.organisation.role) == ("Acme", ADMIN)
    assert await organisations(bob) == [("Personal", OWNER), ("Acme", ADMIN)]
    there = await within(bob, acme.tenant)
    assert await members(there) == [("ada", OWNER), ("bob", ADMIN)]
    assert await listed(there) == []


async def test_an_address_is_forgotten_when_its_invitation_ends(shared: Platform, acme: Person) -> None:
    bob = await shared.person("bob")
    answer = await invite(acme, bob.email)
    assert await kept_addresses(shared, acme.tenant) == [bob.email]
    with pytest.raises(grpc.aio.AioRpcError, match="is invited already"):
        await invite(acme, bob.email)
    assert await kept_addresses(shared, acme.tenant) == [bob.email]
    await accept(bob, answer.token)

    async def forgotten() -> bool:
        return await kept_addresses(shared, acme.tenant) == []

    await shared.eventually(forgotten)


async def test_only_the_account_of_the_address_accepts(shared: Platform, acme: Person) -> None:
    eve = await shared.person("eve")
    token = (await invite(acme, "bob@example.com")).token
    with pytest.raises(grpc.aio.AioRpcError, match="for another e-mail address") as error:
        await accept(eve, token)
    assert error.value.code().name == "PERMISSION_DENIED"
    assert await members(acme) == [("ada", OWNER)]


async def test_a_token_is_good_once_and_only_whole(shared: Platform, acme: Person) -> None:
    bob = await shared.person("bob")
    token = (await invite(acme, bob.email)).token
    for wrong in ("", "x", "a.b.c", token[:-1], token + "x", f"{bob.tenant}.{token.split('.', 1)[1]}"):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await accept(bob, wrong)
        assert error.value.code().name == "NOT_FOUND"
    await accept(bob, token)
    with pytest.raises(grpc.aio.AioRpcError, match="not open"):
        await accept(bob, token)


async def test_a_declined_or_revoked_invitation_is_over(shared: Platform, acme: Person) -> None:
    bob = await shared.person("bob")
    declined = (await invite(acme, bob.email)).token
    await decline(shared, declined)
    revoked = await invite(acme, bob.email)
    request = api.RevokeInvitationRequest(invitation_id=revoked.invitation.id)
    for _ in range(2):
        await acme.call(InvitationServiceStub, "RevokeInvitation", request)
    for token in (declined, revoked.token):
        with pytest.raises(grpc.aio.AioRpcError, match="not open"):
            await accept(bob, token)
    assert await listed(acme) == []


async def test_an_invitation_expires_and_is_sent_again(hosted: Hosted) -> None:
    clock = MovableClock()
    async with hosted("workspace", clock=clock) as workspace:
        ada, bob = await workspace.person("ada"), await workspace.person("bob")
        acme = await within(ada, await organisation(ada))
        first = await invite(acme, bob.email)
        with pytest.raises(grpc.aio.AioRpcError, match="less than a minute ago"):
            await resend(acme, first.invitation.id)
        clock.ahead = timedelta(days=7, minutes=1)
        with pytest.raises(grpc.aio.AioRpcError, match="has expired"):
            await accept(bob, first.token)
        again = await resend(acme, first.invitation.id)
        assert again.mailed
        assert token_mailed(workspace, bob.email) == again.token != first.token
        with pytest.raises(grpc.aio.AioRpcError, match="not open"):
            await accept(bob, first.token)
        await accept(bob, again.token)


async def test_an_expired_invitation_makes_room_for_another(hosted: Hosted) -> None:
    clock = MovableClock()
    async with hosted("workspace", clock=clock) as workspace:
        ada = await workspace.person("ada")
        await invite(ada, "bob@example.com", VIEWER)
        clock.ahead = timedelta(days=8)
        await invite(ada, "bob@example.com", MEMBER)
        assert await listed(ada) == [("bob@example.com", MEMBER)]


async def test_rejected_invitations_say_why(shared: Platform, acme: Person) -> None:
    bob = await joined(acme, await shared.person("bob"), ADMIN)
    sue = await joined(acme, await shared.person("sue"), MEMBER)
    for person, email, role, code, says in (
        (acme, bob.email, MEMBER, "ALREADY_EXISTS", "a member already"),
        (bob, "x@example.com", OWNER, "PERMISSION_DENIED", "only owners invite owners"),
        (sue, "x@example.com", VIEWER, "PERMISSION_DENIED", "for admin"),
        (acme, "no address", VIEWER, "INVALID_ARGUMENT", "must look like"),
        (acme, "x@example.com", 0, "INVALID_ARGUMENT", "viewer, member, admin or owner"),
    ):
        with pytest.raises(grpc.aio.AioRpcError, match=says) as error:
            await invite(person, email, role)
        assert error.value.code().name == code
    assert await listed(acme) == []


async def test_a_repeated_command_invites_once_and_tells_no_token_twice(shared: Platform, acme: Person) -> None:
    email = "who@example.net"
    first, again = await invite(acme, email, key="k"), await invite(acme, email, key="k")
    assert again.invitation == first.invitation
    assert (again.token, again.mailed) == ("", False)
    assert len([mail for mail in mails(shared.folder) if mail["To"] == email]) == 1
    database = shared.database("workspace")
    await database.open()
    kept = await database.fetch("SELECT response FROM commands")
    events = await database.fetch("SELECT data FROM events")
    await database.close()
    secret = first.token.rsplit(".", 1)[1].encode()
    assert kept
    assert not any(secret in bytes(row[0]) for row in (*kept, *events))
    assert not any(email.encode() in bytes(row[0]) for row in events)


async def test_whom_a_removed_admin_invited_is_invited_no_more(shared: Platform, acme: Person) -> None:
    bob = await joined(acme, await shared.person("bob"), ADMIN)
    eve = await shared.person("eve")
    token = (await invite(bob, eve.email)).token
    await remove(acme, bob.id)
    with pytest.raises(grpc.aio.AioRpcError, match="not open"):
        await accept(eve, token)
