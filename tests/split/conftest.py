"""The shared platform in many processes (see tests/conftest.py), and people on it."""

from collections.abc import AsyncIterator

import pytest

from tests.split.running import RunningSplit, SplitPlatform


@pytest.fixture
async def platform(running: RunningSplit) -> AsyncIterator[SplitPlatform]:
    platform = SplitPlatform(running)
    await platform.start()
    yield platform
    await platform.stop()
