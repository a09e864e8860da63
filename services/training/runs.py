"""A run as a stream of events: its state, how events change it, and the decisions on it.

A run is worked on in attempts, one at a time. Device time counts from the moment a worker attached until its attempt
ended; of a lost attempt it counts until the worker was last heard, so nobody pays for our noticing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from kernel.clock import milliseconds
from kernel.jobs import MOST_ATTEMPTS
from neuralforge.training.v1 import events_pb2 as events
from neuralforge.training.v1 import service_pb2 as api
from neuralforge.training.v1.service_pb2 import CheckpointKind, RunState

OPEN = (RunState.RUN_STATE_QUEUED, RunState.RUN_STATE_STARTING, RunState.RUN_STATE_RUNNING)
ACTIVE = (RunState.RUN_STATE_STARTING, RunState.RUN_STATE_RUNNING)
CANCELLED = "cancelled as asked for"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One worker's go at the run; `environment` is what it said of itself when it attached."""

    number: int
    started_at: Timestamp
    attached_at: Timestamp | None = None
    environment: bytes = b""

    def elapsed(self, until: Timestamp) -> int:
        """Milliseconds on the device."""
        return milliseconds(self.attached_at, until) if self.attached_at else 0


@dataclass(frozen=True, slots=True)
class Run:
    """`spent` is the device time of attempts that are over, `finished` the event that ended the run."""

    queued: events.RunQueued | None = None
    state: int = RunState.RUN_STATE_UNSPECIFIED
    attempts: tuple[Attempt, ...] = ()
    spent: int = 0
    cancel_requested: events.CancelRequested | None = None
    best: api.Checkpoint | None = None
    last: api.Checkpoint | None = None
    finished: events.RunCompleted | events.RunFailed | events.RunCancelled | None = None

    @property
    def attempt(self) -> int:
        """The number of the latest attempt, 0 before the first."""
        return self.attempts[-1].number if self.attempts else 0

    @property
    def fruitless(self) -> range:
        """The latest attempts, of which none has saved anything."""
        return range((self.last.attempt if self.last else 0) + 1, self.attempt + 1)

    @property
    def open(self) -> bool:
        return self.state in OPEN

    @property
    def active(self) -> bool:
        """A worker has the run, or is about to."""
        return self.state in ACTIVE

    @property
    def checkpoints(self) -> tuple[api.Checkpoint, ...]:
        return tuple(kept for kept in (self.best, self.last) if kept)

    def used(self, until: Timestamp) -> int:
        """Milliseconds on the device, all attempts, at most what the hold covers."""
        if self.finished or self.queued is None:
            return self.spent
        running = self.attempts[-1].elapsed(until) if self.active else 0
        return min(self.spent + running, self.queued.limit_milliseconds)


def evolve(run: Run, event: Message) -> Run:
    match event:
        case events.RunQueued():
            return replace(run, queued=event, state=RunState.RUN_STATE_QUEUED)
        case events.AttemptStarted():
            attempts = (*run.attempts, Attempt(event.attempt, event.at))
            return replace(run, state=RunState.RUN_STATE_STARTING, attempts=attempts)
        case events.AttemptAttached():
            attached = replace(run.attempts[-1], attached_at=event.at, environment=event.environment)
            return replace(run, state=RunState.RUN_STATE_RUNNING, attempts=(*run.attempts[:-1], attached))
        case events.CheckpointSaved():
            name = "best" if event.checkpoint.kind == CheckpointKind.CHECKPOINT_KIND_BEST else "last"
            return replace(run, **{name: event.checkpoint})  # type: ignore[arg-type]
        case events.AttemptLost():
            return replace(run, state=RunState.RUN_STATE_QUEUED, spent=run.spent + event.device_milliseconds)
        case events.CancelRequested():
            return replace(run, cancel_requested=event)
        case events.RunCompleted():
            return _finished(run, RunState.RUN_STATE_COMPLETED, event)
        case events.RunFailed():
            return _finished(run, RunState.RUN_STATE_FAILED, event)
        case events.RunCancelled():
            return _finished(run, RunState.RUN_STATE_CANCELLED, event)
        case _:
            raise TypeError(f"a run has no event {event.DESCRIPTOR.full_name}")


def _finished(run: Run, state: int, event: events.RunCompleted | events.RunFailed | events.RunCancelled) -> Run:
    return replace(run, state=state, finished=event, spent=event.device_milliseconds)


def queue(run: Run, queued: events.RunQueued) -> Sequence[Message]:
    return [] if run.queued else [queued]


def start_attempt(run: Run, now: Timestamp) -> Sequence[Message]:
    """Hands the queued run to a new attempt."""
    if run.queued is None or run.state != RunState.RUN_STATE_QUEUED:
        return []
    return [events.AttemptStarted(run_id=run.queued.run_id, attempt=run.attempt + 1, at=now)]


