"""Uploads as pure functions: given a history, when a command, then events or a refusal."""

from typing import Any

import pytest

from kernel.errors import NotFound, Rejected
from neuralforge.dataset.v1 import events_pb2 as events
from neuralforge.dataset.v1 import service_pb2 as api
from services.dataset import domain, ingests, uploads
from services.dataset.domain import Dataset, evolve
from services.dataset.options import check_options
from tests.services.dataset.examples import CREATED, NOW, REQUESTED, SPLIT, given

CSV, ZIP = api.SOURCE_KIND_CSV, api.SOURCE_KIND_IMAGE_FOLDERS
FILE = api.SourceFile(kind=CSV, filename="plants.csv", bytes=10)
OPTIONS = check_options(api.IngestOptions(), CSV)
STARTED = events.UploadStarted(dataset_id="d1", number=1, project_id="p1", source=FILE)
REMOVED = events.UploadRemoved(dataset_id="d1", number=1)
BEGUN = events.IngestStarted(dataset_id="d1", number=1, attempt=1)


def made() -> Dataset:
    """A dataset of an upload whose first version is being ingested."""
    state = given(STARTED)
    for event in domain.create_uploaded(state, 1, "plants", OPTIONS, SPLIT, "ada", NOW):
        state = evolve(state, event)
    return evolve(state, BEGUN)


def progressed(stage: str, done: int, total: int) -> api.IngestProgress:
    return api.IngestProgress(stage=stage, done=done, total=total)


def test_an_upload_alone_is_no_dataset() -> None:
    state = given(STARTED)
    assert uploads.usable(state.uploads, 1).source == FILE
    with pytest.raises(NotFound):
        state.version(0)


def test_a_dataset_made_of_an_upload_knows_its_source_and_options() -> None:
    state = made()
    version = state.version(1).public
    assert (state.public.kind, state.public.project_id, state.public.builtin) == (CSV, "p1", "")
    assert (version.source, version.options, version.state) == (FILE, OPTIONS, api.VERSION_STATE_INGESTING)
    assert state.uploads[0].used


def test_rejected_another_dataset_of_the_same_upload() -> None:
    with pytest.raises(Rejected, match="is the dataset 'plants' already"):
        domain.create_uploaded(made(), 1, "again", OPTIONS, SPLIT, "ada", NOW)


@pytest.mark.parametrize("number", [0, 2, -1])
def test_not_found_upload(number: int) -> None:
    with pytest.raises(NotFound):
        uploads.usable(given(STARTED).uploads, number)


def test_rejected_upload_that_was_removed() -> None:
    with pytest.raises(Rejected, match="was removed"):
        domain.create_uploaded(given(STARTED, REMOVED), 1, "late", OPTIONS, SPLIT, "ada", NOW)


def test_ignored_removal_of_what_is_used_or_gone() -> None:
    assert uploads.remove(given(STARTED).uploads, 1, NOW)
    assert uploads.remove(given(STARTED, REMOVED).uploads, 1, NOW) == []
    assert uploads.remove(made().uploads, 1, NOW) == []


def test_the_next_version_takes_source_and_options_of_the_newest() -> None:
    [requested] = domain.request_version(made(), SPLIT, NOW)
    assert isinstance(requested, events.VersionRequested)
    assert (requested.upload, requested.options) == (1, OPTIONS)


def test_a_later_upload_must_be_of_the_same_kind() -> None:
    images = api.SourceFile(kind=ZIP, filename="x.zip", bytes=1)
    second = events.UploadStarted(dataset_id="d1", number=2, project_id="p1", source=images)
    with pytest.raises(Rejected, match="another kind"):
        domain.request_version(evolve(made(), second), SPLIT, NOW, upload=2)
    with pytest.raises(Rejected, match="another kind"):
        domain.request_version(evolve(given(CREATED, REQUESTED), STARTED), SPLIT, NOW, upload=1)


def test_progress_is_told_in_steps() -> None:
    state = made()
    for seen, told in (
        (progressed("looking", 1, 1000), True),
        (progressed("looking", 50, 1000), False),
        (progressed("looking", 51, 1000), True),
        (progressed("decoding", 0, 1000), True),
        (progressed("", 900, 1000), False),
    ):
        found = ingests.progress(state, 1, seen, NOW)
        assert bool(found) is told, seen
        for event in found:
            state = evolve(state, event)
    assert state.version(1).public.progress == progressed("decoding", 0, 1000)
    again = evolve(state, events.IngestStarted(dataset_id="d1", number=1, attempt=2))
    assert not again.version(1).public.HasField("progress")


def test_cancelled_once_and_then_over() -> None:
    [failed] = ingests.cancel(made(), 1, "ada", NOW)
    assert isinstance(failed, events.VersionFailed)
    assert (failed.reason, failed.cancelled_by) == ("cancelled", "ada")
    over = evolve(made(), failed)
    assert ingests.cancel(over, 1, "ada", NOW) == ingests.progress(over, 1, progressed("x", 1, 1), NOW) == []


def test_faults_of_a_failed_version_are_kept() -> None:
    faults = api.Faults(listed=[api.Fault(code="mixed", row=3)], counts=[api.FaultCount(code="mixed", count=7)])
    [failed] = domain.fail(made(), 1, "no", NOW, faults=faults)
    version = evolve(made(), failed).version(1)
    assert list(version.faults) == list(faults.listed)
    assert list(version.public.fault_counts) == list(faults.counts)


def test_upload_names_lead_back() -> None:
    assert uploads.of_upload(uploads.upload_id("abc", 12)) == ("abc", 12)
    assert uploads.of_upload("abc")[1] == uploads.of_upload("abc-x")[1] == uploads.of_upload("abc-²")[1] == -1


REFUSED: dict[str, tuple[Any, dict[str, Any]]] = {
    "options.skip_per_mille": (CSV, {"skip_per_mille": 1001}),
    "options.table": (ZIP, {"table": {"target": "x"}}),
    "options.images": (CSV, {"images": {"height": 1}}),
    "options.images.height": (ZIP, {"images": {"height": 8}}),
    "options.images.width": (ZIP, {"images": {"height": 8, "width": 513}}),
    "options.images.channels": (ZIP, {"images": {"channels": 2}}),
    "options.images.fit": (ZIP, {"images": {"fit": 9}}),
    "options.table.delimiter": (CSV, {"table": {"delimiter": "::"}}),
    "options.table.columns": (CSV, {"table": {"columns": [{"name": "a", "kind": 1}, {"name": "a", "kind": 2}]}}),
    "options.table.missing": (CSV, {"table": {"missing": 9}}),
}


@pytest.mark.parametrize("field", REFUSED)
def test_rejected_options_name_the_field(field: str) -> None:
    kind, options = REFUSED[field]
    with pytest.raises(Rejected) as error:
        check_options(api.IngestOptions(**options), kind)
    assert error.value.field == field
