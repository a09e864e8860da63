"""RunService: runs started, watched, cancelled and read by people."""

import base64
import hashlib
import math
from asyncio import gather, to_thread
from typing import Any, TypeAlias

from google.protobuf.timestamp_pb2 import Timestamp

from kernel.aggregate import Aggregate
from kernel.call import current_call
from kernel.clock import timestamp
from kernel.errors import Rejected
from kernel.ids import new_id
from kernel.listing import ordered_page
from kernel.log import Key
from kernel.projects import ProjectDirectory
from kernel.service import Resources
from neuralforge.billing.v1 import service_pb2 as billing
from neuralforge.billing.v1 import service_pb2_grpc as billing_rpc
from neuralforge.dataset.v1 import service_pb2 as dataset
from neuralforge.dataset.v1 import service_pb2_grpc as dataset_rpc
from neuralforge.graph.v1 import service_pb2 as graph
from neuralforge.graph.v1 import service_pb2_grpc as graph_rpc
from neuralforge.training.v1 import events_pb2 as events
from neuralforge.training.v1 import service_pb2 as api
from neuralforge.training.v1 import service_pb2_grpc as rpc
from services.training import runs
from services.training.answers import estimated, known, not_trainable, to_reproduction, to_run
from services.training.checkpoints import CheckpointFiles
from services.training.devices import Device, Devices
from services.training.estimates import estimate
from services.training.fitting import check_fits, check_ready, layers
from services.training.measured import completed_runs, work_of
from services.training.metrics import MOST_POINTS, Metrics
from services.training.options import complete_limit, complete_name, complete_options
from services.training.processor import processor
from services.training.projection import occupied
from services.training.reports import MOST_SERIES, Reports
from services.training.run_list import ORDERS, list_runs
from services.training.runs import Run
from services.training.throughput import on_cpu, on_gpu

Start: TypeAlias = api.StartRunRequest | api.EstimateRunRequest
MOST_MILLISECONDS = 2**53


