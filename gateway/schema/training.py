"""Training runs. Their curves, logs and checkpoints are in `records`."""

from datetime import datetime
from enum import Enum
from typing import Annotated, TypeAlias

import strawberry

from gateway.context import Info
from gateway.errors import Refusal
from gateway.scalars import JSON, BigInt, optional_json, optional_moment
from gateway.schema.options import TrainingOptions, TrainingOptionsInput, options_message, training_options
from gateway.schema.pages import Page
from gateway.schema.records import Progress, RunRecords, progress
from kernel.clock import moment
from neuralforge.training.v1 import service_pb2 as api


@strawberry.enum
class RunState(Enum):
    QUEUED = api.RUN_STATE_QUEUED
    STARTING = api.RUN_STATE_STARTING
    RUNNING = api.RUN_STATE_RUNNING
    COMPLETED = api.RUN_STATE_COMPLETED
    FAILED = api.RUN_STATE_FAILED
    CANCELLED = api.RUN_STATE_CANCELLED


@strawberry.enum
class RunOrder(Enum):
    CREATED_AT = "created_at"
    NAME = "name"
    TEST_ACCURACY = "test_accuracy"
    BEST_VALIDATION_ACCURACY = "best_validation_accuracy"
    DEVICE_MILLISECONDS = "device_milliseconds"


OVER = frozenset({RunState.COMPLETED, RunState.FAILED, RunState.CANCELLED})


@strawberry.type
class Run(RunRecords):
    project_id: strawberry.ID
    name: str
    architecture_id: strawberry.ID
    architecture_version: int
    dataset_id: strawberry.ID
    dataset_version: int
    options: TrainingOptions
    device: str
    state: RunState
    attempt: int
    progress: Progress | None
    reason: str | None = strawberry.field(description="Why it failed or was cancelled.")
    cancel_requested: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    created_by: strawberry.ID
    device_milliseconds: BigInt = strawberry.field(description="Time on the device, all attempts.")
    limit_milliseconds: BigInt = strawberry.field(description="Device time the hold covers; the run is stopped there.")
    best_validation_accuracy: float
    best_epoch: int
    test_accuracy: float | None = strawberry.field(description="Null until the run has completed.")
    evaluation: JSON | None = strawberry.field(description="On the test split, once completed.")


def run(message: api.Run) -> Run:
    state = RunState(message.state)
    return Run(
        id=strawberry.ID(message.id),
        project_id=strawberry.ID(message.project_id),
        name=message.name,
        architecture_id=strawberry.ID(message.architecture_id),
        architecture_version=message.architecture_version,
        dataset_id=strawberry.ID(message.dataset_id),
        dataset_version=message.dataset_version,
        options=training_options(message.options),
        device=message.device,
        state=state,
        attempt=message.attempt,
        progress=progress(message.progress) if message.HasField("progress") else None,
        reason=message.reason or None,
        cancel_requested=message.cancel_requested,
        created_at=moment(message.created_at),
        started_at=optional_moment(message.started_at),
        finished_at=optional_moment(message.finished_at),
        created_by=strawberry.ID(message.created_by),
        device_milliseconds=BigInt(message.device_milliseconds),
        limit_milliseconds=BigInt(message.limit_milliseconds),
        best_validation_accuracy=message.best_validation_accuracy,
        best_epoch=message.best_epoch,
        test_accuracy=message.test_accuracy if state is RunState.COMPLETED else None,
        evaluation=optional_json(message.evaluation),
    )


@strawberry.type
class Device:
    name: str = strawberry.field(description="What startRun takes.")
    kind: str = strawberry.field(description="What plans price.")
    slots: int
    free_slots: int
    memory_bytes: BigInt


def device(message: api.Device) -> Device:
    return Device(
        name=message.name,
        kind=message.kind,
        slots=message.slots,
        free_slots=message.free_slots,
        memory_bytes=BigInt(message.memory_bytes),
    )


StartRunResult: TypeAlias = Annotated[Run | Refusal, strawberry.union("StartRunResult")]
CancelRunResult: TypeAlias = Annotated[Run | Refusal, strawberry.union("CancelRunResult")]


@strawberry.type
class TrainingQuery:
    @strawberry.field(description="Devices runs can ask for.")
    async def devices(self, info: Info) -> list[Device]:
        answer = await info.context.ask(info.context.stubs.runs.ListDevices, api.ListDevicesRequest())
        return [device(each) for each in answer.devices]

    @strawberry.field
    async def run(self, info: Info, id: strawberry.ID) -> Run | None:
        answer = await info.context.ask(info.context.stubs.runs.GetRun, api.GetRunRequest(run_id=id))
        return run(answer.run)

    @strawberry.field(
        description="No states means all, `query` is text in the name; runs that lack what is ordered by come last."
    )
    async def runs(
        self,
        info: Info,
        project_id: strawberry.ID,
        states: list[RunState] | None = None,
        query: str = "",
        architecture_id: strawberry.ID | None = None,
        order_by: RunOrder = RunOrder.CREATED_AT,
        descending: bool = True,
        first: int = 0,
        after: str = "",
    ) -> Page[Run]:
        request = api.ListRunsRequest(
            project_id=project_id,
            page_size=first,
            page_token=after,
            states=[state.value for state in states or ()],
            query=query,
            architecture_id=architecture_id or "",
            order_by=f"{order_by.value} desc" if descending else order_by.value,
        )
        answer = await info.context.ask(info.context.stubs.runs.ListRuns, request)
        return Page(nodes=[run(each) for each in answer.runs], next_page_token=answer.next_page_token or None)


@strawberry.type
class TrainingMutation:
    @strawberry.mutation(description="Version 0 is the newest; no device means the cpu, no limit one hour.")
    async def start_run(
        self,
        info: Info,
        architecture_id: strawberry.ID,
        dataset_id: strawberry.ID,
        architecture_version: int = 0,
        dataset_version: int = 0,
        options: TrainingOptionsInput | None = None,
        device: str = "",
        limit_milliseconds: BigInt | None = None,
        name: str = "",
        key: str | None = None,
    ) -> StartRunResult:
        request = api.StartRunRequest(
            architecture_id=architecture_id,
            architecture_version=architecture_version,
            dataset_id=dataset_id,
            dataset_version=dataset_version,
            options=options_message(options),
            device=device,
            limit_milliseconds=limit_milliseconds or 0,
            name=name,
        )
        return run((await info.context.command(info.context.stubs.runs.StartRun, request, key)).run)

    @strawberry.mutation(description="Stops a run at its next batch.")
    async def cancel_run(self, info: Info, id: strawberry.ID, key: str | None = None) -> CancelRunResult:
        request = api.CancelRunRequest(run_id=id)
        return run((await info.context.command(info.context.stubs.runs.CancelRun, request, key)).run)
