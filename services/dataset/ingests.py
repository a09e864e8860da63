"""An ingest under way: how far it is, and how people end it."""

from datetime import datetime

from google.protobuf.message import Message

from kernel.clock import timestamp
from kernel.errors import Rejected
from neuralforge.dataset.v1 import events_pb2 as events
from neuralforge.dataset.v1 import service_pb2 as api
from services.dataset import domain
from services.dataset.domain import Dataset

STEPS = 20  # a stage is told of at most so often
UNKNOWN_STEP = 50_000  # rows, where nobody knows yet how many there are
LONGEST_STAGE = 40
CANCELLED = "cancelled"


def progress(state: Dataset, number: int, seen: api.IngestProgress, now: datetime) -> list[Message]:
    """The ingest is that far; nothing where that is hardly further than was said before."""
    version = state.version(number)
    if not version.open or not _worth_telling(version.public.progress, seen):
        return []
    said = api.IngestProgress(stage=seen.stage[:LONGEST_STAGE], done=max(0, seen.done), total=max(0, seen.total))
    return [
        events.IngestProgressed(
            dataset_id=state.id, number=number, attempt=version.attempt, progress=said, at=timestamp(now)
        )
    ]


def _worth_telling(before: api.IngestProgress, now: api.IngestProgress) -> bool:
    if not now.stage:
        return False
    if now.stage[:LONGEST_STAGE] != before.stage:
        return True
    return now.done - before.done >= (max(1, now.total // STEPS) if now.total else UNKNOWN_STEP)


def cancel(state: Dataset, number: int, by: str, now: datetime) -> list[Message]:
    """The version is failed; one that is ready stays so for ever."""
    version = state.version(number)
    if version.public.state == domain.READY:
        raise Rejected(f"version {number} is ready; there is nothing left to cancel")
    return domain.fail(state, number, CANCELLED, now, cancelled_by=by)
