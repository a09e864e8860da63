"""What is pushed: a run as it trains, an architecture as it is edited.

Each subscription begins by reading the thing with the caller's grant, which is also the check that the caller may see
it, and reads it again every few seconds, so that a lost message delays a client but never leaves it waiting.
"""

import time
from collections.abc import AsyncGenerator
from typing import Annotated, TypeAlias

import strawberry

from gateway.context import Context, Info
from gateway.live import Topic
from gateway.schema.architectures import Architecture, whole
from gateway.schema.frames import (
    EditsApplied,
    RunLog,
    RunMetrics,
    VersionSaved,
    architecture_frames,
    look_again,
    report_frames,
)
from gateway.schema.records import Progress
from gateway.schema.training import OVER, Run, run
from neuralforge.graph.v1 import service_pb2 as graph
from neuralforge.training.v1 import service_pb2 as training

LOOK_SECONDS = 3.0

RunUpdate: TypeAlias = Annotated[Run | RunMetrics | RunLog | Progress, strawberry.union("RunUpdate")]
ArchitectureUpdate: TypeAlias = Annotated[
    Architecture | EditsApplied | VersionSaved, strawberry.union("ArchitectureUpdate")
]


async def _run(context: Context, id: str) -> Run:
    answer = await context.ask(context.stubs.runs.GetRun, training.GetRunRequest(run_id=id), again=True)
    return run(answer.run)


async def _architecture(context: Context, id: str) -> Architecture:
    request = graph.GetArchitectureRequest(architecture_id=id)
    answer = await context.ask(context.stubs.architectures.GetArchitecture, request, again=True)
    return whole(answer)


def _run_topics(context: Context, id: str) -> tuple[Topic, Topic]:
    tenant = context.caller.tenant
    return (
        Topic("nf.training.run.>", look_again, tenant, f"run-{id}"),
        Topic(f"nf.live.training.{tenant}.{id}", report_frames),
    )


class _Looks:
    """When to read the watched thing again."""

    def __init__(self) -> None:
        self.done()

    def done(self) -> None:
        self._next = time.monotonic() + LOOK_SECONDS

    @property
    def seconds(self) -> float:
        return max(0.0, self._next - time.monotonic())


@strawberry.type
class Subscription:
    @strawberry.subscription(
        description="The run now and whenever its state changes, and between that what it reports; ends with the run."
    )
    async def run_progress(self, info: Info, run_id: strawberry.ID) -> AsyncGenerator[RunUpdate, None]:
        context = info.context
        known = await _run(context, run_id)
        async with context.backend.live.watch(*_run_topics(context, known.id)) as mailbox:
            known = await _run(context, run_id)
            yield known
            looks = _Looks()
            while known.state not in OVER:
                frames, changed = await mailbox.take(looks.seconds)
                before = known
                if changed or not looks.seconds:
                    known = await _run(context, run_id)
                    looks.done()
                for frame in (*frames, *mailbox.frames()):  # those of the end have come by the time it is seen
                    yield frame  # type: ignore[misc]
                if _place(known) != _place(before):
                    yield known

    @strawberry.subscription(
        description="The architecture now, then each batch of edits, each saved version; whole after a gap or rename."
    )
    async def architecture_edits(
        self, info: Info, architecture_id: strawberry.ID
    ) -> AsyncGenerator[ArchitectureUpdate, None]:
        context = info.context
        known = await _architecture(context, architecture_id)
        topic = Topic("nf.graph.architecture.>", architecture_frames, context.caller.tenant, f"architecture-{known.id}")
        async with context.backend.live.watch(topic) as mailbox:
            known = await _architecture(context, architecture_id)
            yield known
            revision, name, looks = known.revision, known.name, _Looks()
            while True:
                frames, changed = await mailbox.take(looks.seconds)
                for frame in frames:
                    if isinstance(frame, VersionSaved):
                        yield frame
                    elif isinstance(frame, EditsApplied) and frame.revision > revision:
                        revision = frame.revision
                        yield frame
                if changed or not looks.seconds:
                    known = await _architecture(context, architecture_id)
                    looks.done()
                    if known.revision > revision or known.name != name:
                        revision, name = known.revision, known.name
                        yield known


def _place(run: Run) -> tuple[object, ...]:
    """What of a run is worth telling; its progress comes in frames."""
    return run.state, run.attempt, run.cancel_requested, run.best_epoch
