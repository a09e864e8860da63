"""Attempts at jobs: begun, launched, watched, begun anew when the process is gone, given up after so many.

One leader per service looks after its open jobs. An attempt is recorded first and launched because it was recorded, so
a crash between the two needs no care of its own: what was recorded and never launched is launched at the next look.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from kernel.errors import DomainError
from kernel.jobs import Jobs
from kernel.launcher import JobState, JobStatus
from kernel.leader import lead
from kernel.log import EventLog
from kernel.tenancy import TenantDatabase, acting_for
from kernel.trace import continued

AT_ONCE = 2
SILENCE_SECONDS = 60.0
LOOK_SECONDS = 0.5
IDLE_SECONDS = 5.0
LONGEST_LINE = 300
logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class OpenJob:
    """A job that has not ended, as its stream says now. Attempt 0: none has begun.

    `traceparent` is that of the stream's last event: what is done about the job belongs to its trace.
    """

    tenant: str
    project_id: str
    id: str
    attempt: int
    traceparent: str = ""


class Work(Protocol):
    """What one service has its jobs do: where each stands, and how its streams come to say so."""

    async def open_jobs(self) -> Sequence[OpenJob]:
        """Jobs that have not ended, oldest first."""

    async def begin(self, job: OpenJob) -> None:
        """Records that the attempt after `job.attempt` begins; nothing where the job has moved on."""

    async def give_up(self, job: OpenJob, reason: str) -> None:
        """Records that the job failed; nothing where it has moved on."""


class Supervisor:
    """Keeps at most `at_once` jobs of one service running until each has ended one way or the other."""

    def __init__(
        self,
        database: TenantDatabase,
        log: EventLog,
        jobs: Jobs,
        work: Work,
        *,
        at_once: int = AT_ONCE,
        silence_seconds: float = SILENCE_SECONDS,
    ) -> None:
        self._database = database
        self._log = log
        self._jobs = jobs
        self._work = work
        self._at_once = at_once
        self._silence_seconds = silence_seconds

    async def run(self) -> None:
        """Leads when no other process does."""
        await lead(self._database.every_tenant, "jobs", self._follow)

    async def _follow(self) -> None:
        watch, rung = self._log.watch(), False
        while True:
            tended = await self.look()
            # after an append the read model may still be behind, so there is a second look soon
            rung = await watch.wait(LOOK_SECONDS if tended or rung else IDLE_SECONDS)

    async def look(self) -> int:
        """Takes each open job one step further, and says how many there are; one at fault holds up no other."""
        jobs = await self._work.open_jobs()
        begun = [job for job in jobs if job.attempt]
        waiting = [job for job in jobs if not job.attempt]
        for job in [*begun, *waiting[: max(0, self._at_once - len(begun))]]:
            try:
                with acting_for(job.tenant), continued(job.traceparent, self._jobs.context):
                    await self._tend(job)
            except DomainError as error:
                logger.warning("job not tended", job=job.id, attempt=job.attempt, error=str(error))
        return len(jobs)

    async def _tend(self, job: OpenJob) -> None:
        if not job.attempt:
            await self._begin(job)
            return
        status = await self._jobs.status(job.id, job.attempt)
        if status.state is JobState.MISSING:
            await self._jobs.launch(job.tenant, job.project_id, job.id, job.attempt)
        elif status.state is not JobState.RUNNING:
            await self._lost(job, f"{_ending(status)}{_last_line(status)}")
        elif await self._jobs.silence(job.tenant, job.id, job.attempt) > self._silence_seconds:
            await self._jobs.stop(job.id, job.attempt)
            await self._lost(job, f"was silent for {self._silence_seconds:.0f} s{_last_line(status)}")

    async def _lost(self, job: OpenJob, how: str) -> None:
        logger.warning("attempt lost", job=job.id, attempt=job.attempt, how=how)
        if await self._jobs.spent(job.id, range(1, job.attempt + 1)):
            await self._work.give_up(job, f"all {job.attempt} attempts were lost; the last one {how}")
        else:
            await self._begin(job)

    async def _begin(self, job: OpenJob) -> None:
        """Not while files can neither be had nor kept: an outage must not use up a job's attempts."""
        await self._jobs.require_store()
        await self._work.begin(job)


def _ending(status: JobStatus) -> str:
    match status.exit_code:
        case None:
            return "ended unseen"
        case 0:
            return "ended without a result"
        case code if code < 0:
            return f"was killed by signal {-code}"
        case code:
            return f"ended with exit code {code}"


def _last_line(status: JobStatus) -> str:
    lines = [line.strip() for line in status.log_tail.splitlines() if line.strip()]
    return f": {lines[-1][:LONGEST_LINE]}" if lines else ""
