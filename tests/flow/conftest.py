"""The whole platform in one process, with real jobs; and people on it."""

from collections.abc import AsyncIterator

import pytest

from kernel.settings import CONTEXTS
from tests.services.conftest import Hosted, hosted
from tests.services.platform import Platform
from tests.services.training.lab import Lab, lab_of

__all__ = ["hosted"]


@pytest.fixture
async def whole(hosted: Hosted) -> AsyncIterator[Platform]:
    """All six services; jobs are processes of their own."""
    async with hosted(*CONTEXTS) as platform:
        yield platform


@pytest.fixture
async def lab(whole: Platform) -> Lab:
    """Ada's project with a small network and the digits, ingested by a real job."""
    return await lab_of(whole)
