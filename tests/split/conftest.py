"""One platform in many processes for all tests of this room: it takes long to start, and tests leave it running."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.split.running import RunningSplit, SplitPlatform

REPLICAS = "workspace=2,graph=2,training=2"


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSplit]:
    found = RunningSplit(tmp_path_factory.mktemp("split"), REPLICAS)
    yield found
    found.stop()


@pytest.fixture
async def platform(running: RunningSplit) -> AsyncIterator[SplitPlatform]:
    platform = SplitPlatform(running)
    await platform.start()
    yield platform
    await platform.stop()
