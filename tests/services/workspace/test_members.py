"""Members over real gRPC: seen, changed, removed, gone; what a removed one still can do is nothing."""

import asyncio

import grpc
import pytest

from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1.service_pb2_grpc import AccountServiceStub, OrganisationServiceStub
from tests.services.platform import Person, Platform
from tests.services.workspace.people import (
    ADMIN,
    MEMBER,
    OWNER,
    VIEWER,
    change_role,
    joined,
    leave,
    members,
    organisations,
    remove,
    within,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_addresses_of_members_are_shown_to_admins_only(shared: Platform, acme: Person) -> None:
    bob = await joined(acme, await shared.person("bob"))

    async def emails(person: Person) -> list[str]:
        answer = await person.call(OrganisationServiceStub, "ListMembers", api.ListMembersRequest())
        return [each.email for each in answer.members]

    assert await emails(acme) == [acme.email, bob.email]
    assert await emails(bob) == ["", ""]


async def test_a_changed_role_comes_with_the_next_grant(shared: Platform, acme: Person) -> None:
    bob = await joined(acme, await shared.person("bob"), VIEWER)
    assert (await change_role(acme, bob.id, ADMIN)).member.role == ADMIN
    with pytest.raises(grpc.aio.AioRpcError, match="is for admin"):
        await change_role(bob, acme.id, VIEWER)
    bob = await within(bob, acme.tenant)
    with pytest.raises(grpc.aio.AioRpcError, match="only owners"):
        await change_role(bob, acme.id, VIEWER)
    await change_role(acme, bob.id, OWNER)
    bob = await within(bob, acme.tenant)
    await change_role(bob, acme.id, VIEWER)
    assert await members(bob) == [("ada", VIEWER), ("bob", OWNER)]


async def test_a_removed_member_gets_no_grant_there_any_more(shared: Platform, acme: Person) -> None:
    bob = await joined(acme, await shared.person("bob"))
    await remove(acme, bob.id)
    with pytest.raises(grpc.aio.AioRpcError, match="not a member") as error:
        await within(bob, acme.tenant)
    assert error.value.code().name == "PERMISSION_DENIED"
    with pytest.raises(grpc.aio.AioRpcError, match="not a member"):
        await members(bob)  # with the grant that has not run out yet
    home = await within(bob, "")
    assert await organisations(home) == [("Personal", OWNER)]
    named = await acme.call(AccountServiceStub, "BatchGetUsers", api.BatchGetUsersRequest(ids=[bob.id]))
    assert [person.name for person in named.people] == ["bob"]  # their work stays theirs


async def test_who_was_removed_may_be_invited_again(shared: Platform, acme: Person) -> None:
    bob = await joined(acme, await shared.person("bob"))
    await remove(acme, bob.id)
    again = await joined(acme, await within(bob, ""), VIEWER)
    assert await members(again) == [("ada", OWNER), ("bob", VIEWER)]
    assert await organisations(again) == [("Acme", VIEWER), ("Personal", OWNER)]


async def test_of_two_owners_who_leave_at_once_one_stays(shared: Platform, acme: Person) -> None:
    bob = await joined(acme, await shared.person("bob"), OWNER)
    answers = await asyncio.gather(leave(acme), leave(bob), return_exceptions=True)
    [refused] = [answer for answer in answers if answer is not None]
    assert isinstance(refused, grpc.aio.AioRpcError)
    assert "would have no owner" in str(refused.details())
    stayed = acme if answers[0] is refused else bob
    [(_, role)] = await members(stayed)
    assert role == OWNER


async def test_of_owners_who_remove_each_other_one_stays(shared: Platform, acme: Person) -> None:
    bob = await joined(acme, await shared.person("bob"), OWNER)
    answers = await asyncio.gather(
        remove(acme, bob.id), remove(bob, acme.id), change_role(acme, acme.id, MEMBER), return_exceptions=True
    )
    assert any(isinstance(answer, grpc.aio.AioRpcError) for answer in answers)
    left = [person for person in (acme, bob) if await owns(person)]
    assert left


async def owns(person: Person) -> bool:
    account = await organisations(person)
    return ("Acme", OWNER) in account


async def test_nobody_leaves_their_personal_organisation(shared: Platform) -> None:
    ada = await shared.person("ada")
    with pytest.raises(grpc.aio.AioRpcError, match="keeps its person") as error:
        await leave(ada)
    assert error.value.code().name == "FAILED_PRECONDITION"
    bob = await joined(ada, await shared.person("bob"), OWNER)
    with pytest.raises(grpc.aio.AioRpcError, match="keeps its person"):
        await remove(bob, ada.id)
    await leave(bob)
    assert await members(ada) == [("ada", OWNER)]
