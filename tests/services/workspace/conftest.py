"""`shared`: one platform for a module whose tests mark `pytest.mark.asyncio(loop_scope="module")`: people are many."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.conftest import RunningServers
from tests.services.platform import Person, Platform, platform
from tests.services.workspace.people import organisation, within


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(servers: RunningServers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    async with platform(servers.addresses, tmp_path_factory.mktemp("workspace")) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def acme(shared: Platform) -> Person:
    """Ada in an organisation that she has just made."""
    ada = await shared.person("ada")
    return await within(ada, await organisation(ada))


@pytest_asyncio.fixture(loop_scope="module")
async def newcomer(shared: Platform) -> Person:
    """Ada in her personal organisation."""
    return await shared.person("ada")
