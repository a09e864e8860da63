"""Organisations over real gRPC: made, renamed, listed, switched to."""

import grpc
import pytest

from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1.service_pb2_grpc import AccountServiceStub, OrganisationServiceStub, ProjectServiceStub
from tests.services.platform import Person, Platform
from tests.services.workspace.people import OWNER, organisation, organisations, within


async def test_who_creates_an_organisation_owns_it_and_works_there(workspace: Platform, ada: Person) -> None:
    id = await organisation(ada, " Acme   Labs ")
    assert await organisations(ada) == [("ada", OWNER), ("Acme Labs", OWNER)]
    there = await within(ada, id)
    assert there.tenant == id
    project = await there.project()
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await ada.call(ProjectServiceStub, "GetProject", api.GetProjectRequest(project_id=project))
    assert error.value.code().name == "NOT_FOUND"
    assert await organisations(there) == [("Acme Labs", OWNER), ("ada", OWNER)]


async def test_an_organisation_is_renamed(workspace: Platform, ada: Person) -> None:
    there = await within(ada, await organisation(ada))
    renamed = await there.call(
        OrganisationServiceStub, "RenameOrganisation", api.RenameOrganisationRequest(name="Acme 2")
    )
    assert (renamed.organisation.name, renamed.organisation.role) == ("Acme 2", OWNER)
    assert await organisations(there) == [("Acme 2", OWNER), ("ada", OWNER)]
    with pytest.raises(grpc.aio.AioRpcError, match="an organisation's name has 1 to 100"):
        await there.call(OrganisationServiceStub, "RenameOrganisation", api.RenameOrganisationRequest(name=" "))


async def test_a_repeated_creation_makes_one_organisation(workspace: Platform, ada: Person) -> None:
    request = api.CreateOrganisationRequest(name="Acme")
    first = await ada.call(OrganisationServiceStub, "CreateOrganisation", request, key="k")
    assert await ada.call(OrganisationServiceStub, "CreateOrganisation", request, key="k") == first
    assert len(await organisations(ada)) == 2


async def test_no_grant_for_an_organisation_of_others_and_the_session_lives_on(
    workspace: Platform, ada: Person
) -> None:
    eve = await workspace.person("eve")
    for id in (ada.tenant, await organisation(ada), "nothing"):
        with pytest.raises(grpc.aio.AioRpcError, match="not a member of that organisation") as error:
            await within(eve, id)
        assert error.value.code().name == "PERMISSION_DENIED"
    assert (await within(eve, "")).tenant == eve.tenant
    refreshed = await workspace.call(AccountServiceStub, "Refresh", api.RefreshRequest(refresh_token=eve.refresh_token))
    assert refreshed.organisation.personal
    assert refreshed.organisation.id == eve.tenant
