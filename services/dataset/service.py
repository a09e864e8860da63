"""DatasetService: the catalogue of datasets over gRPC."""

from typing import Any

from kernel.aggregate import Aggregate
from kernel.call import current_call
from kernel.clock import Clock
from kernel.errors import Rejected
from kernel.ids import new_id
from kernel.names import clean_name
from kernel.objects import ObjectStore
from kernel.pages import page
from kernel.projects import ProjectDirectory
from kernel.tenancy import TenantDatabase
from kernel.uploads import LINK_LIFE
from neuralforge.dataset.v1 import service_pb2 as api
from neuralforge.dataset.v1 import service_pb2_grpc as rpc
from services.dataset import domain
from services.dataset.catalogue import BUILTINS, source
from services.dataset.domain import Dataset, Version
from services.dataset.projection import list_datasets

DEFAULT_SPLIT = api.Split(train=700, validation=150, test=150, seed=0)


class DatasetService(rpc.DatasetServiceServicer):
    def __init__(
        self,
        datasets: Aggregate[Dataset],
        projects: ProjectDirectory,
        database: TenantDatabase,
        objects: ObjectStore,
        clock: Clock,
    ) -> None:
        self._datasets = datasets
        self._projects = projects
        self._database = database
        self._objects = objects
        self._clock = clock

    async def CreateDataset(self, request: api.CreateDatasetRequest, context: Any) -> api.CreateDatasetResponse:
        caller = current_call().caller
        split = _split(request)
        builtin = source(request.builtin)
        name = clean_name(request.name or builtin.name, "a dataset")
        await self._projects.require(caller.tenant, request.project_id)
        id = new_id()
        return await self._datasets.handle(
            caller.tenant,
            id,
            lambda state: domain.create(
                id, request.project_id, name, builtin.name, split, caller.subject, self._clock()
            ),
            lambda state: api.CreateDatasetResponse(dataset=state.public, version=state.version(1).public),
        )

    async def CreateDatasetVersion(
        self, request: api.CreateDatasetVersionRequest, context: Any
    ) -> api.CreateDatasetVersionResponse:
        split = _split(request)
        (await self._load(request.dataset_id)).version(0)
        return await self._datasets.handle(
            current_call().caller.tenant,
            request.dataset_id,
            lambda state: domain.request_version(state, split, self._clock()),
            lambda state: api.CreateDatasetVersionResponse(version=state.version(0).public),
        )

    async def GetDataset(self, request: api.GetDatasetRequest, context: Any) -> api.GetDatasetResponse:
        state = await self._load(request.dataset_id)
        state.version(0)  # raises for a dataset that does not exist
        return api.GetDatasetResponse(dataset=state.public, versions=[version.public for version in state.versions])

    async def ListDatasets(self, request: api.ListDatasetsRequest, context: Any) -> api.ListDatasetsResponse:
        tenant = current_call().caller.tenant
        asked = page(request.page_size, request.page_token)
        await self._projects.require(tenant, request.project_id)
        found, token = await list_datasets(self._database, tenant, request.project_id, request.name, asked)
        return api.ListDatasetsResponse(datasets=found, next_page_token=token)

    async def GetDatasetVersion(
        self, request: api.GetDatasetVersionRequest, context: Any
    ) -> api.GetDatasetVersionResponse:
        state = await self._load(request.dataset_id)
        return api.GetDatasetVersionResponse(version=state.version(request.number).public)

    async def ListDatasetFiles(
        self, request: api.ListDatasetFilesRequest, context: Any
    ) -> api.ListDatasetFilesResponse:
        state = await self._load(request.dataset_id)
        version = state.version(request.number)
        if version.public.state != domain.READY:
            raise Rejected(_not_ready(version))
        job = domain.job_id(state.id, version.public.number)
        folder = domain.folder(current_call().caller.tenant, job, version.attempt)
        files = [
            api.File(
                name=file.name,
                url=self._objects.presign_get(f"{folder}/{file.name}", LINK_LIFE),
                bytes=file.bytes,
                sha256=file.sha256,
            )
            for file in version.files
        ]
        return api.ListDatasetFilesResponse(files=files)

    async def ListBuiltins(self, request: api.ListBuiltinsRequest, context: Any) -> api.ListBuiltinsResponse:
        return api.ListBuiltinsResponse(builtins=BUILTINS.values())

    async def _load(self, dataset_id: str) -> Dataset:
        """The dataset; one that does not exist where its project is closed to the caller."""
        state = (await self._datasets.load(current_call().caller.tenant, dataset_id)).state
        return state if state.id and await self._projects.shows(state.public.project_id) else Dataset()


def _split(request: api.CreateDatasetRequest | api.CreateDatasetVersionRequest) -> api.Split:
    return domain.check_split(request.split) if request.HasField("split") else DEFAULT_SPLIT


def _not_ready(version: Version) -> str:
    number = version.public.number
    if version.open:
        return f"version {number} is still being ingested; ask again when it is ready"
    return f"version {number} failed ({version.public.failure}); create another version"
