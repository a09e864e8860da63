"""No RPC shows anybody what they may not see, or changes what they may not change."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from neuralforge.workspace.v1 import service_pb2 as workspace
from tests.conftest import RunningServers
from tests.services.launchers import IdleLauncher
from tests.services.platform import platform
from tests.walls.matrix import IN, Sees, cells, findings, paths
from tests.walls.rpcs import RPCS
from tests.walls.world import CONTEXTS, Principal, World, world_of

PRIVATE, ORGANISATION = workspace.VISIBILITY_PRIVATE, workspace.VISIBILITY_ORGANISATION
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(servers: RunningServers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("walls")
    async with platform(servers.addresses, folder, *CONTEXTS, launcher=IdleLauncher()) as running:
        yield await world_of(running)


def in_private(principal: Principal) -> bool:
    return principal.sees


def in_organisation(principal: Principal) -> bool:
    return principal.sees or principal.member


async def test_every_rpc_is_classified() -> None:
    assert paths().keys() - RPCS.keys() == set(), "add the new RPC to tests/walls/rpcs.py"


async def wrongs(world: World, sees: Sees) -> list[str]:
    """The whole matrix, refusals first: none of them may write an event of the organisation."""
    asked = cells(world, sees)
    before = await world.heads()
    found = await findings(world, [cell for cell in asked if cell.wanted != IN], sees)
    if (after := await world.heads()) != before:
        found.append(f"what was refused changed something: {before} became {after}")
    return found + await findings(world, [cell for cell in asked if cell.wanted == IN], sees)


async def test_a_private_project_exists_for_its_creator_and_admins(world: World) -> None:
    assert await wrongs(world, in_private) == []


async def test_what_the_organisation_may_see_the_rest_may_not(world: World) -> None:
    await world.show(ORGANISATION)
    try:
        assert await wrongs(world, in_organisation) == []
    finally:
        await world.show(PRIVATE)
