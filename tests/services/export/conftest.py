"""A lab with a run to export; jobs are played by the test, or only the export jobs are real."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.services.conftest import Hosted
from tests.services.export.exporting import CONTEXTS, ExportLauncher
from tests.services.launchers import IdleLauncher
from tests.services.training.lab import Lab, lab_of


@pytest.fixture
async def lab(hosted: Hosted) -> AsyncIterator[Lab]:
    """Every job is played by the test."""
    async with hosted(*CONTEXTS, launcher=IdleLauncher()) as platform:
        yield await lab_of(platform)


@pytest.fixture
async def factory(hosted: Hosted, tmp_path: Path) -> AsyncIterator[Lab]:
    """Export jobs are processes of their own; the others are played by the test."""
    launcher = ExportLauncher(tmp_path)
    async with hosted(*CONTEXTS, launcher=launcher) as platform:
        yield await lab_of(platform)
        await launcher.close()
