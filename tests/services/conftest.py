"""`hosted`: start the services a test needs. `async with hosted("graph") as platform: ...`"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import RunningServers
from tests.services.platform import Person, Platform, platform

Hosted = Callable[..., AbstractAsyncContextManager[Platform]]


@pytest.fixture
def hosted(servers: RunningServers, tmp_path: Path) -> Hosted:
    def start(*contexts: str, **options: Any) -> AbstractAsyncContextManager[Platform]:
        return platform(servers.addresses, tmp_path, *contexts, **options)

    return start


@pytest.fixture
async def workspace(hosted: Hosted) -> AsyncIterator[Platform]:
    async with hosted("workspace") as running:
        yield running


@pytest.fixture
async def ada(workspace: Platform) -> Person:
    return await workspace.person("ada")
