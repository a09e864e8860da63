"""How an architecture came to be: its events up to a revision or a moment."""

from collections.abc import Sequence
from itertools import takewhile

from google.protobuf.timestamp_pb2 import Timestamp

from kernel.errors import NotFound
from kernel.log import Recorded
from neuralforge.graph.v1.events_pb2 import EditsApplied


def until_revision(history: Sequence[Recorded], revision: int) -> Sequence[Recorded]:
    """What had happened before the architecture moved past `revision`; raises NotFound for one it never had."""
    reached = [_revision(recorded) for recorded in history]
    last = max(reached)
    if not 1 <= revision <= last:
        raise NotFound(f"there is no revision {revision}; the architecture has revisions 1 to {last}")
    return [recorded for recorded, _ in takewhile(lambda step: step[1] <= revision, zip(history, reached, strict=True))]


def until_moment(history: Sequence[Recorded], moment: Timestamp) -> Sequence[Recorded]:
    """What had happened by `moment`; raises NotFound where the architecture did not exist yet."""
    limit = (moment.seconds, moment.nanos)
    events = list(takewhile(lambda recorded: (_at(recorded).seconds, _at(recorded).nanos) <= limit, history))
    if not events:
        raise NotFound(f"the architecture did not exist then; it was created at {_at(history[0]).ToJsonString()}")
    return events


def _revision(recorded: Recorded) -> int:
    """The revision an event leads to; the first is 1, and saving a version leads nowhere."""
    return recorded.event.revision if isinstance(recorded.event, EditsApplied) else 1


def _at(recorded: Recorded) -> Timestamp:
    at: Timestamp = recorded.event.at  # type: ignore[attr-defined]
    return at