def refuse(run: Run, refusal: str, now: Timestamp) -> Sequence[Message]:
    """Ends a run that never started, for its device time is not there any more."""
    if run.queued is None or run.state != RunState.RUN_STATE_QUEUED or run.attempt:
        return []
    return [_failed(run, f"not started, for its device time was given back while it waited: {refusal}", 0, now)]


def attach(run: Run, environment: bytes, now: Timestamp) -> Sequence[Message]:
    """The current attempt's worker reports for duty; doing so twice is no error."""
    if run.queued is None or run.state != RunState.RUN_STATE_STARTING:
        return []
    return [
        events.AttemptAttached(run_id=run.queued.run_id, attempt=run.attempt, environment=environment, at=now),
    ]


def save_checkpoint(run: Run, checkpoint: api.Checkpoint, now: Timestamp) -> Sequence[Message]:
    """Keeps the checkpoint in place of the older one of its kind."""
    assert run.queued
    saved = api.Checkpoint()
    saved.CopyFrom(checkpoint)
    saved.attempt = run.attempt
    saved.created_at.CopyFrom(now)
    known = run.best if saved.kind == CheckpointKind.CHECKPOINT_KIND_BEST else run.last
    if known and _content(known) == _content(saved):
        return []
    return [events.CheckpointSaved(run_id=run.queued.run_id, checkpoint=saved, at=now)]


def _content(checkpoint: api.Checkpoint) -> tuple[int, int, tuple[str, ...]]:
    return checkpoint.attempt, checkpoint.step, tuple(file.sha256 for file in checkpoint.files)


def request_cancel(run: Run, by: str, now: Timestamp) -> Sequence[Message]:
    """A queued run is over at once; a worker is told with its next report. A finished run stays as it is."""
    if run.queued is None or not run.open or run.cancel_requested:
        return []
    asked = events.CancelRequested(run_id=run.queued.run_id, by=by, at=now)
    return [asked] if run.active else [asked, _cancelled(run, run.used(now), now)]


def complete(run: Run, completed: events.RunCompleted, now: Timestamp) -> Sequence[Message]:
    if not run.active:
        return []
    assert run.queued
    event = events.RunCompleted()
    event.CopyFrom(completed)
    event.run_id = run.queued.run_id
    event.device_milliseconds = run.used(now)
    event.at.CopyFrom(now)
    return [event]


def fail(run: Run, reason: str, now: Timestamp) -> Sequence[Message]:
    """Ends a run that is worked on: as cancelled where that was asked for, as failed otherwise."""
    if not run.active:
        return []
    used = run.used(now)
    return [_cancelled(run, used, now) if run.cancel_requested else _failed(run, reason, used, now)]


def stop_at_limit(run: Run, now: Timestamp) -> Sequence[Message]:
    """Ends a run that has used up the device time held for it."""
    if not run.active or run.queued is None or run.used(now) < run.queued.limit_milliseconds:
        return []
    seconds = run.queued.limit_milliseconds / 1000
    reason = f"stopped at its limit of {seconds:g} s of device time; start it again with a higher limit_milliseconds"
    return [_failed(run, reason, run.used(now), now)]


def lose_attempt(
    run: Run,
    attempt: int,
    reason: str,
    heard_at: Timestamp | None,
    now: Timestamp,
    most: int = MOST_ATTEMPTS,
) -> Sequence[Message]:
    """Gives up on a vanished worker, last heard at `heard_at`: the run queues again.

    It ends once `most` in a row have saved nothing: a run that gets further outlives any number of restarts.
    """
    if not run.active or run.attempt != attempt or run.queued is None:
        return []
    current = run.attempts[-1]
    spent = current.elapsed(heard_at) if heard_at else 0
    spent = min(spent, run.queued.limit_milliseconds - run.spent)
    lost = events.AttemptLost(
        run_id=run.queued.run_id, attempt=attempt, reason=reason, device_milliseconds=spent, at=now
    )
    used = run.spent + spent
    if run.cancel_requested:
        return [lost, _cancelled(run, used, now)]
    fruitless = len(run.fruitless)
    if fruitless >= most:
        return [lost, _failed(run, f"{fruitless} workers were lost; of the last one: {reason}", used, now)]
    return [lost]


def _failed(run: Run, reason: str, used: int, now: Timestamp) -> events.RunFailed:
    assert run.queued
    return events.RunFailed(run_id=run.queued.run_id, reason=reason, device_milliseconds=used, at=now)


def _cancelled(run: Run, used: int, now: Timestamp) -> events.RunCancelled:
    assert run.queued
    return events.RunCancelled(run_id=run.queued.run_id, reason=CANCELLED, device_milliseconds=used, at=now)
