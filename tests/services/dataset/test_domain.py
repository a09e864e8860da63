"""Datasets as pure functions: given a history, when a command, then events or a refusal."""

import json
from dataclasses import replace

import pytest

from foundry.builtin_data import BUILTIN, builtin
from kernel.errors import NotFound, Rejected
from kernel.events import UnknownEvent
from neuralforge.dataset.v1 import events_pb2 as events
from neuralforge.dataset.v1 import service_pb2 as api
from services.dataset import domain
from services.dataset.catalogue import BUILTINS, source
from services.dataset.domain import Dataset, evolve
from services.dataset.options import check_split
from tests.services.dataset.examples import (
    CREATED,
    FAILED,
    NOW,
    REQUESTED,
    SPLIT,
    STARTED,
    changed,
    completed,
    digits_files,
    given,
    uploads,
)

INGESTING = given(CREATED, REQUESTED, STARTED)


def test_created_with_a_first_version_to_ingest() -> None:
    created, requested = domain.create("d1", "p1", "mine", "digits", SPLIT, "ada", NOW)
    state = given(created, requested)
    assert (state.public.name, state.public.builtin, state.public.latest_version) == ("mine", "digits", 1)
    assert state.version(1).public.state == api.VERSION_STATE_INGESTING
    assert state.version(1).public.split == SPLIT


def test_versions_are_numbered_and_the_newest_is_number_zero() -> None:
    state = given(CREATED, REQUESTED, FAILED)
    [requested] = domain.request_version(state, api.Split(train=1000, seed=7), NOW)
    state = evolve(state, requested)
    assert state.version(0).public.number == 2 == state.public.latest_version
    assert state.version(0).public.split.seed == 7
    assert state.version(1).public.state == api.VERSION_STATE_FAILED


@pytest.mark.parametrize("number", [-1, 2])
def test_not_found_version(number: int) -> None:
    with pytest.raises(NotFound, match="versions 1 to 1"):
        INGESTING.version(number)


def test_not_found_dataset() -> None:
    with pytest.raises(NotFound):
        domain.request_version(Dataset(), SPLIT, NOW)


def test_rejected_version_above_the_limit() -> None:
    state = replace(INGESTING, versions=INGESTING.versions * domain.MOST_VERSIONS)
    last = api.DatasetVersion(number=domain.MOST_VERSIONS)
    state = replace(state, versions=(*state.versions[:-1], domain.Version(last)))
    with pytest.raises(Rejected, match="at most 1000"):
        domain.request_version(state, SPLIT, NOW)


def test_attempts_follow_each_other() -> None:
    [started] = domain.begin_attempt(INGESTING, 1, 2, NOW)
    assert evolve(INGESTING, started).version(1).attempt == 2


@pytest.mark.parametrize("attempt", [1, 3])
def test_ignored_attempt_that_is_not_the_next(attempt: int) -> None:
    assert domain.begin_attempt(INGESTING, 1, attempt, NOW) == []


def test_ready_version_has_the_figures_of_its_manifest() -> None:
    files = digits_files()
    [ready] = completed(INGESTING, files)
    assert isinstance(ready, events.VersionReady)
    version = evolve(INGESTING, ready).version(1)
    public = version.public
    assert public.state == api.VERSION_STATE_READY
    assert public.rows == sum(public.class_counts) == 1797
    assert public.train_rows + public.validation_rows + public.test_rows == 1797
    assert list(public.classes) == [str(digit) for digit in range(10)]
    assert list(public.input_shape) == [1, 8, 8]
    assert public.bytes == sum(len(data) for data in files.values())
    assert {file.name for file in version.files} == files.keys()
    statistics = json.loads(public.statistics)
    assert statistics.keys() == {"mean", "std", "minimum", "maximum", "splits"}
    assert sum(statistics["splits"]["test"].values()) == public.test_rows


def test_equal_data_and_split_have_equal_hashes_and_another_seed_another() -> None:
    def content_hash(seed: int) -> str:
        [ready] = completed(INGESTING, digits_files(seed=seed))
        assert isinstance(ready, events.VersionReady)
        return ready.version.content_hash

    one, again = content_hash(0), content_hash(0)
    digits_files.cache_clear()
    assert one == again == content_hash(0) != content_hash(1)


