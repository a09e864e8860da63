"""Uploads for real: a file through its form, a job of its own, a version ready or failed with reasons."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
import pytest_asyncio

from foundry.data import load
from kernel.clock import utc_now
from neuralforge.dataset.v1 import service_pb2 as api
from neuralforge.dataset.v1.service_pb2_grpc import DatasetServiceStub
from tests.conftest import RunningServers
from tests.foundry.upload_files import folders, zipped
from tests.services.conftest import Hosted
from tests.services.dataset.ingesting import ended, files_of, version
from tests.services.dataset.uploading import CSV, SPLIT, TABLE, ZIP, create_from, faults, post, start, uploaded
from tests.services.files import fetch, stored
from tests.services.platform import Person, Platform
from tests.services.platform import platform as hosting

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def platform(servers: RunningServers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    async with hosting(servers.addresses, tmp_path_factory.mktemp("uploads"), "dataset") as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def ada(platform: Platform) -> Person:
    return await platform.person("ada")


def archive(folder: Path, extra: dict[str, bytes] | None = None) -> bytes:
    return zipped(folder / "made.zip", folders(2, 10) | (extra or {})).read_bytes()


def counts(found: api.DatasetVersion) -> dict[str, int]:
    return {each.code: each.count for each in found.fault_counts}


async def test_a_zip_of_class_folders_becomes_a_version_one_can_train_on(ada: Person, tmp_path: Path) -> None:
    project, data = await ada.project(), archive(tmp_path)
    made = (await create_from(ada, await uploaded(ada, project, data, ZIP))).dataset
    assert (made.name, made.kind, made.builtin, made.project_id) == ("my data", ZIP, "", project)
    ready = await ended(ada, made.id)
    assert ready.state == api.VERSION_STATE_READY, ready.failure
    assert (list(ready.classes), list(ready.class_counts), ready.rows) == (["c0", "c1"], [10, 10], 20)
    assert (ready.train_rows, ready.validation_rows, ready.test_rows) == (12, 4, 4)
    assert list(ready.input_shape) == [3, 6, 8]
    assert len(ready.source.sha256) == 64
    assert not ready.HasField("progress")
    assert json.loads(ready.statistics)["channels"].keys() == {"mean", "std"}
    for file in await files_of(ada, made.id):
        (tmp_path / file.name).write_bytes(await fetch(file.url))
    assert len(load(str(tmp_path)).train) == 12
    listed = (await ada.call(DatasetServiceStub, "ListDatasets", api.ListDatasetsRequest(project_id=project))).datasets
    assert [dataset.kind for dataset in listed] == [ZIP]


async def test_a_table_becomes_versions_by_different_options(ada: Person) -> None:
    project = await ada.project()
    first = (await create_from(ada, await uploaded(ada, project, TABLE, CSV), name="plants")).dataset
    ready = await ended(ada, first.id)
    assert ready.state == api.VERSION_STATE_READY, ready.failure
    assert list(ready.input_shape) == [3]
    assert json.loads(ready.statistics)["target"] == "kind"

    ordinal = api.IngestOptions(table=api.TableOptions(categories=api.CATEGORY_ENCODING_ORDINAL, target="colour"))
    request = api.CreateDatasetVersionRequest(dataset_id=first.id, split=SPLIT, options=ordinal)
    await ada.call(DatasetServiceStub, "CreateDatasetVersion", request)
    second = await ended(ada, first.id)
    assert second.state == api.VERSION_STATE_READY, second.failure
    assert (second.number, list(second.input_shape), list(second.classes)) == (2, [2], ["blue", "red"])
    assert second.source.sha256 == ready.source.sha256
    third = api.CreateDatasetVersionRequest(dataset_id=first.id, split=SPLIT)
    await ada.call(DatasetServiceStub, "CreateDatasetVersion", third)
    assert (await ended(ada, first.id)).content_hash == second.content_hash

    more = TABLE + b"99.5,red,a\n"
    place = await start(ada, project, more, CSV, dataset_id=first.id)
    assert await post(place, more) == 204
    request = api.CreateDatasetVersionRequest(dataset_id=first.id, split=SPLIT, upload_id=place.upload_id)
    await ada.call(DatasetServiceStub, "CreateDatasetVersion", request)
    assert (await ended(ada, first.id)).rows == 31


async def test_bad_files_fail_a_version_and_can_be_left_out_of_the_next(ada: Person, tmp_path: Path) -> None:
    data = archive(tmp_path, {"c0/bad.png": b"nothing", "c1/cut.png": folders(1, 1)["c0/000.png"][:40]})
    made = (await create_from(ada, await uploaded(ada, await ada.project(), data, ZIP))).dataset
    failed = await ended(ada, made.id)
    assert failed.state == api.VERSION_STATE_FAILED
    assert "2 of 22 files cannot be used" in failed.failure
    assert counts(failed) == {"not_an_image": 1, "truncated": 1}
    found = await faults(ada, made.id)
    assert [(fault.path, fault.code) for fault in found] == [
        ("c0/bad.png", "not_an_image"),
        ("c1/cut.png", "truncated"),
    ]
    skipping = api.CreateDatasetVersionRequest(
        dataset_id=made.id, split=SPLIT, options=api.IngestOptions(skip_per_mille=200)
    )
    await ada.call(DatasetServiceStub, "CreateDatasetVersion", skipping)
    ready = await ended(ada, made.id)
    assert (ready.state, ready.rows) == (api.VERSION_STATE_READY, 20), ready.failure
    assert counts(ready) == counts(failed)
    assert await faults(ada, made.id, 2) == found


async def test_bad_cells_are_told_by_row_and_column(ada: Person) -> None:
    made = await create_from(ada, await uploaded(ada, await ada.project(), TABLE + b"wide,red,a\n1,2\n", CSV))
    failed = await ended(ada, made.dataset.id)
    assert "2 of 32 rows cannot be used" in failed.failure
    assert [(fault.code, fault.row, fault.column) for fault in await faults(ada, made.dataset.id)] == [
        ("ragged", 33, ""),
        ("mixed", 32, "width"),
    ]


async def test_refused_before_the_file_has_arrived_as_announced(ada: Person) -> None:
    place = await start(ada, await ada.project(), TABLE, CSV)
    with pytest.raises(grpc.aio.AioRpcError, match="has not arrived"):
        await create_from(ada, place.upload_id)
    assert await post(place, TABLE + b"x") == 400
    assert await post(place, TABLE[:-1]) == 400
    assert await post(place, TABLE, key=place.fields["key"] + "0") == 403
    with pytest.raises(grpc.aio.AioRpcError, match="has not arrived"):
        await create_from(ada, place.upload_id)
    assert await post(place, TABLE) == 204
    await create_from(ada, place.upload_id)
    with pytest.raises(grpc.aio.AioRpcError, match="is the dataset 'my data' already"):
        await create_from(ada, place.upload_id)


async def test_a_file_of_another_digest_fails_and_so_does_one_changed_later(ada: Person) -> None:
    project = await ada.project()
    wrong = await uploaded(ada, project, TABLE, CSV, sha256="0" * 64)
    failed = await ended(ada, (await create_from(ada, wrong)).dataset.id)
    assert "not 000000000000 as announced" in failed.failure
    place = await start(ada, project, TABLE, CSV)
    assert await post(place, TABLE) == 204
    made = (await create_from(ada, place.upload_id)).dataset
    assert (await ended(ada, made.id)).state == api.VERSION_STATE_READY
    assert await post(place, TABLE.replace(b"red", b"tan")) == 204
    again = api.CreateDatasetVersionRequest(dataset_id=made.id, split=SPLIT)
    await ada.call(DatasetServiceStub, "CreateDatasetVersion", again)
    assert "or found before; upload it again" in (await ended(ada, made.id)).failure


async def test_cancelled_version_is_failed_and_leaves_no_files(platform: Platform, ada: Person, tmp_path: Path) -> None:
    few = folders(2, 100, size=(64, 64), mode="L")
    many = {f"{name[:-4]}-{again}.png": data for again in range(80) for name, data in few.items()}
    data = zipped(tmp_path / "large.zip", many).read_bytes()  # 16,000: long enough to be told of by a heartbeat
    made = (await create_from(ada, await uploaded(ada, await ada.project(), data, ZIP))).dataset

    async def told() -> bool:
        found = await version(ada, made.id)
        return found.HasField("progress") or found.state != api.VERSION_STATE_INGESTING

    await platform.eventually(told, timeout=60)
    assert (await version(ada, made.id)).state == api.VERSION_STATE_INGESTING
    request = api.CancelDatasetVersionRequest(dataset_id=made.id, number=1)
    cancelled = (await ada.call(DatasetServiceStub, "CancelDatasetVersion", request, timeout=30)).version
    assert (cancelled.state, cancelled.failure) == (api.VERSION_STATE_FAILED, "cancelled")
    again = (await ada.call(DatasetServiceStub, "CancelDatasetVersion", request)).version
    assert again == cancelled

    async def gone() -> bool:
        return not await stored(platform, f"{ada.tenant}/dataset/")

    await platform.eventually(gone)
    assert len(await stored(platform, f"{ada.tenant}/upload/")) == 1


async def test_nobody_else_sees_an_upload(platform: Platform, ada: Person) -> None:
    upload = await uploaded(ada, await ada.project(), TABLE, CSV)
    eve = await platform.person("eve")
    with pytest.raises(grpc.aio.AioRpcError, match="no such upload"):
        await create_from(eve, upload)
    project = await ada.project("another")
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await start(eve, project, TABLE, CSV)
    assert error.value.code() == grpc.StatusCode.NOT_FOUND


async def test_starting_again_with_the_same_key_opens_one_place(ada: Person) -> None:
    project = await ada.project()
    one, again = [await start(ada, project, TABLE, CSV, key="once") for _ in range(2)]
    assert (one.upload_id, dict(one.fields)) == (again.upload_id, dict(again.fields))


REFUSED: dict[str, dict[str, Any]] = {
    "no kind": {"kind": 0},
    "no bytes": {"bytes": 0},
    "too many bytes": {"bytes": 3 * 2**30},
    "no name": {"filename": " "},
    "a name with a line break": {"filename": "a\nb"},
    "no digest": {"sha256": "abc"},
}


@pytest.mark.parametrize("name", REFUSED)
async def test_refused_places(ada: Person, name: str) -> None:
    fields: dict[str, Any] = {"kind": CSV} | REFUSED[name]
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await start(ada, await ada.project(), TABLE, fields.pop("kind"), **fields)
    assert error.value.code() == grpc.StatusCode.INVALID_ARGUMENT


async def test_an_upload_of_which_nothing_is_made_goes_after_a_day(hosted: Hosted) -> None:
    late = [timedelta()]
    async with hosted("dataset", clock=lambda: utc_now() + late[0]) as platform:
        ada = await platform.person("ada")
        project = await ada.project()
        kept = (await create_from(ada, await uploaded(ada, project, TABLE, CSV))).dataset.id
        lost = await uploaded(ada, project, TABLE, CSV)
        assert (await ended(ada, kept)).state == api.VERSION_STATE_READY
        late[0] = timedelta(hours=25)
        await platform.restart()  # the sweeper looks when it begins

        async def gone() -> bool:
            return len(await stored(platform, f"{ada.tenant}/upload/")) == 1

        await platform.eventually(gone, timeout=60)
        with pytest.raises(grpc.aio.AioRpcError, match="was removed"):
            await create_from(ada, lost)
        again = api.CreateDatasetVersionRequest(dataset_id=kept, split=SPLIT)
        await ada.call(DatasetServiceStub, "CreateDatasetVersion", again)
        assert (await ended(ada, kept)).state == api.VERSION_STATE_READY
