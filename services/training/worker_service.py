"""WorkerService: what a training job may do, for its own run and only as the current attempt."""

from collections.abc import Sequence
from typing import Any

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from kernel import strict_json
from kernel.aggregate import Aggregate
from kernel.clock import timestamp
from kernel.errors import Rejected
from kernel.grants import Grant
from kernel.jobs import Jobs, calling_job, fence
from kernel.service import Resources
from neuralforge.dataset.v1 import service_pb2 as dataset
from neuralforge.dataset.v1 import service_pb2_grpc as dataset_rpc
from neuralforge.training.v1 import events_pb2 as events
from neuralforge.training.v1 import service_pb2 as api
from neuralforge.training.v1 import service_pb2_grpc as rpc
from neuralforge.training.v1.service_pb2 import CheckpointKind, RunState
from services.training import live, runs
from services.training.checkpoints import CheckpointFiles
from services.training.metrics import Metrics
from services.training.reports import Reports
from services.training.runs import Run

MOST_JSON_BYTES = 1 << 20
LONGEST_REASON = 2_000
KINDS = (CheckpointKind.CHECKPOINT_KIND_BEST, CheckpointKind.CHECKPOINT_KIND_LAST)


class WorkerService(rpc.WorkerServiceServicer):
    def __init__(
        self,
        resources: Resources,
        aggregate: Aggregate[Run],
        jobs: Jobs,
        reports: Reports,
        metrics: Metrics,
        files: CheckpointFiles,
    ) -> None:
        self._resources = resources
        self._runs = aggregate
        self._jobs = jobs
        self._reports = reports
        self._metrics = metrics
        self._files = files

    def _now(self) -> Timestamp:
        return timestamp(self._resources.clock())

    async def Attach(self, request: api.AttachRequest, context: Any) -> api.AttachResponse:
        job, now = calling_job(), self._now()
        check_json(request.environment, "environment")

        def decide(run: Run) -> Sequence[Message]:
            return runs.attach(fenced(job, run), request.environment, now)

        await self._runs.handle(job.tenant, job.job, decide, lambda run: api.AttachResponse())
        await self._jobs.heard(job)
        run = (await self._runs.load(job.tenant, job.job)).state
        assert run.queued
        resume = self._files.linked(job.tenant, job.job, run.last).files if run.last else []
        return api.AttachResponse(
            document=run.queued.document,
            options=run.queued.options,
            device=run.queued.device,
            dataset_files=await self._dataset_files(job, run.queued),
            resume_files=resume,
            last_sequence=await self._reports.last_sequence(job.tenant, job.job, job.attempt),
        )

    async def _dataset_files(self, job: Grant, queued: events.RunQueued) -> Sequence[api.File]:
        neighbours = self._resources.neighbours
        stub = neighbours.stub("dataset", dataset_rpc.DatasetServiceStub)
        asked = dataset.ListDatasetFilesRequest(dataset_id=queued.dataset_id, number=queued.dataset_version)
        answer = await neighbours.call(stub.ListDatasetFiles, asked, tenant=job.tenant)
        return [api.File(name=file.name, url=file.url, bytes=file.bytes, sha256=file.sha256) for file in answer.files]

    async def Report(self, request: api.ReportRequest, context: Any) -> api.ReportResponse:
        job, run = await self._fenced()
        lines = await self._reports.store(job, request, self._resources.clock())
        await self._jobs.heard(job)
        if lines is not None and (request.points or lines or request.HasField("progress")):
            await live.publish(self._resources.broker, job, request, lines)
        return api.ReportResponse(stop=run.cancel_requested is not None, grant=await self._jobs.renewed(job))

    async def RequestUploads(self, request: api.RequestUploadsRequest, context: Any) -> api.RequestUploadsResponse:
        job, _ = await self._fenced()
        files = self._files.upload_links(job.tenant, job.job, job.attempt, request.uploads)
        return api.RequestUploadsResponse(files=files)

    async def SaveCheckpoint(self, request: api.SaveCheckpointRequest, context: Any) -> api.SaveCheckpointResponse:
        job, _ = await self._fenced()
        if request.kind not in KINDS:
            raise Rejected("a checkpoint is the best or the last one; name its kind", field="kind")
        checkpoint = api.Checkpoint(
            kind=request.kind,
            epoch=request.epoch,
            step=request.step,
            validation_accuracy=_share(request.validation_accuracy, "validation_accuracy"),
            validation_loss=request.validation_loss,
            files=await self._files.verify(job.tenant, job.job, job.attempt, request.files),
        )
        now = self._now()
        before: list[Run] = []

        def decide(run: Run) -> Sequence[Message]:
            before[:] = [run]
            return runs.save_checkpoint(fenced(job, run), checkpoint, now)

        response = await self._runs.handle(job.tenant, job.job, decide, lambda run: api.SaveCheckpointResponse())
        kept = (await self._runs.load(job.tenant, job.job)).state.checkpoints
        replaced = before[0].best if request.kind == CheckpointKind.CHECKPOINT_KIND_BEST else before[0].last
        await self._files.remove(job.tenant, job.job, replaced, kept)
        return response

    async def Complete(self, request: api.CompleteRequest, context: Any) -> api.CompleteResponse:
        job, now = calling_job(), self._now()
        check_json(request.evaluation, "evaluation")
        completed = events.RunCompleted(
            evaluation=request.evaluation,
            test_accuracy=_share(request.test_accuracy, "test_accuracy"),
            best_validation_accuracy=_share(request.best_validation_accuracy, "best_validation_accuracy"),
            best_epoch=request.best_epoch,
        )

        def decide(run: Run) -> Sequence[Message]:
            fenced(job, run, unless=(RunState.RUN_STATE_COMPLETED,))
            return runs.complete(run, completed, now)

        response = await self._runs.handle(job.tenant, job.job, decide, lambda run: api.CompleteResponse())
        await self._finish(job)
        return response

    async def Fail(self, request: api.FailRequest, context: Any) -> api.FailResponse:
        job, now = calling_job(), self._now()
        reason = request.reason.strip()[:LONGEST_REASON] or "the worker gave no reason"

        def decide(run: Run) -> Sequence[Message]:
            fenced(job, run, unless=(RunState.RUN_STATE_FAILED, RunState.RUN_STATE_CANCELLED))
            return runs.fail(run, reason, now)

        response = await self._runs.handle(job.tenant, job.job, decide, lambda run: api.FailResponse())
        await self._finish(job)
        return response

    async def _finish(self, job: Grant) -> None:
        await self._metrics.finish(job.tenant, job.job)
        kept = (await self._runs.load(job.tenant, job.job)).state.checkpoints
        await self._files.sweep(job.tenant, job.job, kept)

    async def _fenced(self) -> tuple[Grant, Run]:
        """The calling job and its run, which it may work on now."""
        job = calling_job()
        return job, fenced(job, (await self._runs.load(job.tenant, job.job)).state)


def fenced(job: Grant, run: Run, *, unless: Sequence[int] = ()) -> Run:
    """The run, where the job is its current attempt and it is worked on, or ended in a state of `unless`."""
    fence(job, run.attempt, open=run.active or run.state in unless)
    return run


def check_json(data: bytes, field: str) -> None:
    """Raises Rejected unless `data` is a JSON object of reasonable size."""
    if len(data) > MOST_JSON_BYTES:
        raise Rejected(f"{field} has {len(data)} bytes; at most {MOST_JSON_BYTES} are kept", field=field)
    try:
        value = strict_json.read(data)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Rejected(f"{field} must be a JSON object, which knows neither NaN nor Infinity", field=field)


def _share(value: float, field: str) -> float:
    if not 0 <= value <= 1:
        raise Rejected(f"{field} must lie between 0 and 1, not {value:g}", field=field)
    return value
