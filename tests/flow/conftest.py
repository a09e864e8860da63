"""The whole platform with real jobs, in one process and split into many; and people on it.

`make test` drives the main job through both. NF_FLOW_SPLIT=1 sends every other flow through the split one as well.
"""

import os
from collections.abc import AsyncIterator

import pytest

from kernel.settings import CONTEXTS
from tests.conftest import RunningServers
from tests.services.conftest import Hosted, hosted
from tests.services.platform import Platform
from tests.services.training.lab import Lab, lab_of
from tests.split.conftest import running
from tests.split.running import RunningSplit, SplitPlatform

__all__ = ["hosted", "running"]
ONE, SPLIT = "one process", "split"
ALWAYS_SPLIT = "test_main_job"
NEVER_SPLIT = "outlives_more_restarts"  # where processes come and go singly, a run loses no attempt: tests/split


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "form" not in metafunc.fixturenames:
        return
    wanted = ALWAYS_SPLIT in metafunc.module.__name__ or os.environ.get("NF_FLOW_SPLIT")
    both = wanted and NEVER_SPLIT not in metafunc.function.__name__
    metafunc.parametrize("form", [ONE, SPLIT] if both else [ONE], indirect=True)


@pytest.fixture
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def whole(form: str, request: pytest.FixtureRequest) -> AsyncIterator[Platform]:
    """All six services; jobs are processes of their own."""
    if form == ONE:
        hosted: Hosted = request.getfixturevalue("hosted")
        async with hosted(*CONTEXTS) as platform:
            yield platform
        return
    split = SplitPlatform(request.getfixturevalue("running"))
    await split.start()
    yield split
    await split.wake()
    await split.stop()


@pytest.fixture
def parts(form: str, request: pytest.FixtureRequest) -> RunningServers | RunningSplit:
    """The servers that `whole` stands on: `await parts.kill("nats")`, `await parts.restart("nats")`."""
    found: RunningServers | RunningSplit = request.getfixturevalue("servers" if form == ONE else "running")
    return found


@pytest.fixture
async def lab(whole: Platform) -> Lab:
    """Ada's project with a small network and the digits, ingested by a real job."""
    return await lab_of(whole)
