"""The fast form of `make chaos`: one round with a kill of every kind of part, links that fail, and NATS wiped."""

import pytest

from tests.chaos.machine import Machine
from tests.chaos.plan import Strike
from tests.chaos.rebuild import rebuilt_aside
from tests.chaos.rounds import Round

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(900)]
STRIKES = (
    Strike("kill", "workspace", "asked createProject", 1),
    Strike("reset", "graph>postgres", "asked applyEdits", 1),
    Strike("kill", "gateway", "acknowledged saveVersion", 2),
    Strike("silence", "dataset>workspace", "asked createDataset", 1),
    Strike("kill", "postgres", "recorded billing.HoldPlaced.v1", 1),
    Strike("wipe", "nats", "recorded training.RunQueued.v1", 1),
    Strike("slow", "training>postgres", "recorded training.AttemptAttached.v1", 1),
    Strike("kill", "training", "upload answered", 2),
    Strike("kill", "s3", "recorded training.CheckpointSaved.v1", 3),
    Strike("kill", "worker", "recorded export.AttemptStarted.v1", 1),
)


async def test_nothing_is_lost_doubled_or_out_of_balance_whatever_is_killed(platform: Machine):
    report = await Round(platform, "fast", people=2, epochs=1).run(STRIKES)
    assert report.problems == []
    assert report.missed == []
    assert await rebuilt_aside(platform) == []
