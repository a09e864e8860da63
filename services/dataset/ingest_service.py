"""IngestService: what an ingest job may do, fenced to the current attempt at its own version."""

from collections.abc import Sequence
from typing import Any

from google.protobuf.message import Message

from kernel.aggregate import Aggregate
from kernel.clock import Clock
from kernel.errors import Rejected
from kernel.grants import Grant
from kernel.jobs import Jobs, calling_job, fence
from kernel.objects import ObjectStore
from kernel.uploads import LINK_LIFE, check_upload, discard, verify_upload
from neuralforge.dataset.v1 import service_pb2 as api
from neuralforge.dataset.v1 import service_pb2_grpc as rpc
from services.dataset import domain
from services.dataset.domain import Dataset

MOST_FILES = 1000


class IngestService(rpc.IngestServiceServicer):
    def __init__(self, datasets: Aggregate[Dataset], jobs: Jobs, objects: ObjectStore, clock: Clock) -> None:
        self._datasets = datasets
        self._jobs = jobs
        self._objects = objects
        self._clock = clock

    async def Attach(self, request: api.AttachRequest, context: Any) -> api.AttachResponse:
        grant = calling_job()
        state, number = await self._current(grant)
        split = state.version(number).public.split
        return api.AttachResponse(builtin=state.public.builtin, split=split, name=state.public.name)

    async def Heartbeat(self, request: api.HeartbeatRequest, context: Any) -> api.HeartbeatResponse:
        grant = calling_job()
        await self._current(grant)
        return api.HeartbeatResponse(grant=await self._jobs.renewed(grant))

    async def RequestUploads(self, request: api.RequestUploadsRequest, context: Any) -> api.RequestUploadsResponse:
        grant = calling_job()
        await self._current(grant)
        _check_uploads(request.uploads)
        files = [
            api.File(
                name=upload.name,
                url=self._objects.presign_put(f"{_folder(grant)}/{upload.name}", LINK_LIFE),
                bytes=upload.bytes,
                sha256=upload.sha256,
            )
            for upload in request.uploads
        ]
        return api.RequestUploadsResponse(files=files)

    async def Complete(self, request: api.CompleteRequest, context: Any) -> api.CompleteResponse:
        """Cheap checks first, then every file as it lies in the store, then the event, fenced once more."""
        grant = calling_job()
        dataset_id, number = domain.of_job(grant.job)
        state = (await self._datasets.load(grant.tenant, dataset_id)).state
        version = state.version(number)
        fence(grant, version.attempt, open=version.public.state != domain.FAILED)
        _check_uploads(request.files)
        domain.check_complete(state, number, request.manifest, request.files)
        for file in request.files:
            await verify_upload(self._objects, f"{_folder(grant)}/{file.name}", file)

        def decide(state: Dataset) -> Sequence[Message]:
            version = state.version(number)
            fence(grant, version.attempt, open=version.public.state != domain.FAILED)
            return domain.complete(state, number, request.manifest, request.files, self._clock())

        return await self._datasets.handle(grant.tenant, dataset_id, decide, lambda state: api.CompleteResponse())

    async def Fail(self, request: api.FailRequest, context: Any) -> api.FailResponse:
        grant = calling_job()
        dataset_id, number = domain.of_job(grant.job)

        def decide(state: Dataset) -> Sequence[Message]:
            version = state.version(number)
            fence(grant, version.attempt, open=version.public.state != domain.READY)
            return domain.fail(state, number, request.reason, self._clock())

        response = await self._datasets.handle(grant.tenant, dataset_id, decide, lambda state: api.FailResponse())
        await discard(self._objects, _folder(grant))
        return response

    async def _current(self, grant: Grant) -> tuple[Dataset, int]:
        """The dataset and version number of the calling job; raises NotFound or Conflict unless it is current."""
        dataset_id, number = domain.of_job(grant.job)
        state = (await self._datasets.load(grant.tenant, dataset_id)).state
        version = state.version(number)
        fence(grant, version.attempt, open=version.open)
        self._jobs.heard(grant.job, grant.attempt)
        return state, number


def _folder(grant: Grant) -> str:
    return domain.folder(grant.tenant, grant.job, grant.attempt)


def _check_uploads(uploads: Sequence[api.Upload]) -> None:
    if not 1 <= len(uploads) <= MOST_FILES:
        raise Rejected(f"{len(uploads)} files are listed; list 1 to {MOST_FILES}", field="uploads")
    for upload in uploads:
        check_upload(upload)
