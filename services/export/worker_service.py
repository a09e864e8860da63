"""WorkerService: what an export job may do, fenced to the current attempt at its own export."""

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
from neuralforge.export.v1 import service_pb2 as api
from neuralforge.export.v1 import service_pb2_grpc as rpc
from services.export import domain
from services.export.domain import Export
from services.export.trained import Trained


class WorkerService(rpc.WorkerServiceServicer):
    def __init__(
        self,
        exports: Aggregate[Export],
        jobs: Jobs,
        trained: Trained,
        objects: ObjectStore,
        clock: Clock,
    ) -> None:
        self._exports = exports
        self._jobs = jobs
        self._trained = trained
        self._objects = objects
        self._clock = clock

    async def Attach(self, request: api.AttachRequest, context: Any) -> api.AttachResponse:
        grant = calling_job()
        state = await self._current(grant)
        weights = await self._trained.weights(state.public.run_id, tenant=grant.tenant)
        files = await self._trained.dataset_files(state.dataset_id, state.dataset_version, tenant=grant.tenant)
        return api.AttachResponse(
            document=state.document, format=state.public.format, weights=[weights], dataset_files=files
        )

    async def Heartbeat(self, request: api.HeartbeatRequest, context: Any) -> api.HeartbeatResponse:
        grant = calling_job()
        await self._current(grant)
        if request.stage not in domain.STAGES:
            known = ", ".join(stage for stage in domain.STAGES if stage)
            raise Rejected(f"{request.stage[:80]!r} is no stage; tell one of: {known}", field="stage")
        await self._jobs.heard(grant, request.stage)
        return api.HeartbeatResponse(grant=await self._jobs.renewed(grant))

    async def RequestUploads(self, request: api.RequestUploadsRequest, context: Any) -> api.RequestUploadsResponse:
        grant = calling_job()
        state = await self._current(grant)
        if [upload.name for upload in request.uploads] != [domain.file_name(state)]:
            raise Rejected(f"an export has one file, {domain.file_name(state)}; announce that one", field="uploads")
        (upload,) = request.uploads
        check_upload(upload)
        url = self._objects.presign_put(f"{_folder(grant)}/{upload.name}", LINK_LIFE)
        file = api.File(name=upload.name, url=url, bytes=upload.bytes, sha256=upload.sha256)
        return api.RequestUploadsResponse(files=[file])

    async def Complete(self, request: api.CompleteRequest, context: Any) -> api.CompleteResponse:
        """The report is checked before the file, the file before the event; without a file nothing may stay behind."""
        grant = calling_job()
        state = (await self._exports.load(grant.tenant, grant.job)).state
        _fence_end(grant, state, request)
        domain.check_result(state, request)
        if request.HasField("file"):
            check_upload(request.file)
            await verify_upload(self._objects, f"{_folder(grant)}/{request.file.name}", request.file)

        def decide(state: Export) -> Sequence[Message]:
            _fence_end(grant, state, request)
            return domain.finish(state, request, self._clock())

        response = await self._exports.handle(grant.tenant, grant.job, decide, lambda state: api.CompleteResponse())
        if not request.HasField("file"):
            await discard(self._objects, _folder(grant))
        return response

    async def _current(self, grant: Grant) -> Export:
        """The export of the calling job; raises NotFound or Conflict unless the job is its current attempt."""
        state = (await self._exports.load(grant.tenant, grant.job)).state
        fence(grant, state.attempt, open=state.open)
        return state


def _fence_end(grant: Grant, state: Export, request: api.CompleteRequest) -> None:
    """Only the current attempt may end an export; saying the same again is no error."""
    fence(grant, state.attempt, open=state.open or state.public.state == request.state)


def _folder(grant: Grant) -> str:
    return domain.folder(grant.tenant, grant.job, grant.attempt)
