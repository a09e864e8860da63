"""The fast form of `make chaos`: one round of kills, links that fail and NATS wiped; and what a wiped NATS leaves."""

import asyncio

import pytest

from tests.chaos.checks import differences, problems
from tests.chaos.machine import Machine
from tests.chaos.main_job import CREATE_PROJECT
from tests.chaos.person import Person
from tests.chaos.plan import Strike
from tests.chaos.rebuild import rebuilt_aside
from tests.chaos.rounds import Round
from tests.chaos.truth import Truth

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(900)]
SECONDS = 60.0
STRIKES = (
    Strike("kill", "workspace", "asked createProject", 1),
    Strike("reset", "graph>postgres", "asked applyEdits", 1),
    Strike("kill", "workspace", "recorded workspace.InvitationCreated.v1", 2),
    Strike("kill", "gateway", "acknowledged saveVersion", 2),
    Strike("silence", "dataset>workspace", "asked createDataset", 1),
    Strike("kill", "postgres", "recorded billing.HoldPlaced.v1", 1),
    Strike("wipe", "nats", "recorded training.RunQueued.v1", 1),
    Strike("slow", "training>postgres", "recorded training.AttemptAttached.v1", 1),
    Strike("kill", "training", "upload answered", 2),
    Strike("kill", "s3", "recorded training.CheckpointSaved.v1", 3),
    Strike("kill", "export worker", "recorded export.AttemptStarted.v1", 1),
)


async def test_nothing_is_lost_doubled_or_out_of_balance_whatever_is_killed(platform: Machine):
    report = await Round(platform, "fast", people=2, epochs=1).run(STRIKES)
    assert report.problems == []
    assert report.missed == []
    assert await rebuilt_aside(platform) == []


async def test_nats_wiped_leaves_every_read_model_as_it_was_within_a_minute(platform: Machine):
    async with Person(platform.url, "wiped@example.com", platform.moments) as person, Truth(platform.admin) as truth:
        await person.sign_in()
        await person.do("createProject", CREATE_PROJECT, "wiped", name="wiped")
        await truth.quiet(SECONDS)
        before, streams = await truth.read_models(), await truth.streams()
        await platform.strike("wipe", "nats")
        async with asyncio.timeout(SECONDS):
            while streams & await truth.streams():
                await asyncio.sleep(0.1)
            await truth.quiet(SECONDS)
        assert differences(before, await truth.read_models()) == []
        assert await problems(truth, person.acknowledged) == []
