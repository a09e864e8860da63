"""The dataset service over real gRPC: datasets, versions, files, and a job's rights played by the test."""

from collections.abc import AsyncIterator

import grpc
import pytest

from kernel.launcher import JobState, JobStatus
from neuralforge.dataset.v1 import service_pb2 as api
from neuralforge.dataset.v1.service_pb2_grpc import DatasetServiceStub, IngestServiceStub
from tests.services.conftest import Hosted
from tests.services.dataset.examples import changed, digits_files, uploads
from tests.services.dataset.ingesting import PlayedJob, create, ended, files_of, version
from tests.services.files import fetch, stored
from tests.services.launchers import IdleLauncher
from tests.services.platform import Person, Platform


@pytest.fixture
async def platform(hosted: Hosted) -> AsyncIterator[Platform]:
    async with hosted("dataset", launcher=IdleLauncher()) as running:
        yield running


@pytest.fixture
async def ada(platform: Platform) -> Person:
    return await platform.person("ada")


def said(error: pytest.ExceptionInfo[grpc.aio.AioRpcError]) -> tuple[str, str]:
    return error.value.code().name, error.value.details() or ""


async def test_created_dataset_has_defaults_and_is_listed(ada: Person) -> None:
    project = await ada.project()
    created = await create(ada, project)
    assert (created.dataset.name, created.dataset.latest_version) == ("digits", 1)
    assert created.dataset.created_by == ada.id
    assert created.version.state == api.VERSION_STATE_INGESTING
    split = created.version.split
    assert (split.train, split.validation, split.test, split.seed) == (700, 150, 150, 0)
    assert created.position > 0

    await create(ada, project, name="mine")
    newest = await create(ada, project, name="mine")

    async def listed(**fields: object) -> api.ListDatasetsResponse:
        request = api.ListDatasetsRequest(project_id=project, **fields)  # type: ignore[arg-type]
        answer: api.ListDatasetsResponse = await ada.call(
            DatasetServiceStub, "ListDatasets", request, after=newest.position
        )
        return answer

    first = await listed(page_size=2)
    assert [dataset.name for dataset in first.datasets] == ["mine", "mine"]
    assert first.datasets[0] == newest.dataset
    rest = await listed(page_token=first.next_page_token)
    assert [dataset.id for dataset in rest.datasets] == [created.dataset.id]
    assert [dataset.name for dataset in (await listed(name="digits")).datasets] == ["digits"]
    assert not (await listed(name="dig")).datasets


async def test_created_once_per_idempotency_key(ada: Person) -> None:
    project = await ada.project()
    one, again = await create(ada, project, key="k1"), await create(ada, project, key="k1")
    assert one == again
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await create(ada, project, key="k1", name="other")
    assert said(error)[0] == "FAILED_PRECONDITION" or "idempotency" in said(error)[1]


