"""Uploads of which nothing is made within a day are removed, by one process at a time."""

import asyncio

import structlog

from kernel.aggregate import Aggregate
from kernel.clock import Clock
from kernel.errors import DomainError
from kernel.leader import lead
from kernel.objects import ObjectStore
from kernel.tenancy import TenantDatabase
from neuralforge.dataset.v1 import service_pb2 as api
from services.dataset import uploads
from services.dataset.domain import Dataset
from services.dataset.projection import forget_upload, waiting_uploads

LOOK_SECONDS = 600.0
logger = structlog.get_logger()


class Sweeper:
    """Looks for abandoned uploads now and then."""

    def __init__(
        self, datasets: Aggregate[Dataset], database: TenantDatabase, objects: ObjectStore, clock: Clock
    ) -> None:
        self._datasets = datasets
        self._database = database.every_tenant
        self._objects = objects
        self._clock = clock

    async def run(self) -> None:
        """Leads when no other process does."""
        await lead(self._database, "uploads", self._follow)

    async def _follow(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Removes what is too old; what cannot be removed now is found again at the next look."""
        for tenant, dataset_id, number in await waiting_uploads(self._database, self._clock() - uploads.LIFE):
            try:
                await self._remove(tenant, dataset_id, number)
            except DomainError as error:
                logger.warning("upload not removed", dataset=dataset_id, number=number, error=str(error))

    async def _remove(self, tenant: str, dataset_id: str, number: int) -> None:
        """First it can no longer be used, then it goes, then it is no longer looked for."""
        await self._datasets.handle(
            tenant,
            dataset_id,
            lambda state: uploads.remove(state.uploads, number, self._clock()),
            lambda state: api.HeartbeatResponse(),
        )
        state = (await self._datasets.load(tenant, dataset_id)).state
        if state.uploads[number - 1].removed:
            await self._objects.delete(uploads.key(tenant, dataset_id, number))
            await forget_upload(self._database, tenant, dataset_id, number)
