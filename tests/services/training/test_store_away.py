"""The object store away while a run waits: no attempt is spent on that."""

import pytest

from kernel.errors import Unavailable
from kernel.jobs import Jobs
from neuralforge.training.v1.service_pb2 import RunState
from tests.conftest import RunningServers
from tests.services.training.lab import Lab


async def test_a_run_waits_in_the_queue_for_the_object_store(
    lab: Lab, servers: RunningServers, monkeypatch: pytest.MonkeyPatch
):
    refused: list[Unavailable] = []
    require = Jobs.require_store

    async def spied(jobs: Jobs) -> None:
        try:
            await require(jobs)
        except Unavailable as error:
            refused.append(error)
            raise

    async def looked_twice() -> bool:
        return len(refused) >= 2

    monkeypatch.setattr(Jobs, "require_store", spied)
    await servers.kill("s3")
    try:
        run = await lab.start()
        await lab.platform.eventually(looked_twice, timeout=60)
        waiting = await lab.get(run.id)
        assert (waiting.state, waiting.attempt) == (RunState.RUN_STATE_QUEUED, 0)
    finally:
        await servers.restart("s3")
    assert (await lab.until(run.id, RunState.RUN_STATE_STARTING)).attempt == 1
