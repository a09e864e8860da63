"""One platform for all chaos tests of a test process: it takes seconds to start, and has to outlive each of them."""

import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.chaos.machine import Machine, machine

SIZE = "1g"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def platform(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Machine]:
    async with machine(tmp_path_factory.mktemp("chaos"), seed=1) as running:
        yield running


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system of its own, which may be filled without harm to anybody."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "chaos", str(tmp_path)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a disk that may be filled takes a file system of its own, which only root may mount")
    yield tmp_path
    subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


@pytest_asyncio.fixture(loop_scope="session")
async def cramped(small_disk: Path) -> AsyncIterator[Machine]:
    """A platform of its own on a disk of SIZE."""
    async with machine(small_disk, seed=1) as running:
        yield running
