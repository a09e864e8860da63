"""A run's state, and what one would take, as the contract shows them."""

import json
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.timestamp_pb2 import Timestamp

from kernel.errors import NotFound, Rejected
from kernel.strict_json import strict
from neuralforge.billing.v1 import service_pb2 as billing
from neuralforge.training.v1 import events_pb2 as events
from neuralforge.training.v1 import service_pb2 as api
from services.training.estimates import Estimate
from services.training.runs import Run

REPRODUCTION = "neuralforge.reproduction/1"


def known(run: Run, run_id: str) -> events.RunQueued:
    """How the run began; raises NotFound."""
    if run.queued is None:
        raise NotFound(f"there is no run {run_id[:64]!r} in your organisation")
    return run.queued


def to_run(run: Run, now: Timestamp, progress: api.Progress | None = None) -> api.Run:
    assert run.queued
    queued = run.queued
    answer = api.Run(
        id=queued.run_id,
        project_id=queued.project_id,
        name=queued.name,
        architecture_id=queued.architecture_id,
        architecture_version=queued.architecture_version,
        dataset_id=queued.dataset_id,
        dataset_version=queued.dataset_version,
        options=queued.options,
        device=queued.device,
        state=run.state,  # type: ignore[arg-type]
        attempt=run.attempt,
        progress=progress,
        cancel_requested=run.cancel_requested is not None,
        created_at=queued.at,
        started_at=next((attempt.attached_at for attempt in run.attempts if attempt.attached_at), None),
        created_by=queued.created_by,
        device_milliseconds=run.used(now),
        limit_milliseconds=queued.limit_milliseconds,
    )
    if run.best:
        answer.best_validation_accuracy, answer.best_epoch = run.best.validation_accuracy, run.best.epoch
    _finish(answer, run)
    return answer


def _finish(answer: api.Run, run: Run) -> None:
    match run.finished:
        case events.RunCompleted() as completed:
            answer.evaluation, answer.test_accuracy = strict(completed.evaluation), completed.test_accuracy
            answer.best_epoch = completed.best_epoch
            answer.best_validation_accuracy = completed.best_validation_accuracy
        case events.RunFailed() | events.RunCancelled() as ended:
            answer.reason = ended.reason
    if run.finished:
        answer.finished_at.CopyFrom(run.finished.at)


def to_reproduction(run: Run) -> bytes:
    """Everything needed to reproduce the run, JSON; raises Rejected before a worker has attached."""
    assert run.queued
    queued = run.queued
    attached = [attempt for attempt in run.attempts if attempt.attached_at]
    if not attached:
        raise Rejected("the run has not started yet, so nothing is known of its worker; ask again once it runs")
    record: dict[str, Any] = {
        "schema": REPRODUCTION,
        "run_id": queued.run_id,
        "architecture": {
            "id": queued.architecture_id,
            "version": queued.architecture_version,
            "content_hash": queued.content_hash,
        },
        "dataset": {"id": queued.dataset_id, "version": queued.dataset_version, "content_hash": queued.dataset_hash},
        "options": _options(queued.options),
        "seed": queued.options.seed,
        "device": {"name": queued.device, "kind": queued.device_kind},
        "attempts": [
            {"number": attempt.number, "environment": json.loads(attempt.environment)} for attempt in attached
        ],
    }
    return strict(json.dumps(record, sort_keys=True).encode())


def _options(options: api.TrainingOptions) -> dict[str, Any]:
    named = MessageToDict(options, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)
    return named | {"seed": options.seed}  # JSON of protobuf writes 64-bit integers as text


def estimated(found: Estimate, milliseconds: int, preview: billing.PreviewHoldResponse) -> api.EstimateRunResponse:
    """An estimate of so many milliseconds on the device, with what billing says to it."""
    answer = _previewed(preview)
    answer.seconds = found.seconds
    answer.device_milliseconds = milliseconds
    answer.basis = found.basis
    if preview.HasField("expected_micro_dollars"):
        answer.micro_dollars = preview.expected_micro_dollars
    return answer


def not_trainable(refusal: str, preview: billing.PreviewHoldResponse) -> api.EstimateRunResponse:
    """The answer for a network that cannot be trained on the data: no figures, but what is left of the quota."""
    answer = _previewed(preview)
    answer.basis = "nothing is estimated for a network that cannot be trained on the data"
    answer.refusal = refusal
    return answer


def _previewed(preview: billing.PreviewHoldResponse) -> api.EstimateRunResponse:
    answer = api.EstimateRunResponse(sufficient=preview.sufficient, refusal=preview.refusal)
    if preview.HasField("remaining_milliseconds"):
        answer.remaining_milliseconds = preview.remaining_milliseconds
    return answer
