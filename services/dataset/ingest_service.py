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
from services.dataset import domain, ingests, uploads
from services.dataset.domain import Dataset

MOST_FILES = 1000
MOST_FAULTS = 1000
LONGEST_TEXT = 300


class IngestService(rpc.IngestServiceServicer):
    def __init__(self, datasets: Aggregate[Dataset], jobs: Jobs, objects: ObjectStore, clock: Clock) -> None:
        self._datasets = datasets
        self._jobs = jobs
        self._objects = objects
        self._clock = clock

    async def Attach(self, request: api.AttachRequest, context: Any) -> api.AttachResponse:
        grant = calling_job()
        state, number = await self._current(grant)
        version = state.version(number)
        answer = api.AttachResponse(builtin=state.public.builtin, split=version.public.split, name=state.public.name)
        if version.upload:
            place = uploads.key(grant.tenant, state.id, version.upload)
            answer.source.CopyFrom(version.public.source)
            answer.options.CopyFrom(version.public.options)
            answer.source_url = self._objects.presign_get(place, LINK_LIFE)
        return answer

    async def Heartbeat(self, request: api.HeartbeatRequest, context: Any) -> api.HeartbeatResponse:
        grant = calling_job()
        state, number = await self._current(grant)
        if request.HasField("progress") and ingests.progress(state, number, request.progress, self._clock()):
            await self._datasets.handle(
                grant.tenant,
                state.id,
                lambda state: ingests.progress(state, number, request.progress, self._clock()),
                lambda state: api.HeartbeatResponse(),
            )
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
        _check_faults(request.faults)
        domain.check_complete(state, number, request.manifest, request.files)
        for file in request.files:
            await verify_upload(self._objects, f"{_folder(grant)}/{file.name}", file)

        def decide(state: Dataset) -> Sequence[Message]:
            version = state.version(number)
            fence(grant, version.attempt, open=version.public.state != domain.FAILED)
            return domain.complete(
                state,
                number,
                request.manifest,
                request.files,
                self._clock(),
                faults=request.faults,
                source_sha256=request.source_sha256,
            )

        return await self._datasets.handle(grant.tenant, dataset_id, decide, lambda state: api.CompleteResponse())

    async def Fail(self, request: api.FailRequest, context: Any) -> api.FailResponse:
        grant = calling_job()
        dataset_id, number = domain.of_job(grant.job)
        _check_faults(request.faults)

        def decide(state: Dataset) -> Sequence[Message]:
            version = state.version(number)
            fence(grant, version.attempt, open=version.public.state != domain.READY)
            return domain.fail(state, number, request.reason, self._clock(), faults=request.faults)

        response = await self._datasets.handle(grant.tenant, dataset_id, decide, lambda state: api.FailResponse())
        await discard(self._objects, _folder(grant))
        return response

    async def _current(self, grant: Grant) -> tuple[Dataset, int]:
        """The dataset and version number of the calling job; raises NotFound or Conflict unless it is current."""
        dataset_id, number = domain.of_job(grant.job)
        state = (await self._datasets.load(grant.tenant, dataset_id)).state
        version = state.version(number)
        fence(grant, version.attempt, open=version.open)
        await self._jobs.heard(grant)
        return state, number


def _folder(grant: Grant) -> str:
    return domain.folder(grant.tenant, grant.job, grant.attempt)


def _check_uploads(uploads: Sequence[api.Upload]) -> None:
    if not 1 <= len(uploads) <= MOST_FILES:
        raise Rejected(f"{len(uploads)} files are listed; list 1 to {MOST_FILES}", field="uploads")
    for upload in uploads:
        check_upload(upload)


def _check_faults(faults: api.Faults) -> None:
    """A job is not trusted to be brief."""
    if max(len(faults.listed), len(faults.counts)) > MOST_FAULTS:
        raise Rejected(f"{len(faults.listed)} faults are listed; list at most {MOST_FAULTS}", field="faults")
    texts = (text for fault in faults.listed for text in (fault.code, fault.reason, fault.path, fault.column))
    if any(len(text) > LONGEST_TEXT for text in texts):
        raise Rejected(f"a fault is told in more than {LONGEST_TEXT} characters; tell it in fewer", field="faults")
