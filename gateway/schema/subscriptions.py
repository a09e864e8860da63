"""What is pushed: a run as it trains, an architecture as it is edited.

Each subscription begins by reading the thing with the caller's grant, which is also the check that the caller may see
it, and reads it again every few seconds, so that a lost message delays a client but never leaves it waiting.
"""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from typing import Annotated, Generic, TypeAlias, TypeVar

import strawberry

from gateway.context import Context, Info
from gateway.live import Frame, Mailbox, Topic
from gateway.schema.architectures import Architecture, whole
from gateway.schema.frames import (
    EditsApplied,
    Missed,
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
FRESH_SECONDS = 1.0  # a look now and then may be one that began so long ago

Thing = TypeVar("Thing")
RunUpdate: TypeAlias = Annotated[Run | RunMetrics | RunLog | Progress | Missed, strawberry.union("RunUpdate")]
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


class _Watched(Generic[Thing]):
    """A thing that is read again after each change and every few seconds, once for all who have the same rights."""

    def __init__(self, context: Context, id: str, read: Callable[[Context, str], Awaitable[Thing]]) -> None:
        self._context = context
        self._id = id
        self._read = read
        self._next = time.monotonic() + LOOK_SECONDS

    async def news(self, mailbox: Mailbox) -> tuple[Sequence[Frame], Thing | None]:
        """The frames there are, and the thing where it was due to be read."""
        frames, changed = await mailbox.take(max(0.0, self._next - time.monotonic()))
        if not changed and time.monotonic() < self._next:
            return frames, None
        found = await self._look(mailbox.changed_at if changed else time.monotonic() - FRESH_SECONDS)
        self._next = time.monotonic() + LOOK_SECONDS
        return frames, found

    async def _look(self, since: float) -> Thing:
        context, grant = self._context, self._context.caller
        context.forget()
        key = self._read, self._id, grant.tenant, grant.subject, grant.role, grant.project
        return await context.backend.looks.shared(key, since, lambda: self._read(context, self._id))


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
            watched = _Watched(context, known.id, _run)
            while known.state not in OVER:
                before = known
                frames, found = await watched.news(mailbox)
                known = found or known
                for update in _updates(mailbox, frames, over=known.state in OVER):
                    yield update
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
            revision, name, watched = known.revision, known.name, _Watched(context, known.id, _architecture)
            while True:
                frames, found = await watched.news(mailbox)
                for frame in frames:
                    if isinstance(frame, VersionSaved):
                        yield frame
                    elif isinstance(frame, EditsApplied) and frame.revision > revision:
                        revision = frame.revision
                        yield frame
                if found and (found.revision > revision or found.name != name):
                    revision, name = found.revision, found.name
                    yield found


def _updates(mailbox: Mailbox, frames: Sequence[Frame], *, over: bool) -> Iterator[RunUpdate]:
    """The frames, each after what was left out before it; of a run that is over, whatever comes while they are taken.

    Those of the end have come by the time the end is seen.
    """
    frames = (*frames, *mailbox.frames())
    while frames:
        if missed := mailbox.missed():
            yield Missed(frames=missed)
        yield from frames  # type: ignore[misc]
        frames = mailbox.frames() if over else ()


def _place(run: Run) -> tuple[object, ...]:
    """What of a run is worth telling; its progress comes in frames."""
    return run.state, run.attempt, run.cancel_requested, run.best_epoch
