"""Events and values the tests of this room share."""

from datetime import UTC, datetime, timedelta

from google.protobuf.timestamp_pb2 import Timestamp

from kernel.clock import timestamp
from neuralforge.training.v1 import events_pb2 as events
from neuralforge.training.v1 import service_pb2 as api
from neuralforge.training.v1.service_pb2 import CheckpointKind

RUN = "r1"
START = datetime(2026, 1, 1, tzinfo=UTC)


def at(seconds: float) -> Timestamp:
    return timestamp(START + timedelta(seconds=seconds))


def queued(limit_milliseconds: int = 3_600_000, run_id: str = RUN) -> events.RunQueued:
    return events.RunQueued(
        run_id=run_id,
        project_id="p1",
        name="first",
        architecture_id="a1",
        architecture_version=2,
        dataset_id="d1",
        dataset_version=1,
        options=api.TrainingOptions(epochs=20, seed=7),
        device="cpu",
        device_kind="cpu",
        limit_milliseconds=limit_milliseconds,
        document=b"{}",
        content_hash="c",
        dataset_hash="d",
        created_by="u1",
        at=at(0),
    )


def started(attempt: int = 1, seconds: float = 10) -> events.AttemptStarted:
    return events.AttemptStarted(run_id=RUN, attempt=attempt, at=at(seconds))


def attached(attempt: int = 1, seconds: float = 12) -> events.AttemptAttached:
    return events.AttemptAttached(run_id=RUN, attempt=attempt, environment=b'{"torch": "2"}', at=at(seconds))


def lost(attempt: int = 1, milliseconds: int = 0, seconds: float = 30) -> events.AttemptLost:
    return events.AttemptLost(
        run_id=RUN, attempt=attempt, reason="gone", device_milliseconds=milliseconds, at=at(seconds)
    )


def cancel_requested(seconds: float = 20) -> events.CancelRequested:
    return events.CancelRequested(run_id=RUN, by="u1", at=at(seconds))


def checkpoint(step: int, *, best: bool = False, sha256: str = "") -> api.Checkpoint:
    kind = CheckpointKind.CHECKPOINT_KIND_BEST if best else CheckpointKind.CHECKPOINT_KIND_LAST
    file = api.File(name="checkpoint.safetensors", bytes=10, sha256=sha256 or f"{step:064x}")
    return api.Checkpoint(kind=kind, epoch=1, step=step, validation_accuracy=0.9 if best else 0, files=[file])


def checkpoint_saved(step: int, *, best: bool = False, attempt: int = 1) -> events.CheckpointSaved:
    saved = checkpoint(step, best=best)
    saved.attempt = attempt
    saved.created_at.CopyFrom(at(15))
    return events.CheckpointSaved(run_id=RUN, checkpoint=saved, at=at(15))
