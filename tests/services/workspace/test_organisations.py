"""Organisations over real gRPC: made, renamed, listed, switched to."""

import grpc
import pytest

from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1.service_pb2_grpc import AccountServiceStub, OrganisationServiceStub, ProjectServiceStub
from tests.services.platform import Person, Platform
from tests.services.workspace.people import OWNER, organisation, organisations, within

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_who_creates_an_organisation_owns_it_and_works_there(shared: Platform, newcomer: Person) -> None:
    id = await organisation(newcomer, " Acme   Labs ")
    assert await organisations(newcomer) == [("Personal", OWNER), ("Acme Labs", OWNER)]
    there = await within(newcomer, id)
    assert there.tenant == id
    project = await there.project()
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await newcomer.call(ProjectServiceStub, "GetProject", api.GetProjectRequest(project_id=project))
    assert error.value.code().name == "NOT_FOUND"
    assert await organisations(there) == [("Acme Labs", OWNER), ("Personal", OWNER)]


async def test_an_organisation_is_renamed(shared: Platform, newcomer: Person) -> None:
    there = await within(newcomer, await organisation(newcomer))
    renamed = await there.call(
        OrganisationServiceStub, "RenameOrganisation", api.RenameOrganisationRequest(name="Acme 2")
    )
    assert (renamed.organisation.name, renamed.organisation.role) == ("Acme 2", OWNER)
    assert await organisations(there) == [("Acme 2", OWNER), ("Personal", OWNER)]
    with pytest.raises(grpc.aio.AioRpcError, match="an organisation's name has 1 to 100"):
        await there.call(OrganisationServiceStub, "RenameOrganisation", api.RenameOrganisationRequest(name=" "))


async def test_a_repeated_creation_makes_one_organisation(shared: Platform, newcomer: Person) -> None:
    request = api.CreateOrganisationRequest(name="Acme")
    first = await newcomer.call(OrganisationServiceStub, "CreateOrganisation", request, key="k")
    assert await newcomer.call(OrganisationServiceStub, "CreateOrganisation", request, key="k") == first
    assert len(await organisations(newcomer)) == 2


async def test_no_grant_for_an_organisation_of_others_and_the_session_lives_on(
    shared: Platform, newcomer: Person
) -> None:
    eve = await shared.person("eve")
    for id in (newcomer.tenant, await organisation(newcomer), "nothing"):
        with pytest.raises(grpc.aio.AioRpcError, match="not a member of that organisation") as error:
            await within(eve, id)
        assert error.value.code().name == "PERMISSION_DENIED"
    assert (await within(eve, "")).tenant == eve.tenant
    refreshed = await shared.call(AccountServiceStub, "Refresh", api.RefreshRequest(refresh_token=eve.refresh_token))
    assert refreshed.organisation.personal
    assert refreshed.organisation.id == eve.tenant