def test_ignored_completion_of_a_ready_version() -> None:
    [ready] = completed(INGESTING, digits_files())
    assert completed(evolve(INGESTING, ready), digits_files()) == []


def test_terminal_versions_stay_as_they_are() -> None:
    [ready] = completed(INGESTING, digits_files())
    over = evolve(INGESTING, ready)
    assert domain.fail(over, 1, "too late", NOW) == []
    assert domain.begin_attempt(over, 1, 2, NOW) == []
    failed = evolve(INGESTING, FAILED)
    assert domain.fail(failed, 1, "again", NOW) == completed(failed, digits_files()) == []


@pytest.mark.parametrize(
    ("figures", "says"),
    [
        ({"schema": "other/1"}, "schema"),
        ({"statistics__rows": 3}, "contradicts itself"),
        ({"statistics__class_counts__0": 0}, "its classes hold"),
        ({"statistics__splits__test__rows": 0}, "its splits hold"),
        ({"shards": []}, "its shards hold"),
        ({"classes": []}, "its classes hold"),
        ({"input__shape": [8, 8]}, "does not describe digits"),
        ({"statistics": None}, "malformed"),
        ({"statistics__mean": float("nan")}, "malformed"),
        ({"splits__name": "other.json"}, r"other.json belongs to the version"),
    ],
)
def test_rejected_manifest_that_contradicts(figures: dict[str, object], says: str) -> None:
    with pytest.raises(Rejected, match=says):
        completed(INGESTING, changed(digits_files(), **figures))


@pytest.mark.parametrize("manifest", [b"", b"[]", b"null", b"{}", b"\xff", b"[" * 100_000, b" " * 5_000_000])
def test_rejected_manifest_that_is_none(manifest: bytes) -> None:
    with pytest.raises(Rejected, match="manifest"):
        completed(INGESTING, digits_files() | {"manifest.json": manifest})


def test_rejected_split_other_than_asked_for() -> None:
    with pytest.raises(Rejected, match="the train split holds"):
        completed(INGESTING, digits_files(train=500, validation=350))


def test_rejected_files_that_are_not_the_manifests() -> None:
    files = digits_files()
    missing = {name: data for name, data in files.items() if name != "splits.json"}
    with pytest.raises(Rejected, match=r"splits\.json belongs"):
        completed(INGESTING, files, uploads(missing))
    with pytest.raises(Rejected, match=r"notes\.txt is listed"):
        completed(INGESTING, files, uploads(files | {"notes.txt": b"x"}))
    with pytest.raises(Rejected, match="listed twice"):
        completed(INGESTING, files, [*uploads(files), uploads(files)[0]])
    with pytest.raises(Rejected, match=r"shard-00000\.parquet is listed with another"):
        completed(INGESTING, files, uploads(files | {"shard-00000.parquet": b"x"}))


@pytest.mark.parametrize(
    ("split", "field"),
    [
        (api.Split(train=700, validation=150, test=149), "split"),
        (api.Split(train=1100, validation=-100), "split.validation"),
        (api.Split(train=-1, validation=1001), "split.train"),
        (api.Split(validation=500, test=500), "split.train"),
        (api.Split(train=1000, seed=-1), "split.seed"),
    ],
)
def test_rejected_splits_name_the_field(split: api.Split, field: str) -> None:
    with pytest.raises(Rejected) as error:
        check_split(split)
    assert error.value.field == field


def test_unknown_builtin_names_those_that_exist() -> None:
    with pytest.raises(NotFound, match="'cats'; choose one of: digits"):
        source("cats")


def test_job_names_lead_back_to_their_version() -> None:
    assert domain.of_job(domain.job_id("abc", 12)) == ("abc", 12)
    assert domain.of_job("abc")[1] == domain.of_job("abc-x")[1] == -1


def test_unknown_event_stops_reading() -> None:
    with pytest.raises(UnknownEvent):
        evolve(Dataset(), api.Split())


def test_catalogue_agrees_with_what_the_job_builds() -> None:
    assert BUILTINS.keys() == BUILTIN.keys()
    for name, listed in BUILTINS.items():
        arrays = builtin(name)
        assert (listed.rows, tuple(listed.classes)) == (len(arrays.labels), arrays.classes)
        assert tuple(listed.input_shape) == arrays.inputs.shape[1:]
