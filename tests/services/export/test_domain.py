"""Exports as pure functions: given a history, when a command, then events or a refusal."""

import pytest

from foundry.export import MIN_SAMPLES, formats
from foundry.onnx_export import MIN_COSINE, TOLERANCE
from kernel.errors import NotFound, Rejected
from kernel.events import UnknownEvent
from neuralforge.export.v1 import events_pb2 as events
from neuralforge.export.v1 import service_pb2 as api
from services.export import domain
from services.export.domain import Export, evolve
from services.export.formats import FORMATS, require_format
from tests.services.export.examples import CONTRADICTIONS, FILE, NOW, REQUESTED, STARTED, given, proof, validated

RUNNING = given(REQUESTED, STARTED)


def ended(result: api.CompleteRequest) -> Export:
    [finished] = domain.finish(RUNNING, result, NOW)
    return evolve(RUNNING, finished)


def test_requested_then_running_then_validated_with_its_proof() -> None:
    assert given(REQUESTED).public.state == api.EXPORT_STATE_QUEUED
    assert RUNNING.public.state == api.EXPORT_STATE_RUNNING
    public = ended(validated()).public
    assert public.state == api.EXPORT_STATE_VALIDATED
    assert (public.bytes, public.sha256, public.validation) == (FILE.bytes, FILE.sha256, proof())
    assert (public.run_id, public.created_by, public.report) == ("run123456789", "ada", b'{"opset": 20}')
    assert public.finished_at.ToDatetime() == NOW.replace(tzinfo=None)


@pytest.mark.parametrize(("result", "says"), CONTRADICTIONS)
def test_rejected_end_that_contradicts_itself(result: api.CompleteRequest, says: str) -> None:
    with pytest.raises(Rejected, match=says):
        domain.finish(RUNNING, result, NOW)


def test_only_files_that_may_leave_can_be_downloaded() -> None:
    domain.check_download(ended(validated()))
    converted = api.CompleteRequest(state=api.EXPORT_STATE_CONVERTED_NOT_VALIDATED, file=FILE)
    domain.check_download(ended(converted))
    for state, says in (
        (given(REQUESTED), "not finished"),
        (RUNNING, "not finished"),
        (ended(api.CompleteRequest(state=api.EXPORT_STATE_FAILED, reason="differs")), "failed .* differs"),
        (ended(api.CompleteRequest(state=api.EXPORT_STATE_UNAVAILABLE, reason="no onnx")), "unavailable .* no onnx"),
    ):
        with pytest.raises(Rejected, match=says):
            domain.check_download(state)


def test_failed_validation_keeps_its_figures() -> None:
    failed = validated(state=api.EXPORT_STATE_FAILED, file=None, reason="differs", validation=proof(max_abs_diff=0.5))
    assert ended(failed).public.validation.max_abs_diff == 0.5


def test_terminal_exports_stay_as_they_are() -> None:
    over = ended(validated())
    assert domain.finish(over, api.CompleteRequest(state=api.EXPORT_STATE_FAILED, reason="no"), NOW) == []
    assert domain.give_up(over, "lost", NOW) == domain.begin_attempt(over, 2, NOW) == []


def test_attempts_follow_each_other() -> None:
    [started] = domain.begin_attempt(RUNNING, 2, NOW)
    assert evolve(RUNNING, started).attempt == 2
    assert domain.begin_attempt(RUNNING, 1, NOW) == domain.begin_attempt(RUNNING, 3, NOW) == []


def test_given_up_export_failed_with_the_reason() -> None:
    [finished] = domain.give_up(RUNNING, "all attempts were lost", NOW)
    assert isinstance(finished, events.ExportFinished)
    assert (finished.state, finished.reason) == (api.EXPORT_STATE_FAILED, "all attempts were lost")


@pytest.mark.parametrize(
    ("document", "name"),
    [
        (b'{"name": "Tiny CNN!"}', "tiny-cnn-run123.onnx"),
        (b'{"name": "../../etc"}', "etc-run123.onnx"),
        (b'{"name": ""}', "model-run123.onnx"),
        (b"{}", "model-run123.onnx"),
        (b"[]", "model-run123.onnx"),
        (b"no json", "model-run123.onnx"),
    ],
)
def test_download_is_named_after_network_and_run(document: bytes, name: str) -> None:
    requested = events.ExportRequested()
    requested.CopyFrom(REQUESTED)
    requested.document = document
    assert domain.download_name(given(requested)) == name


def test_unknown_exports_formats_and_events_are_refused() -> None:
    with pytest.raises(NotFound, match="'e9'"):
        domain.known(Export(), "e9")
    with pytest.raises(Rejected, match="'tiff'; choose one of: onnx"):
        require_format("tiff")
    with pytest.raises(UnknownEvent):
        evolve(Export(), FILE)


def test_formats_and_limits_agree_with_what_the_job_does() -> None:
    built = {format.name: (format.title, format.extension) for format in formats()}
    assert {format.name: (format.title, format.extension) for format in FORMATS.values()} == built
    assert (domain.MIN_SAMPLES, domain.MAX_TOLERANCE, domain.MIN_COSINE) == (MIN_SAMPLES, TOLERANCE, MIN_COSINE)
