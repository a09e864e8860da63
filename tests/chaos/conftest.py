"""One platform for all chaos tests of a test process: it takes seconds to start, and has to outlive each of them."""

import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.chaos.machine import Machine, machine

SIZE = "1g"


@pytest.fixture(scope="session")
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder on a file system of its own, where this user may mount one; an ordinary folder elsewhere."""
    folder = tmp_path_factory.mktemp("chaos")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "chaos", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    yield folder
    if mounted:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def platform(small_disk: Path) -> AsyncIterator[Machine]:
    async with machine(small_disk, seed=1) as running:
        yield running
