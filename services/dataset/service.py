"""DatasetService: the catalogue of datasets over gRPC."""

from pathlib import PurePath
from typing import Any

from kernel.aggregate import Aggregate
from kernel.call import current_call
from kernel.clock import Clock, timestamp
from kernel.errors import NotFound, Rejected
from kernel.ids import new_id
from kernel.jobs import Jobs
from kernel.names import clean_name
from kernel.objects import ObjectStore
from kernel.pages import page
from kernel.projects import ProjectDirectory
from kernel.tenancy import TenantDatabase
from kernel.uploads import LINK_LIFE, discard
from neuralforge.dataset.v1 import service_pb2 as api
from neuralforge.dataset.v1 import service_pb2_grpc as rpc
from services.dataset import domain, ingests, uploads
from services.dataset.catalogue import BUILTINS, source
from services.dataset.domain import Dataset, Version
from services.dataset.options import check_options, check_split
from services.dataset.projection import list_datasets, require_room
from services.dataset.uploads import StoredUpload

DEFAULT_SPLIT = api.Split(train=700, validation=150, test=150, seed=0)


class DatasetService(rpc.DatasetServiceServicer):
    def __init__(
        self,
        datasets: Aggregate[Dataset],
        projects: ProjectDirectory,
        jobs: Jobs,
        database: TenantDatabase,
        objects: ObjectStore,
        clock: Clock,
    ) -> None:
        self._datasets = datasets
        self._jobs = jobs
        self._projects = projects
        self._database = database
        self._objects = objects
        self._clock = clock

    async def StartUpload(self, request: api.StartUploadRequest, context: Any) -> api.StartUploadResponse:
        caller = current_call().caller
        announced = api.SourceFile(
            kind=request.kind, filename=request.filename, bytes=request.bytes, sha256=request.sha256
        )
        source_file = uploads.check_source_file(announced)
        id, project_id = request.dataset_id, request.project_id
        if id:
            project_id = (await self._load(id)).version(0).public.project_id
        else:
            id = new_id()
            await self._projects.require(caller.tenant, project_id)
        await require_room(self._database, caller.tenant)

        def respond(state: Dataset) -> api.StartUploadResponse:
            number = len(state.uploads)
            place = uploads.key(caller.tenant, id, number)
            form = self._objects.presign_post(place, source_file.bytes, LINK_LIFE, source_file.bytes)
            return api.StartUploadResponse(
                upload_id=uploads.upload_id(id, number),
                url=form.url,
                fields=form.fields,
                expires_at=timestamp(self._clock() + LINK_LIFE),
            )

        return await self._datasets.handle(
            caller.tenant,
            id,
            lambda state: uploads.start(id, state.uploads, project_id, source_file, caller.subject, self._clock()),
            respond,
        )

    async def CreateDataset(self, request: api.CreateDatasetRequest, context: Any) -> api.CreateDatasetResponse:
        if request.upload_id:
            return await self._create_uploaded(request)
        if request.HasField("options"):
            raise Rejected("options are for an upload; leave them out for a built-in dataset", field="options")
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

    async def _create_uploaded(self, request: api.CreateDatasetRequest) -> api.CreateDatasetResponse:
        caller, split = current_call().caller, _split(request)
        if request.builtin:
            raise Rejected("name a built-in dataset or an upload, not both", field="builtin")
        id, upload = await self._arrived(request.upload_id)
        await self._projects.require(caller.tenant, request.project_id or upload.project_id)
        if request.project_id not in ("", upload.project_id):
            raise Rejected("the file was uploaded for another project; upload it for this one", field="project_id")
        options = check_options(request.options, upload.source.kind)
        name = clean_name(request.name or PurePath(upload.source.filename).stem, "a dataset")
        return await self._datasets.handle(
            caller.tenant,
            id,
            lambda state: domain.create_uploaded(
                state, upload.number, name, options, split, caller.subject, self._clock()
            ),
            lambda state: api.CreateDatasetResponse(dataset=state.public, version=state.version(1).public),
        )

    async def _arrived(self, upload_id: str) -> tuple[str, StoredUpload]:
        """(dataset id, upload); raises NotFound where there is none for the caller, Rejected unless it has arrived."""
        tenant, (id, number) = current_call().caller.tenant, uploads.of_upload(upload_id)
        state = (await self._datasets.load(tenant, id)).state
        if not any([await self._projects.shows(each.project_id) for each in state.uploads[:1]]):
            state = Dataset()
        upload = uploads.usable(state.uploads, number)
        name, size = upload.source.filename, upload.source.bytes
        try:
            stored = await self._objects.stat(uploads.key(tenant, id, number))
        except NotFound as error:
            raise Rejected(f"{name} has not arrived; POST it to the place that was opened for it first") from error
        if stored.size != size:
            raise Rejected(f"{name} arrived with {stored.size} bytes where {size} were announced; upload it again")
        return id, upload

    async def CreateDatasetVersion(
        self, request: api.CreateDatasetVersionRequest, context: Any
    ) -> api.CreateDatasetVersionResponse:
        caller, split, number = current_call().caller, _split(request), 0
        state = await self._load(request.dataset_id)
        newest, options = state.version(0), None
        if request.upload_id:
            id, upload = await self._arrived(request.upload_id)
            number = upload.number
            if id != request.dataset_id:
                raise Rejected("the file was uploaded for another dataset; upload it for this one", field="upload_id")
        if request.HasField("options"):
            if not (number or newest.upload):
                raise Rejected("options are for an upload; leave them out for a built-in dataset", field="options")
            options = check_options(request.options, state.public.kind)
        return await self._datasets.handle(
            caller.tenant,
            request.dataset_id,
            lambda state: domain.request_version(
                state, split, self._clock(), upload=number, options=options, by=caller.subject
            ),
            lambda state: api.CreateDatasetVersionResponse(version=state.version(0).public),
        )

    async def CancelDatasetVersion(
        self, request: api.CancelDatasetVersionRequest, context: Any
    ) -> api.CancelDatasetVersionResponse:
        """The job hears of it at its next sign of life, or is stopped where it runs beside this process."""
        caller = current_call().caller
        version = (await self._load(request.dataset_id)).version(request.number)
        number = version.public.number
        response = await self._datasets.handle(
            caller.tenant,
            request.dataset_id,
            lambda state: ingests.cancel(state, number, caller.subject, self._clock()),
            lambda state: api.CancelDatasetVersionResponse(version=state.version(number).public),
        )
        job = domain.job_id(request.dataset_id, number)
        await self._jobs.stop(job, version.attempt)
        await discard(self._objects, domain.folder(caller.tenant, job, version.attempt))
        return response

    async def ListDatasetFaults(
        self, request: api.ListDatasetFaultsRequest, context: Any
    ) -> api.ListDatasetFaultsResponse:
        state = await self._load(request.dataset_id)
        return api.ListDatasetFaultsResponse(faults=state.version(request.number).faults)

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
                url=self._objects.presign_get(f"{folder}/{file.name}", LINK_LIFE, content_type=_type(file.name)),
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
    return check_split(request.split) if request.HasField("split") else DEFAULT_SPLIT


def _not_ready(version: Version) -> str:
    number = version.public.number
    if version.open:
        return f"version {number} is still being ingested; ask again when it is ready"
    return f"version {number} failed ({version.public.failure}); create another version"


def _type(name: str) -> str | None:
    return "image/png" if name.endswith(".png") else None
