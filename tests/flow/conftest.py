"""The whole platform with real jobs, in one process and split into many; and people on it.

Whatever takes `form`, itself or by a fixture, runs once in each. What runs in one form only says why.
"""

from collections.abc import AsyncIterator, Iterator, Sequence

import pytest

from kernel.settings import CONTEXTS
from tests.conftest import RunningServers
from tests.services.conftest import Hosted, hosted
from tests.services.platform import Platform
from tests.services.training.lab import Lab, lab_of
from tests.split.running import RunningSplit, SplitPlatform, running_split

__all__ = ["hosted"]
ONE, SPLIT = "one process", "split"


@pytest.fixture(params=[ONE, SPLIT])
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def arguments(form: str) -> Sequence[str]:
    """What a command is told to have the platform in that form."""
    return ["--split"] if form == SPLIT else []


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSplit]:
    """It takes long to start and something to keep: tests of this folder leave it running, others do without."""
    with running_split(tmp_path_factory.mktemp("split")) as found:
        yield found


@pytest.fixture
async def whole(form: str, request: pytest.FixtureRequest) -> AsyncIterator[Platform]:
    """All six services; jobs are processes of their own. The split one is the same for all tests here."""
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
