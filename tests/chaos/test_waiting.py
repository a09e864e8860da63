"""The time in which nobody is at work is told from the time of work: else a convergence cannot be judged."""

import asyncio
from types import SimpleNamespace
from typing import cast

import pytest

from tests.chaos import waiting
from tests.chaos.machine import JOB_CONTEXTS, Machine
from tests.chaos.moments import Moments
from tests.chaos.waiting import Waiting

SECONDS = 30.0


async def test_only_time_without_jobs_and_events_counts(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(waiting, "LOOK_SECONDS", 0.02)
    moments, spent = Moments(), [0.0]
    jobs = [SimpleNamespace(pid=1, cpu_times=lambda: SimpleNamespace(user=spent[0], system=0.0))]
    monkeypatch.setattr(waiting, "workers_of", lambda part: jobs)
    parts = dict.fromkeys(JOB_CONTEXTS)
    watched = Waiting(cast(Machine, SimpleNamespace(moments=moments, parts=parts)))
    following = asyncio.create_task(watched.follow())
    async with asyncio.timeout(SECONDS):
        while watched.longest < 0.2:
            await asyncio.sleep(0.01)
        for work in (lambda: moments.tell("recorded anything"), lambda: spent.__setitem__(0, spent[0] + 1.0)):
            while watched.stretch:  # until a look sees it
                work()
                await asyncio.sleep(0.01)
            while not watched.stretch:
                await asyncio.sleep(0.01)
    assert watched.seconds >= watched.longest >= 0.2
    following.cancel()