async def test_rejected_requests_say_what_where_and_how(ada: Person) -> None:
    project = await ada.project()
    for fields, code, words in (
        ({"builtin": "cats"}, "NOT_FOUND", "choose one of: digits"),
        ({"name": "x" * 101}, "INVALID_ARGUMENT", "1 to 100"),
        ({"name": "a\u200bb"}, "INVALID_ARGUMENT", "a dataset's name has 1 to 100 printable characters; U+200B"),
        ({"split": api.Split(train=700)}, "INVALID_ARGUMENT", "sum to 1000"),
        ({"split": api.Split(validation=1000)}, "INVALID_ARGUMENT", "rows to train on"),
        ({"split": api.Split(train=1000, seed=-1)}, "INVALID_ARGUMENT", "seed"),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await create(ada, project, **fields)
        assert said(error)[0] == code
        assert words in said(error)[1]
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await create(ada, "nowhere")
    assert said(error)[0] == "NOT_FOUND"
    request = api.ListDatasetsRequest(project_id=project)
    assert not (await ada.call(DatasetServiceStub, "ListDatasets", request)).datasets


async def test_foreign_tenants_find_nothing(platform: Platform, ada: Person) -> None:
    project = await ada.project()
    dataset = (await create(ada, project)).dataset
    eve = await platform.person("eve")
    for method, request in (
        ("GetDataset", api.GetDatasetRequest(dataset_id=dataset.id)),
        ("GetDatasetVersion", api.GetDatasetVersionRequest(dataset_id=dataset.id)),
        ("ListDatasetFiles", api.ListDatasetFilesRequest(dataset_id=dataset.id)),
        ("CreateDatasetVersion", api.CreateDatasetVersionRequest(dataset_id=dataset.id)),
        ("ListDatasets", api.ListDatasetsRequest(project_id=project)),
        ("CreateDataset", api.CreateDatasetRequest(project_id=project, builtin="digits")),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await eve.call(DatasetServiceStub, method, request)
        assert said(error)[0] == "NOT_FOUND", method


async def test_ready_version_gives_links_to_exactly_its_files(ada: Person) -> None:
    dataset = (await create(ada, await ada.project())).dataset
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await files_of(ada, dataset.id)
    assert said(error) == (
        "FAILED_PRECONDITION",
        "version 1 is still being ingested; ask again when it is ready",
    )
    await (await PlayedJob.of(ada, dataset.id)).finish()
    ready = await version(ada, dataset.id)
    assert (ready.state, ready.rows, ready.project_id) == (api.VERSION_STATE_READY, 1797, dataset.project_id)
    files = await files_of(ada, dataset.id)
    assert {file.name: await fetch(file.url) for file in files} == digits_files()


async def test_a_service_may_read_versions_and_files(platform: Platform, ada: Person) -> None:
    dataset = (await create(ada, await ada.project())).dataset
    await (await PlayedJob.of(ada, dataset.id)).finish()
    training = platform.neighbours("training")
    stub = training.stub("dataset", DatasetServiceStub)
    request = api.ListDatasetFilesRequest(dataset_id=dataset.id, number=1)
    assert len((await training.call(stub.ListDatasetFiles, request, tenant=ada.tenant)).files) == 3
    await training.close()


async def test_another_version_has_a_number_and_a_split_of_its_own(ada: Person) -> None:
    dataset = (await create(ada, await ada.project())).dataset
    request = api.CreateDatasetVersionRequest(dataset_id=dataset.id, split=api.Split(train=800, test=200, seed=3))
    second = (await ada.call(DatasetServiceStub, "CreateDatasetVersion", request)).version
    assert (second.number, second.split.train, second.state) == (2, 800, api.VERSION_STATE_INGESTING)
    found = await ada.call(DatasetServiceStub, "GetDataset", api.GetDatasetRequest(dataset_id=dataset.id))
    assert [version.number for version in found.versions] == [1, 2]
    assert found.dataset.latest_version == 2


async def test_older_attempt_is_refused_everywhere(platform: Platform, ada: Person) -> None:
    dataset = (await create(ada, await ada.project())).dataset
    older, files = await PlayedJob.of(ada, dataset.id), digits_files()
    assert isinstance(platform.launcher, IdleLauncher)
    platform.launcher.ended[f"dataset-{dataset.id}-1-1"] = JobStatus(JobState.FAILED, -9)
    current = await PlayedJob.of(ada, dataset.id, attempt=2)
    await current.upload(files)
    for method, request in (
        ("Attach", api.AttachRequest()),
        ("Heartbeat", api.HeartbeatRequest()),
        ("RequestUploads", api.RequestUploadsRequest(uploads=uploads(files))),
        ("Complete", api.CompleteRequest(manifest=files["manifest.json"], files=uploads(files))),
        ("Fail", api.FailRequest(reason="spite")),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await older.call(method, request)
        assert said(error)[0] == "ABORTED", method
        assert "replaced by attempt 2" in said(error)[1]
    await current.complete(files)
    await current.complete(files)  # saying so again is no error
    assert (await version(ada, dataset.id)).state == api.VERSION_STATE_READY
    for method, request in (
        ("RequestUploads", api.RequestUploadsRequest(uploads=uploads(files))),
        ("Fail", api.FailRequest(reason="spite")),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await current.call(method, request)
        assert said(error)[0] == "ABORTED"
    assert (await version(ada, dataset.id)).state == api.VERSION_STATE_READY


async def test_only_the_versions_own_job_may_write(platform: Platform, ada: Person) -> None:
    dataset = (await create(ada, await ada.project())).dataset
    await PlayedJob.of(ada, dataset.id)
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await ada.call(IngestServiceStub, "Attach", api.AttachRequest())
    assert said(error)[0] == "PERMISSION_DENIED"
    eve = await platform.person("eve")
    for tenant, job in ((eve.tenant, f"{dataset.id}-1"), (ada.tenant, "another"), (ada.tenant, f"{dataset.id}-2")):
        stranger = PlayedJob(platform, await platform.job_token("dataset", tenant, job, 1))
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await stranger.call("Attach", api.AttachRequest())
        assert said(error)[0] == "NOT_FOUND"


async def test_a_job_of_another_service_may_not_write(platform: Platform, ada: Person) -> None:
    dataset = (await create(ada, await ada.project())).dataset
    await PlayedJob.of(ada, dataset.id)
    namesake = PlayedJob(platform, await platform.job_token("export", ada.tenant, f"{dataset.id}-1", 1))
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await namesake.call("Attach", api.AttachRequest())
    assert said(error)[0] == "PERMISSION_DENIED"
    assert "for jobs of dataset" in said(error)[1]


async def test_refused_completions_that_contradict_what_was_uploaded(ada: Person) -> None:
    dataset = (await create(ada, await ada.project())).dataset
    job, files = await PlayedJob.of(ada, dataset.id), digits_files()
    altered = changed(files, statistics__mean=0.0)
    cut = files | {"splits.json": files["splits.json"][:-1]}
    swapped = files | {"splits.json": files["splits.json"].replace(b"1", b"2")}

    async def refusal(arrived: dict[str, bytes], said_to_be: dict[str, bytes]) -> str:
        await job.upload(arrived, uploads(arrived))
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await job.complete(said_to_be)
        assert said(error)[0] == "FAILED_PRECONDITION"
        assert (await version(ada, dataset.id)).state == api.VERSION_STATE_INGESTING
        return said(error)[1]

    assert "has not been uploaded" in await refusal({"splits.json": files["splits.json"]}, files)
    assert "splits.json arrived with 7902 bytes" in await refusal(cut, files)
    assert "splits.json arrived with the SHA-256" in await refusal(swapped, files)
    assert "manifest.json arrived with" in await refusal(altered, files)
    await job.upload(files)
    await job.complete(files)
    assert (await version(ada, dataset.id)).state == api.VERSION_STATE_READY


async def test_refused_uploads_with_bad_names_sizes_or_digests(ada: Person) -> None:
    dataset = (await create(ada, await ada.project())).dataset
    job, digest = await PlayedJob.of(ada, dataset.id), "0" * 64
    for upload in (
        api.Upload(name="../x", bytes=1, sha256=digest),
        api.Upload(name="x", bytes=0, sha256=digest),
        api.Upload(name="x", bytes=6 * 2**30, sha256=digest),
        api.Upload(name="x", bytes=1, sha256="no"),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await job.call("RequestUploads", api.RequestUploadsRequest(uploads=[upload]))
        assert said(error)[0] == "INVALID_ARGUMENT"
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await job.call("RequestUploads", api.RequestUploadsRequest())
    assert said(error)[0] == "INVALID_ARGUMENT"


async def test_failed_version_says_why_and_leaves_no_files(platform: Platform, ada: Person) -> None:
    dataset = (await create(ada, await ada.project())).dataset
    job = await PlayedJob.of(ada, dataset.id)
    await job.upload(digits_files())
    assert await stored(platform, f"{ada.tenant}/")
    await job.call("Fail", api.FailRequest(reason="the disk is full"))
    failed = await ended(ada, dataset.id)
    assert (failed.state, failed.failure) == (api.VERSION_STATE_FAILED, "the disk is full")
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await files_of(ada, dataset.id)
    assert "the disk is full" in said(error)[1]
    assert not await stored(platform, f"{ada.tenant}/")


async def test_builtins_are_public(platform: Platform) -> None:
    answer = await platform.call(DatasetServiceStub, "ListBuiltins", api.ListBuiltinsRequest())
    assert [(builtin.name, builtin.rows) for builtin in answer.builtins] == [("digits", 1797)]
