"""One world for all tests of a module, which leave it as they found it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.conftest import RunningServers
from tests.services.launchers import IdleLauncher
from tests.services.platform import platform
from tests.walls.world import CONTEXTS, World, world_of


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(servers: RunningServers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("walls")
    async with platform(servers.addresses, folder, *CONTEXTS, launcher=IdleLauncher()) as running:
        yield await world_of(running)
