"""Ingest jobs as the supervisor sees them: where each version stands, its next attempt, and its end."""

from collections.abc import Sequence

from kernel.aggregate import Aggregate
from kernel.attempts import OpenJob
from kernel.clock import Clock
from kernel.objects import ObjectStore
from kernel.tenancy import TenantDatabase
from kernel.uploads import discard
from neuralforge.dataset.v1 import service_pb2 as api
from services.dataset import domain
from services.dataset.domain import Dataset
from services.dataset.projection import open_ingests


class Ingests:
    """The Work of `kernel.attempts`: one job per version."""

    def __init__(
        self, datasets: Aggregate[Dataset], database: TenantDatabase, objects: ObjectStore, clock: Clock
    ) -> None:
        self._datasets = datasets
        self._database = database
        self._objects = objects
        self._clock = clock

    async def open_jobs(self) -> Sequence[OpenJob]:
        """The read model knows where to look, the streams know what is true."""
        jobs = []
        for tenant, dataset_id, number in await open_ingests(self._database.every_tenant):
            loaded = await self._datasets.load(tenant, dataset_id)
            project, version = loaded.state.public.project_id, loaded.state.version(number)
            if version.open:
                job = domain.job_id(dataset_id, number)
                jobs.append(OpenJob(tenant, project, job, version.attempt, loaded.traceparent))
        return jobs

    async def begin(self, job: OpenJob) -> None:
        dataset_id, number = domain.of_job(job.id)
        await self._datasets.handle(
            job.tenant,
            dataset_id,
            lambda state: domain.begin_attempt(state, number, job.attempt + 1, self._clock()),
            lambda state: api.HeartbeatResponse(),
        )
        await self._discard_lost(job)

    async def give_up(self, job: OpenJob, reason: str) -> None:
        dataset_id, number = domain.of_job(job.id)
        await self._datasets.handle(
            job.tenant,
            dataset_id,
            lambda state: domain.fail(state, number, reason, self._clock()),
            lambda state: api.HeartbeatResponse(),
        )
        await self._discard_lost(job)

    async def _discard_lost(self, job: OpenJob) -> None:
        """Deletes the files of `job.attempt` unless it got its version ready after all."""
        dataset_id, number = domain.of_job(job.id)
        version = (await self._datasets.load(job.tenant, dataset_id)).state.version(number)
        if job.attempt and (version.attempt > job.attempt or version.public.state == domain.FAILED):
            await discard(self._objects, domain.folder(job.tenant, job.id, job.attempt))
