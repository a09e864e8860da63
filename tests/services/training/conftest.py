"""Everything a training run needs, on a platform whose jobs the test plays."""

from collections.abc import AsyncIterator

import pytest

from tests.services.conftest import Hosted
from tests.services.launchers import IdleLauncher
from tests.services.training.lab import Lab, lab_of

CONTEXTS = ("graph", "dataset", "billing", "training")


@pytest.fixture
async def lab(hosted: Hosted) -> AsyncIterator[Lab]:
    """Ada's project with a network and the digits; jobs are launched on an IdleLauncher and played by the test."""
    async with hosted(*CONTEXTS, launcher=IdleLauncher()) as platform:
        yield await lab_of(platform)
