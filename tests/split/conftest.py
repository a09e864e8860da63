"""A platform in many processes, and people on it."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.split.running import RunningSplit, SplitPlatform, running_split


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSplit]:
    """It takes long to start and something to keep: tests of this folder leave it running, others do without."""
    with running_split(tmp_path_factory.mktemp("split")) as found:
        yield found


@pytest.fixture
async def platform(running: RunningSplit) -> AsyncIterator[SplitPlatform]:
    platform = SplitPlatform(running)
    await platform.start()
    yield platform
    await platform.stop()
