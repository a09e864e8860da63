"""Attempts at jobs, as a supervisor takes them: real processes, a service's side played by the test."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from kernel.attempts import OpenJob, Supervisor
from kernel.database import Database
from kernel.errors import Unavailable
from kernel.jobs import MOST_ATTEMPTS, MOST_KILLED, Jobs
from kernel.launcher import JobState
from kernel.local_launcher import LocalLauncher
from kernel.log import EventLog
from kernel.service import Resources
from kernel.tenancy import TenantDatabase


class Workplace:
    """Jobs by id; `failed` says what was decided. `grants` or `store` False: there are none, it does not answer."""

    def __init__(self, *ids: str) -> None:
        self.jobs = {id: OpenJob("acme", "p1", id, 0) for id in ids}
        self.failed: dict[str, str] = {}
        self.grants = True
        self.store = True

    async def open_jobs(self) -> list[OpenJob]:
        return list(self.jobs.values())

    async def begin(self, job: OpenJob) -> None:
        assert self.jobs[job.id].attempt == job.attempt
        self.jobs[job.id] = replace(job, attempt=job.attempt + 1)

    async def give_up(self, job: OpenJob, reason: str) -> None:
        del self.jobs[job.id]
        self.failed[job.id] = reason

    async def ensure_bucket(self) -> None:
        if not self.store:
            raise Unavailable("no files today")

    async def job_grant(self, tenant: str, project_id: str, job_id: str, attempt: int) -> str:
        if not self.grants:
            raise Unavailable("no grants today")
        return "grant"


@pytest.fixture
async def launcher(tmp_path: Path) -> AsyncIterator[LocalLauncher]:
    launcher = LocalLauncher(tmp_path)
    yield launcher
    await launcher.close()


Supervise = Callable[..., Supervisor]


@pytest.fixture
def supervisor(database: Database) -> Supervise:
    return partial(_supervisor, database)


def _supervisor(
    database: Database, work: Workplace, launcher: LocalLauncher, module: str, **options: float
) -> Supervisor:
    resources = SimpleNamespace(
        context="test",
        address="nowhere",
        neighbours=work,
        launcher=launcher,
        objects=work,
        database=TenantDatabase(database),
        job_environment={},
    )
    jobs = Jobs(cast(Resources, resources), f"tests.kernel.{module}")
    return Supervisor(cast(Database, None), cast(EventLog, None), jobs, work, **options)  # type: ignore[arg-type]


async def until_ended(launcher: LocalLauncher, name: str) -> None:
    while (await launcher.status(name)).state is JobState.RUNNING:
        await asyncio.sleep(0.02)


def pid_of(folder: Path, name: str) -> int:
    """Of a job that was launched in the folder."""
    return int(json.loads((folder / "jobs" / f"{name}.json").read_text())["pid"])


async def test_lost_attempts_are_replaced_and_given_up_after_the_last(
    launcher: LocalLauncher, supervisor: Supervise
) -> None:
    work = Workplace("a")
    watched = supervisor(work, launcher, "job_that_ends")
    for attempt in range(1, MOST_ATTEMPTS + 1):
        await watched.look()  # begins the attempt
        assert work.jobs["a"].attempt == attempt
        await watched.look()  # launches it
        await until_ended(launcher, f"test-a-{attempt}")
    await watched.look()
    assert work.failed == {"a": "all 3 attempts were lost; the last one ended with exit code 4: nothing to do here"}


async def test_attempts_that_are_killed_from_outside_do_not_count_until_it_may_be_the_job(
    launcher: LocalLauncher, supervisor: Supervise, tmp_path: Path
) -> None:
    work = Workplace("a")
    watched = supervisor(work, launcher, "job_that_sleeps")
    for attempt in range(1, MOST_KILLED + 1):
        assert work.jobs["a"].attempt == attempt - 1
        await watched.look()  # begins the attempt
        await watched.look()  # launches it
        os.kill(pid_of(tmp_path, f"test-a-{attempt}"), signal.SIGKILL)
        await until_ended(launcher, f"test-a-{attempt}")
    await watched.look()
    assert work.failed == {"a": f"all {MOST_KILLED} attempts were lost; the last one was killed by signal 9"}


async def test_only_so_many_jobs_run_at_once_and_begun_ones_go_first(
    launcher: LocalLauncher, supervisor: Supervise
) -> None:
    work = Workplace("a", "b", "c")
    work.jobs["c"] = replace(work.jobs["c"], attempt=1)
    watched = supervisor(work, launcher, "job_that_sleeps", at_once=2)
    for _ in range(3):
        await watched.look()
    assert {id: job.attempt for id, job in work.jobs.items()} == {"a": 1, "b": 0, "c": 1}
    assert (await launcher.status("test-c-1")).state is JobState.RUNNING
    assert (await launcher.status("test-b-1")).state is JobState.MISSING


async def test_silent_job_is_stopped_and_replaced(launcher: LocalLauncher, supervisor: Supervise) -> None:
    work = Workplace("a")
    watched = supervisor(work, launcher, "job_that_sleeps", silence_seconds=0)
    for _ in range(3):
        await watched.look()
    assert (await launcher.status("test-a-1")).state is JobState.FAILED
    assert work.jobs["a"].attempt == 2


async def test_attempt_recorded_and_not_launched_is_launched_at_the_next_look(
    launcher: LocalLauncher, supervisor: Supervise
) -> None:
    work = Workplace("a", "b")
    work.grants = False
    watched = supervisor(work, launcher, "job_that_sleeps")
    for _ in range(3):
        await watched.look()  # one job's trouble neither ends the look nor costs attempts
    assert [job.attempt for job in work.jobs.values()] == [1, 1]
    work.grants = True
    await watched.look()
    states = [(await launcher.status(f"test-{id}-1")).state for id in "ab"]
    assert states == [JobState.RUNNING, JobState.RUNNING]
    assert [job.attempt for job in work.jobs.values()] == [1, 1]


async def test_an_outage_of_the_object_store_uses_up_no_attempt(launcher: LocalLauncher, supervisor: Supervise) -> None:
    work = Workplace("a", "b")
    watched = supervisor(work, launcher, "job_that_ends", at_once=1)
    work.jobs["a"] = replace(work.jobs["a"], attempt=MOST_ATTEMPTS - 1)
    await watched.look()
    await until_ended(launcher, f"test-a-{MOST_ATTEMPTS - 1}")
    work.store = False
    for _ in range(3):
        await watched.look()
    assert {id: job.attempt for id, job in work.jobs.items()} == {"a": MOST_ATTEMPTS - 1, "b": 0}
    work.store = True
    await watched.look()
    assert work.jobs["a"].attempt == MOST_ATTEMPTS
