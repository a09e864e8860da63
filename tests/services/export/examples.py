"""Exports shared by the tests of this room."""

from datetime import UTC, datetime
from typing import Any

from google.protobuf.message import Message

from neuralforge.export.v1 import events_pb2 as events
from neuralforge.export.v1 import service_pb2 as api
from services.export.domain import Export, evolve

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
REQUESTED = events.ExportRequested(
    export_id="e1",
    project_id="p1",
    run_id="run123456789",
    format="onnx",
    created_by="ada",
    document=b'{"name": "Tiny CNN!"}',
    dataset_id="d1",
    dataset_version=1,
)
STARTED = events.AttemptStarted(export_id="e1", attempt=1)
FILE = api.Upload(name="model.onnx", bytes=10, sha256="0" * 64)


def given(*history: Message) -> Export:
    state = Export()
    for event in history:
        state = evolve(state, event)
    return state


def proof(**other: Any) -> api.Validation:
    """What foundry reports of a good conversion, but for `other`."""
    figures: dict[str, Any] = {
        "samples": 269,
        "max_abs_diff": 3e-6,
        "tolerance": 1e-5,
        "argmax_mismatches": 0,
        "min_cosine": 1.0,
    }
    return api.Validation(**(figures | other))


def validated(**other: Any) -> api.CompleteRequest:
    """A validated end, but for `other`; None leaves a field out."""
    fields: dict[str, Any] = {
        "state": api.EXPORT_STATE_VALIDATED,
        "validation": proof(),
        "file": FILE,
        "report": b'{"opset": 20}',
    }
    return api.CompleteRequest(**{name: value for name, value in (fields | other).items() if value is not None})


# Each contradicts itself, and the words with which it is refused.
CONTRADICTIONS: list[tuple[api.CompleteRequest, str]] = [
    (validated(validation=None), "not on 0"),
    (validated(validation=proof(samples=99)), "not on 99"),
    (validated(validation=proof(max_abs_diff=1.1e-5)), "more than the tolerance"),
    (validated(validation=proof(max_abs_diff=float("nan"))), "more than the tolerance"),
    (validated(validation=proof(max_abs_diff=-1.0)), "more than the tolerance"),
    (validated(validation=proof(tolerance=1e-4, max_abs_diff=5e-5)), "at most 1e-05"),
    (validated(validation=proof(tolerance=float("nan"))), "at most 1e-05"),
    (validated(validation=proof(tolerance=0, max_abs_diff=0)), "at most 1e-05"),
    (validated(validation=proof(argmax_mismatches=1)), "1 samples get another class"),
    (validated(validation=proof(min_cosine=0.9)), "cosine"),
    (validated(file=None), "has a file"),
    (validated(file=api.Upload(name="model.exe", bytes=1, sha256="0" * 64)), "called model.onnx"),
    (validated(report=b"[]"), "JSON object"),
    (validated(report=b"{"), "JSON object"),
    (validated(report=b" " * 70_000), "70000 bytes"),
    (validated(state=api.EXPORT_STATE_CONVERTED_NOT_VALIDATED), "cannot end as not validated"),
    (api.CompleteRequest(state=api.EXPORT_STATE_CONVERTED_NOT_VALIDATED), "has a file"),
    (validated(state=api.EXPORT_STATE_FAILED, reason="bad"), "has no file"),
    (api.CompleteRequest(state=api.EXPORT_STATE_FAILED, reason=" "), "give a reason"),
    (api.CompleteRequest(state=api.EXPORT_STATE_UNAVAILABLE), "give a reason"),
    (validated(state=api.EXPORT_STATE_RUNNING), "one of the four ends"),
    (validated(state=api.EXPORT_STATE_UNSPECIFIED), "one of the four ends"),
]
