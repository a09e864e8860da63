"""Jobs of a service, from its own side: launched with a grant for one attempt, heard from, stopped, fenced.

A job holds nothing but its grant. Its name derives from the job's id and attempt, so launching twice is once.
"""

import asyncio
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kernel.call import current_call
from kernel.errors import Conflict, Denied, NotFound, Unavailable
from kernel.grants import GRANT_SECONDS, Grant
from kernel.job import ADDRESS, GRANT, SERVER
from kernel.launcher import Job, JobState, JobStatus, job_name
from kernel.service import Resources
from kernel.telemetry import TRACEPARENT
from kernel.trace import PRODUCER, current, span

RENEW_SECONDS = GRANT_SECONDS / 2
STORE_SECONDS = 5.0
MOST_ATTEMPTS = 3
MOST_KILLED = 8


BEAT = """
    INSERT INTO heartbeats (tenant, job, attempt, stage) VALUES (%s, %s, %s, %s)
    ON CONFLICT (tenant, job) DO UPDATE
    SET attempt = excluded.attempt, beats = heartbeats.beats + 1, stage = excluded.stage, heard_at = now()
    WHERE heartbeats.attempt <= excluded.attempt"""
FORGET = "DELETE FROM heartbeats WHERE tenant = %s AND heard_at < now() - interval '1 day'"


@dataclass(frozen=True, slots=True)
class Beats:
    """How many there were, and since when, on this process's clock."""

    count: int
    since: float


class Jobs:
    """The attempts one service has running. A job calls any replica, so heartbeats are counted in the database.

    Silence is what one replica sees of them: whoever begins to look gives every job a new chance.
    """

    def __init__(self, resources: Resources, module: str) -> None:
        self._resources = resources
        self._module = module
        self._seen: dict[str, Beats] = {}

    @property
    def context(self) -> str:
        return self._resources.context

    def name(self, job_id: str, attempt: int) -> str:
        return job_name(self._resources.context, job_id, attempt)

    async def launch(
        self, tenant: str, project_id: str, job_id: str, attempt: int, *, device: str = "cpu", cpu_threads: int = 1
    ) -> None:
        """Starts one attempt; launching it again changes nothing."""
        with span(f"launch {self._module}", PRODUCER, service=self._resources.context):
            await self._launch(tenant, project_id, job_id, attempt, device, cpu_threads)

    async def _launch(
        self, tenant: str, project_id: str, job_id: str, attempt: int, device: str, cpu_threads: int
    ) -> None:
        grant = await self._resources.neighbours.job_grant(tenant, project_id, job_id, attempt)
        resources = self._resources
        environment = {ADDRESS: resources.address, GRANT: grant, SERVER: resources.context, **resources.job_environment}
        environment |= {TRACEPARENT: trace} if (trace := current()) else {}
        await resources.database.execute(FORGET, tenant)
        name = self.name(job_id, attempt)
        self._seen.setdefault(name, Beats(0, time.monotonic()))
        await resources.launcher.launch(
            Job(
                name=name,
                module=self._module,
                environment=environment,
                device=device,
                cpu_threads=cpu_threads,
            )
        )

    async def require_store(self) -> None:
        """Raises Unavailable while the object store does not answer: an attempt begun now would only be lost."""
        try:
            async with asyncio.timeout(STORE_SECONDS):
                await self._resources.objects.ensure_bucket()
        except TimeoutError as error:
            raise Unavailable(
                f"the object store has not answered for {STORE_SECONDS:.0f} s; jobs wait for it"
            ) from error

    async def status(self, job_id: str, attempt: int) -> JobStatus:
        return await self._resources.launcher.status(self.name(job_id, attempt))

    async def spent(self, job_id: str, attempts: range) -> bool:
        """Whether a job that lost these attempts is to be given up: MOST_ATTEMPTS ended by the job's own fault, or so
        many were killed from outside that it may be the job that brings that about, by all the memory it takes."""
        if len(attempts) >= MOST_KILLED:
            return True
        endings = [await self.status(job_id, attempt) for attempt in attempts]
        return sum(not _killed(ending) for ending in endings) >= MOST_ATTEMPTS

    async def stop(self, job_id: str, attempt: int, grace_seconds: float = 5.0) -> None:
        self._seen.pop(self.name(job_id, attempt), None)
        await self._resources.launcher.stop(self.name(job_id, attempt), grace_seconds)

    async def heard(self, job: Grant, stage: str = "") -> None:
        """The job has just called, and is at `stage` of its work."""
        await self._resources.database.execute(BEAT, job.tenant, job.job, job.attempt, stage)

    async def silence(self, tenant: str, job_id: str, attempt: int) -> float:
        """Seconds since the job was last heard of; the first question about one starts its clock."""
        query = "SELECT beats FROM heartbeats WHERE tenant = %s AND job = %s AND attempt = %s"
        row = await self._resources.database.fetch_one(query, tenant, job_id, attempt)
        name, count, now = self.name(job_id, attempt), row[0] if row else 0, time.monotonic()
        if name not in self._seen or self._seen[name].count != count:
            self._seen[name] = Beats(count, now)
        return now - self._seen[name].since

    async def stages(self, tenant: str, job_ids: Sequence[str]) -> Mapping[str, str]:
        """What each of the jobs told of itself last."""
        query = "SELECT job, stage FROM heartbeats WHERE tenant = %s AND job = ANY(%s)"
        return dict(await self._resources.database.fetch(query, tenant, list(job_ids)) if job_ids else ())

    async def renewed(self, grant: Grant) -> str:
        """A fresh grant for the calling job where its own is past half of its life, else an empty string."""
        if grant.expires - time.time() > RENEW_SECONDS:
            return ""
        return await self._resources.neighbours.job_grant(grant.tenant, grant.project, grant.job, grant.attempt)


def _killed(ending: JobStatus) -> bool:
    """By SIGKILL, or together with whoever launched it, which nobody saw."""
    return ending.state is JobState.MISSING or (
        ending.state is JobState.FAILED and ending.exit_code in (None, -signal.SIGKILL)
    )


def calling_job() -> Grant:
    """The grant of the job that calls; raises Denied for anybody else."""
    grant = current_call().caller
    if not grant.job:
        raise Denied(f"{current_call().method} is for a job of ours; this grant names none")
    return grant


def fence(grant: Grant, attempt: int, *, open: bool) -> None:
    """Raises NotFound or Conflict unless the caller is the current attempt of a job that is still open."""
    if attempt == 0:
        raise NotFound(f"there is no job {grant.job}")
    if grant.attempt != attempt:
        raise Conflict(
            f"attempt {grant.attempt} of {grant.job} has been replaced by attempt {attempt}; stop working on it",
            reason="FENCED",
        )
    if not open:
        raise Conflict(f"{grant.job} is over; stop working on it", reason="FENCED")
