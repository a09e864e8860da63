"""An export: asked for, attempted, ended in one of four states. A job's word alone makes nothing validated."""

import json
import re
from dataclasses import dataclass, field, replace
from datetime import datetime

from google.protobuf.message import Message

from kernel import strict_json
from kernel.clock import timestamp
from kernel.errors import NotFound, Rejected
from kernel.events import UnknownEvent
from neuralforge.export.v1 import events_pb2 as events
from neuralforge.export.v1 import service_pb2 as api
from services.export.formats import FORMATS

QUEUED, RUNNING = api.EXPORT_STATE_QUEUED, api.EXPORT_STATE_RUNNING
VALIDATED, CONVERTED = api.EXPORT_STATE_VALIDATED, api.EXPORT_STATE_CONVERTED_NOT_VALIDATED
UNAVAILABLE, FAILED = api.EXPORT_STATE_UNAVAILABLE, api.EXPORT_STATE_FAILED
WITH_FILE = (VALIDATED, CONVERTED)
STAGES = ("", "downloading", "converting", "validating", "uploading")

MIN_SAMPLES = 100
MAX_TOLERANCE = 1e-5
MIN_COSINE = 0.999999
LONGEST_REASON = 1000
LARGEST_REPORT_BYTES = 64 * 2**10


@dataclass(frozen=True, slots=True)
class Export:
    """An empty id is no export. `public` is what people see of it; `attempt` the present one, 0 before the first."""

    id: str = ""
    public: api.Export = field(default_factory=api.Export)
    document: bytes = b""
    dataset_id: str = ""
    dataset_version: int = 0
    attempt: int = 0

    @property
    def open(self) -> bool:
        return self.public.state in (QUEUED, RUNNING)


def evolve(state: Export, event: Message) -> Export:
    match event:
        case events.ExportRequested():
            public = api.Export(
                id=event.export_id,
                project_id=event.project_id,
                run_id=event.run_id,
                format=event.format,
                state=QUEUED,
                created_at=event.at,
                created_by=event.created_by,
            )
            return Export(event.export_id, public, event.document, event.dataset_id, event.dataset_version)
        case events.AttemptStarted():
            return replace(state, public=_with(state, api.Export(state=RUNNING)), attempt=event.attempt)
        case events.ExportFinished():
            result = api.Export(
                state=event.state,
                reason=event.reason,
                bytes=event.file.bytes,
                sha256=event.file.sha256,
                finished_at=event.at,
                report=event.report,
            )
            if event.HasField("validation"):
                result.validation.CopyFrom(event.validation)
            return replace(state, public=_with(state, result))
        case _:
            raise UnknownEvent(f"{type(event).__name__} is no event of an export")


def _with(state: Export, changes: api.Export) -> api.Export:
    public = api.Export()
    public.CopyFrom(state.public)
    public.MergeFrom(changes)
    return public


def known(state: Export, export_id: str) -> Export:
    """The export; raises NotFound for one that does not exist."""
    if not state.id:
        raise NotFound(f"there is no export {export_id[:64]!r} in your organisation; list the exports of the run")
    return state


def begin_attempt(state: Export, attempt: int, now: datetime) -> list[Message]:
    """Attempt `attempt` begins, unless the export is over or the attempt before it is not the present one."""
    if not state.open or state.attempt != attempt - 1:
        return []
    return [events.AttemptStarted(export_id=state.id, attempt=attempt, at=timestamp(now))]


def finish(state: Export, result: api.CompleteRequest, now: datetime) -> list[Message]:
    """The export ends as the job says, where that contradicts nothing; what is over stays as it is."""
    if not state.open:
        return []
    check_result(state, result)
    finished = events.ExportFinished(
        export_id=state.id,
        attempt=state.attempt,
        state=result.state,
        reason=result.reason[:LONGEST_REASON],
        report=result.report,
        at=timestamp(now),
    )
    if result.HasField("validation"):
        finished.validation.CopyFrom(result.validation)
    if result.HasField("file"):
        finished.file.CopyFrom(result.file)
    return [finished]


