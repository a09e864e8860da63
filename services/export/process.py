"""Export jobs as the supervisor sees them: where each export stands, its next attempt, and its end."""

from collections.abc import Sequence

from kernel.aggregate import Aggregate
from kernel.attempts import OpenJob
from kernel.clock import Clock
from kernel.objects import ObjectStore
from kernel.tenancy import TenantDatabase
from kernel.uploads import discard
from neuralforge.export.v1 import service_pb2 as api
from services.export import domain
from services.export.domain import Export
from services.export.projection import open_exports


class Exports:
    """The Work of `kernel.attempts`: one job per export."""

    def __init__(
        self, exports: Aggregate[Export], database: TenantDatabase, objects: ObjectStore, clock: Clock
    ) -> None:
        self._exports = exports
        self._database = database
        self._objects = objects
        self._clock = clock

    async def open_jobs(self) -> Sequence[OpenJob]:
        """The read model knows where to look, the streams know what is true."""
        jobs = []
        for tenant, export_id in await open_exports(self._database.every_tenant):
            loaded = await self._exports.load(tenant, export_id)
            if (state := loaded.state).open:
                trace = loaded.traceparent
                jobs.append(OpenJob(tenant, state.public.project_id, export_id, state.attempt, trace))
        return jobs

    async def begin(self, job: OpenJob) -> None:
        await self._exports.handle(
            job.tenant,
            job.id,
            lambda state: domain.begin_attempt(state, job.attempt + 1, self._clock()),
            lambda state: api.HeartbeatResponse(),
        )
        await self._discard_lost(job)

    async def give_up(self, job: OpenJob, reason: str) -> None:
        await self._exports.handle(
            job.tenant,
            job.id,
            lambda state: domain.give_up(state, reason, self._clock()),
            lambda state: api.HeartbeatResponse(),
        )
        await self._discard_lost(job)

    async def _discard_lost(self, job: OpenJob) -> None:
        """Deletes the file of `job.attempt` unless it brought its export to an end after all."""
        state = (await self._exports.load(job.tenant, job.id)).state
        if job.attempt and (state.attempt > job.attempt or state.public.state == domain.FAILED):
            await discard(self._objects, domain.folder(job.tenant, job.id, job.attempt))
