"""Who sees a project: its creator and admins, the organisation, everybody; and who may change that."""

import time
from collections.abc import Sequence
from dataclasses import replace

import grpc
import pytest

from kernel.grants import Grant
from kernel.keys import GRANT_KEY, KeyRing
from neuralforge.access.v1.access_pb2 import Role
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1.service_pb2_grpc import ProjectServiceStub
from services.workspace.signing import GrantSigner
from tests.services.platform import Person, Platform

PRIVATE, ORGANISATION, PUBLIC = api.VISIBILITY_PRIVATE, api.VISIBILITY_ORGANISATION, api.VISIBILITY_PUBLIC


def colleague(of: Person, subject: str, role: int, project: str = "") -> Person:
    """Somebody else with a grant for the organisation of `of`."""
    signer = GrantSigner(KeyRing(of.platform.folder / "keys").private(GRANT_KEY))
    token, _ = signer.sign(Grant(subject, of.tenant, role, time.time() + 300, project=project))
    return replace(of, id=subject, token=token)


async def show(
    person: Person, project_id: str, visibility: api.Visibility.ValueType
) -> api.SetProjectVisibilityResponse:
    request = api.SetProjectVisibilityRequest(project_id=project_id, visibility=visibility)
    answer: api.SetProjectVisibilityResponse = await person.call(ProjectServiceStub, "SetProjectVisibility", request)
    return answer


async def listed(person: Person, after: int) -> Sequence[str]:
    answer = await person.call(
        ProjectServiceStub, "ListProjects", api.ListProjectsRequest(order_by="name"), after=after
    )
    return [project.name for project in answer.projects]


async def finds(person: Person, project_id: str) -> bool:
    try:
        await person.call(ProjectServiceStub, "GetProject", api.GetProjectRequest(project_id=project_id))
    except grpc.aio.AioRpcError as error:
        if error.code() is not grpc.StatusCode.NOT_FOUND:
            raise
        return False
    return True


async def test_a_private_project_exists_for_its_creator_and_admins_only(workspace: Platform, ada: Person) -> None:
    project_id = await ada.project("secret")
    shared = await ada.project("shared")
    position = (await show(ada, shared, ORGANISATION)).position
    for role, sees in (
        (Role.ROLE_VIEWER, False),
        (Role.ROLE_MEMBER, False),
        (Role.ROLE_ADMIN, True),
        (Role.ROLE_OWNER, True),
    ):
        bob = colleague(ada, "bob", role)
        assert await finds(bob, project_id) == sees
        assert await finds(bob, shared)
        assert await listed(bob, position) == (["secret", "shared"] if sees else ["shared"])
    creator = colleague(ada, ada.id, Role.ROLE_VIEWER)
    assert await listed(creator, position) == ["secret", "shared"]


async def test_a_grant_bound_to_a_project_reaches_that_one_alone(workspace: Platform, ada: Person) -> None:
    one, other = await ada.project("one"), await ada.project("other")
    position = (await show(ada, other, PUBLIC)).position
    guest = colleague(ada, "share:x", Role.ROLE_VIEWER, one)
    assert await listed(guest, position) == ["one"]
    assert await finds(guest, one)
    assert not await finds(guest, other)


async def test_visibility_is_changed_by_creator_and_admins_only(workspace: Platform, ada: Person) -> None:
    project_id = await ada.project()
    assert (await show(ada, project_id, PUBLIC)).project.visibility == PUBLIC
    bob = colleague(ada, "bob", Role.ROLE_MEMBER)
    with pytest.raises(grpc.aio.AioRpcError, match="ask one of them") as denied:
        await show(bob, project_id, PRIVATE)
    assert denied.value.code().name == "PERMISSION_DENIED"
    assert (await show(colleague(ada, "bob", Role.ROLE_ADMIN), project_id, PRIVATE)).project.visibility == PRIVATE
    with pytest.raises(grpc.aio.AioRpcError) as hidden:
        await show(bob, project_id, PUBLIC)
    assert hidden.value.code().name == "NOT_FOUND"


async def test_rejected_visibility_that_is_none(workspace: Platform, ada: Person) -> None:
    with pytest.raises(grpc.aio.AioRpcError, match="private, organisation or public") as error:
        await show(ada, await ada.project(), api.VISIBILITY_UNSPECIFIED)
    assert error.value.code().name == "INVALID_ARGUMENT"


async def test_the_visibility_it_has_already_changes_nothing(workspace: Platform, ada: Person) -> None:
    project_id = await ada.project()
    first = await show(ada, project_id, ORGANISATION)
    assert await show(ada, project_id, ORGANISATION) == first
