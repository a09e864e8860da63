"""Jobs of a service, from its own side: launched with a grant for one attempt, heard from, stopped, fenced.

A job holds nothing but its grant. Its name derives from the job's id and attempt, so launching twice is once.
"""

import time

from kernel.call import current_call
from kernel.errors import Conflict, Denied, NotFound
from kernel.grants import GRANT_SECONDS, Grant
from kernel.job import ADDRESS, GRANT, SERVER
from kernel.launcher import Job, JobStatus, job_name
from kernel.service import Resources

RENEW_SECONDS = GRANT_SECONDS / 2


class Jobs:
    """The attempts one service has running. Heartbeats stay in memory: after a restart every job gets a new chance."""

    def __init__(self, resources: Resources, module: str) -> None:
        self._resources = resources
        self._module = module
        self._heard: dict[str, float] = {}

    def name(self, job_id: str, attempt: int) -> str:
        return job_name(self._resources.context, job_id, attempt)

    async def launch(
        self, tenant: str, project_id: str, job_id: str, attempt: int, *, device: str = "cpu", cpu_threads: int = 1
    ) -> None:
        """Starts one attempt; launching it again changes nothing."""
        grant = await self._resources.neighbours.job_grant(tenant, project_id, job_id, attempt)
        resources = self._resources
        environment = {ADDRESS: resources.address, GRANT: grant, SERVER: resources.context, **resources.job_environment}
        name = self.name(job_id, attempt)
        self._heard[name] = time.monotonic()
        await resources.launcher.launch(
            Job(name=name, module=self._module, environment=environment, device=device, cpu_threads=cpu_threads)
        )

    async def status(self, job_id: str, attempt: int) -> JobStatus:
        return await self._resources.launcher.status(self.name(job_id, attempt))

    async def stop(self, job_id: str, attempt: int, grace_seconds: float = 5.0) -> None:
        self._heard.pop(self.name(job_id, attempt), None)
        await self._resources.launcher.stop(self.name(job_id, attempt), grace_seconds)

    def heard(self, job_id: str, attempt: int) -> None:
        """The job has just called."""
        self._heard[self.name(job_id, attempt)] = time.monotonic()

    def silence(self, job_id: str, attempt: int) -> float:
        """Seconds since the job was last heard of; the first question about an unknown one starts its clock."""
        return time.monotonic() - self._heard.setdefault(self.name(job_id, attempt), time.monotonic())

    async def renewed(self, grant: Grant) -> str:
        """A fresh grant for the calling job where its own is past half of its life, else an empty string."""
        if grant.expires - time.time() > RENEW_SECONDS:
            return ""
        return await self._resources.neighbours.job_grant(grant.tenant, grant.project, grant.job, grant.attempt)


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