def give_up(state: Export, reason: str, now: datetime) -> list[Message]:
    """The export failed because its job never came to an end."""
    return finish(state, api.CompleteRequest(state=FAILED, reason=reason), now)


def check_result(state: Export, result: api.CompleteRequest) -> None:
    """Raises Rejected where state, file, validation and report of an ended job contradict each other."""
    name = api.ExportState.Name(result.state) if result.state in api.ExportState.values() else str(result.state)
    if result.state not in (*WITH_FILE, UNAVAILABLE, FAILED):
        raise Rejected(f"an export cannot end as {name}; report one of the four ends")
    if result.state in WITH_FILE and not result.HasField("file"):
        raise Rejected(f"an export that ends as {name} has a file; upload and report it")
    if result.state not in WITH_FILE and result.HasField("file"):
        raise Rejected(f"an export that ends as {name} has no file; leave it out")
    if result.state not in WITH_FILE and not result.reason.strip():
        raise Rejected(f"an export that ends as {name} says why; give a reason")
    if result.HasField("file") and result.file.name != file_name(state):
        raise Rejected(f"the file of this export is called {file_name(state)}, not {result.file.name[:80]!r}")
    if result.state == VALIDATED:
        _check_proof(result.validation)
    if result.state == CONVERTED and result.HasField("validation"):
        raise Rejected("an export that was validated cannot end as not validated; report what the validation said")
    _check_report(result.report)


def _check_proof(proof: api.Validation) -> None:
    """Comparisons are written so that NaN fails them."""
    if proof.samples < MIN_SAMPLES:
        raise Rejected(f"a validated export was compared on {MIN_SAMPLES} samples or more, not on {proof.samples}")
    if not 0 < proof.tolerance <= MAX_TOLERANCE:
        raise Rejected(f"the tolerance of a validated export is at most {MAX_TOLERANCE}, not {proof.tolerance}")
    if not 0 <= proof.max_abs_diff <= proof.tolerance:
        raise Rejected(f"outputs differ by {proof.max_abs_diff}, more than the tolerance {proof.tolerance}")
    if proof.argmax_mismatches != 0:
        raise Rejected(f"{proof.argmax_mismatches} samples get another class; a validated export has none such")
    if not proof.min_cosine >= MIN_COSINE:
        raise Rejected(f"outputs have a cosine of {proof.min_cosine}; a validated export has {MIN_COSINE} or more")


def _check_report(report: bytes) -> None:
    if len(report) > LARGEST_REPORT_BYTES:
        raise Rejected(f"the report has {len(report)} bytes; at most {LARGEST_REPORT_BYTES} are kept")
    try:
        whole = not report or isinstance(strict_json.read(report), dict)
    except (ValueError, RecursionError):
        whole = False
    if not whole:
        raise Rejected("the report is not a JSON object; send one, or none")


def check_download(state: Export) -> None:
    """Raises Rejected unless there is a file that may leave the house."""
    if state.open:
        raise Rejected("this export is not finished yet; ask again when it has ended")
    if state.public.state not in WITH_FILE:
        word = "failed" if state.public.state == FAILED else "is unavailable"
        raise Rejected(f"this export {word} and has no file to download: {state.public.reason}")


def file_name(state: Export) -> str:
    """What the job calls its file."""
    return f"model{FORMATS[state.public.format].extension}"


def download_name(state: Export) -> str:
    """What people find in their downloads: the network's name and the run it was trained in."""
    try:
        name = str(json.loads(state.document)["name"])
    except (ValueError, KeyError, TypeError):
        name = ""
    name = re.sub(r"[^A-Za-z0-9]+", "-", name)[:60].strip("-").lower() or "model"
    return f"{name}-{state.public.run_id[:6]}{FORMATS[state.public.format].extension}"


def folder(tenant: str, export_id: str, attempt: int) -> str:
    """Where one attempt keeps its file: of its own, so that no attempt can touch another's."""
    return f"{tenant}/export/{export_id}/{attempt}"
