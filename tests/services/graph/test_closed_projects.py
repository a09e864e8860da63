"""Who may touch an architecture follows its project, also where an earlier release did not note who created that."""

import grpc
import pytest

from neuralforge.access.v1.access_pb2 import Role
from neuralforge.graph.v1 import service_pb2 as api
from neuralforge.graph.v1.service_pb2_grpc import ArchitectureServiceStub
from tests.services.graph.conftest import Studio
from tests.services.platform import Person
from tests.services.workspace.test_visibility import ORGANISATION, PRIVATE, colleague, show


async def finds(person: Person, architecture_id: str) -> bool:
    request = api.GetArchitectureRequest(architecture_id=architecture_id)
    try:
        await person.call(ArchitectureServiceStub, "GetArchitecture", request)
    except grpc.aio.AioRpcError as error:
        if error.code() is not grpc.StatusCode.NOT_FOUND:
            raise
        return False
    return True


async def test_a_change_of_visibility_reaches_the_service(studio: Studio) -> None:
    created = (await studio.create()).architecture
    member = colleague(studio.person, "member", Role.ROLE_MEMBER)
    assert not await finds(member, created.id)
    for visibility, wanted in ((ORGANISATION, True), (PRIVATE, False)):
        await show(studio.person, studio.project_id, visibility)

        async def followed(wanted: bool = wanted) -> bool:
            return await finds(member, created.id) == wanted

        await studio.platform.eventually(followed)


async def test_what_is_closed_is_refused_in_the_words_of_what_does_not_exist(studio: Studio) -> None:
    created = (await studio.create()).architecture
    member = colleague(studio.person, "member", Role.ROLE_MEMBER)
    said = []
    for id in (created.id, "nothing"):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await member.call(
                ArchitectureServiceStub, "GetArchitecture", api.GetArchitectureRequest(architecture_id=id)
            )
        said.append((error.value.code(), error.value.details()))
    assert said[0] == said[1]


async def test_who_created_a_project_is_asked_for_once_where_it_was_not_noted(studio: Studio) -> None:
    created = (await studio.create()).architecture
    database = studio.platform.database("graph")
    await database.pool.open()
    row = "SELECT created_by FROM known_projects WHERE project_id = %s"

    async def noted() -> bool:  # so that the event does not come in between
        return await database.fetch("SELECT 1 FROM checkpoints WHERE name = 'graph-from-workspace'") != []

    await studio.platform.eventually(noted)
    assert await database.execute("UPDATE known_projects SET created_by = ''") == 1
    creator = colleague(studio.person, studio.person.id, Role.ROLE_VIEWER)
    assert not await finds(colleague(studio.person, "member", Role.ROLE_MEMBER), created.id)
    assert await database.fetch(row, studio.project_id) == [("",)]
    assert await finds(creator, created.id)
    assert await database.fetch(row, studio.project_id) == [(studio.person.id,)]
    await database.pool.close()