class RunService(rpc.RunServiceServicer):
    def __init__(
        self,
        resources: Resources,
        aggregate: Aggregate[Run],
        devices: Devices,
        projects: ProjectDirectory,
        reports: Reports,
        metrics: Metrics,
        files: CheckpointFiles,
    ) -> None:
        self._resources = resources
        self._runs = aggregate
        self._devices = devices
        self._projects = projects
        self._reports = reports
        self._metrics = metrics
        self._files = files

    def _now(self) -> Timestamp:
        return timestamp(self._resources.clock())

    async def StartRun(self, request: api.StartRunRequest, context: Any) -> api.StartRunResponse:
        """Everything is checked before anything is held; a hold whose run is not queued lapses by itself."""
        call = current_call()
        tenant = call.caller.tenant
        options, limit = complete_options(request.options), complete_limit(request.limit_milliseconds)
        device = await self._devices.require(request.device or "cpu")
        architecture = await self._architecture(request)
        data = await self._dataset(request)
        check_ready(data)
        await to_thread(check_fits, architecture, data)  # a large network takes a while
        await self._projects.require(tenant, architecture.project_id)
        run_id = _run_id(call.key)
        queued = events.RunQueued(
            run_id=run_id,
            project_id=architecture.project_id,
            name=complete_name(request.name, f"run-{run_id[:6]}"),
            architecture_id=architecture.version.architecture_id,
            architecture_version=architecture.version.number,
            dataset_id=data.dataset_id,
            dataset_version=data.number,
            options=options,
            device=device.name,
            device_kind=device.kind,
            limit_milliseconds=limit,
            document=architecture.document,
            content_hash=architecture.version.content_hash,
            dataset_hash=data.content_hash,
            created_by=call.caller.subject,
            macs=architecture.version.macs,
            train_rows=data.train_rows,
        )
        await self._hold(run_id, device, limit)
        queued.at.CopyFrom(self._now())
        return await self._runs.handle(
            tenant,
            run_id,
            lambda run: runs.queue(run, queued),
            lambda run: api.StartRunResponse(run=to_run(run, queued.at)),
        )

    async def EstimateRun(self, request: api.EstimateRunRequest, context: Any) -> api.EstimateRunResponse:
        """Checks what StartRun checks, in its order, and holds nothing."""
        tenant = current_call().caller.tenant
        options, limit = complete_options(request.options), complete_limit(request.limit_milliseconds)
        device = await self._devices.require(request.device or "cpu")
        architecture, data, now = await gather(self._architecture(request), self._dataset(request), processor())
        try:
            check_ready(data)
            plan = await to_thread(check_fits, architecture, data)
        except Rejected as error:
            preview = await self._preview(device, limit, 0)
            return not_trainable(error.message, preview)
        await self._projects.require(tenant, architecture.project_id)
        version = architecture.version
        past = await completed_runs(self._resources.database, tenant, device.kind, version.architecture_id)
        work = work_of(version.architecture_id, version.macs, data.train_rows, options)
        cpu = on_cpu(now, layers(plan), work.macs * work.batch_size)
        assumed = cpu if device.kind == "cpu" else on_gpu(device.kind, work.precision)
        found = estimate(work, device.kind, past, assumed, data.validation_rows)
        milliseconds = min(math.ceil(found.device_seconds * 1000), MOST_MILLISECONDS)
        return estimated(found, milliseconds, await self._preview(device, limit, milliseconds))

    async def _preview(self, device: Device, limit: int, expected: int) -> billing.PreviewHoldResponse:
        """What billing would say to the run's hold."""
        neighbours = self._resources.neighbours
        stub = neighbours.stub("billing", billing_rpc.HoldServiceStub)
        asked = billing.PreviewHoldRequest(device_kind=device.kind, milliseconds=limit, expected_milliseconds=expected)
        answer: billing.PreviewHoldResponse = await neighbours.call(stub.PreviewHold, asked)
        return answer

    async def _architecture(self, request: Start) -> graph.GetVersionResponse:
        neighbours = self._resources.neighbours
        stub = neighbours.stub("graph", graph_rpc.ArchitectureServiceStub)
        asked = graph.GetVersionRequest(architecture_id=request.architecture_id, number=request.architecture_version)
        answer: graph.GetVersionResponse = await neighbours.call(stub.GetVersion, asked)
        return answer

    async def _dataset(self, request: Start) -> dataset.DatasetVersion:
        neighbours = self._resources.neighbours
        stub = neighbours.stub("dataset", dataset_rpc.DatasetServiceStub)
        asked = dataset.GetDatasetVersionRequest(dataset_id=request.dataset_id, number=request.dataset_version)
        answer: dataset.GetDatasetVersionResponse = await neighbours.call(stub.GetDatasetVersion, asked)
        return answer.version

    async def _hold(self, run_id: str, device: Device, limit: int) -> None:
        """Sets device time aside with billing, whose refusal reaches the caller as it is.

        The hold's id makes this happen once. An idempotency key would do harm: it would repeat the first answer for a
        hold that has lapsed since, where billing has to decide anew.
        """
        neighbours = self._resources.neighbours
        stub = neighbours.stub("billing", billing_rpc.HoldServiceStub)
        asked = billing.PlaceHoldRequest(hold_id=run_id, device_kind=device.kind, milliseconds=limit)
        await neighbours.call(stub.PlaceHold, asked)

    async def GetRun(self, request: api.GetRunRequest, context: Any) -> api.GetRunResponse:
        tenant, run = await self._load(request.run_id)
        progress = await self._reports.progress(tenant, request.run_id)
        return api.GetRunResponse(run=to_run(run, self._now(), progress))

    async def ListRuns(self, request: api.ListRunsRequest, context: Any) -> api.ListRunsResponse:
        tenant = current_call().caller.tenant
        asked = ordered_page(ORDERS, request.order_by, request.page_size, request.page_token)
        await self._projects.require(tenant, request.project_id)
        found, token = await list_runs(self._resources.database, tenant, request, asked, self._now())
        return api.ListRunsResponse(runs=found, next_page_token=token)

    async def CancelRun(self, request: api.CancelRunRequest, context: Any) -> api.CancelRunResponse:
        caller, now = current_call().caller, self._now()
        await self._load(request.run_id)

        def decide(run: Run) -> Any:
            return runs.request_cancel(run, caller.subject, now)

        return await self._runs.handle(
            caller.tenant, request.run_id, decide, lambda run: api.CancelRunResponse(run=to_run(run, now))
        )

    async def GetMetrics(self, request: api.GetMetricsRequest, context: Any) -> api.GetMetricsResponse:
        tenant, _ = await self._load(request.run_id)
        if not 0 <= request.points <= MOST_POINTS:
            sentence = f"points must be 1 to {MOST_POINTS}, or 0 for all up to that many; it is {request.points}"
            raise Rejected(sentence, field="points")
        if len(request.series) > MOST_SERIES:
            raise Rejected(f"at most {MOST_SERIES} series can be named at once", field="series")
        found = await self._metrics.read(tenant, request.run_id, request.series, request.points)
        return api.GetMetricsResponse(series=found)

    async def ListLogLines(self, request: api.ListLogLinesRequest, context: Any) -> api.ListLogLinesResponse:
        tenant, _ = await self._load(request.run_id)
        lines = await self._reports.lines(tenant, request.run_id, request.after, request.page_size)
        return api.ListLogLinesResponse(lines=lines)

    async def ListCheckpoints(self, request: api.ListCheckpointsRequest, context: Any) -> api.ListCheckpointsResponse:
        tenant, run = await self._load(request.run_id)
        linked = [self._files.linked(tenant, request.run_id, kept) for kept in run.checkpoints]
        return api.ListCheckpointsResponse(checkpoints=linked)

    async def GetReproduction(self, request: api.GetReproductionRequest, context: Any) -> api.GetReproductionResponse:
        _, run = await self._load(request.run_id)
        document = known(run, request.run_id).document
        return api.GetReproductionResponse(reproduction=to_reproduction(run), document=document)

    async def ListDevices(self, request: api.ListDevicesRequest, context: Any) -> api.ListDevicesResponse:
        taken = await occupied(self._resources.database.every_tenant)
        return api.ListDevicesResponse(
            devices=[
                api.Device(
                    name=device.name,
                    kind=device.kind,
                    slots=device.slots,
                    free_slots=max(0, device.slots - taken.get(device.name, 0)),
                    memory_bytes=device.memory_bytes,
                )
                for device in await self._devices.list()
            ]
        )

    async def _load(self, run_id: str) -> tuple[str, Run]:
        """(the caller's tenant, the run); raises NotFound, also for one in a project that is closed to the caller."""
        tenant = current_call().caller.tenant
        run = (await self._runs.load(tenant, run_id)).state
        if not await self._projects.shows(known(run, run_id).project_id):
            known(Run(), run_id)
        return tenant, run


def _run_id(key: Key | None) -> str:
    """Derived from the idempotency key where there is one, so that a retried start places the same hold again."""
    if key is None:
        return new_id()
    digest = hashlib.sha256(f"{key.tenant}/{key.name}/".encode() + key.request_hash).digest()
    return "r" + base64.b32encode(digest[:15]).decode().lower()[:19]
