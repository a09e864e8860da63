"""The export service over real gRPC: who may export what, and a job's rights played by the test."""

import grpc
import pytest

from kernel.launcher import JobState, JobStatus
from neuralforge.export.v1 import service_pb2 as api
from neuralforge.export.v1.service_pb2_grpc import ExportServiceStub, WorkerServiceStub
from tests.services.export.examples import CONTRADICTIONS, proof, validated
from tests.services.export.exporting import PlayedExport, completed_run, create, download, ended, get, weights
from tests.services.files import fetch, stored
from tests.services.training.lab import Lab


def said(error: pytest.ExceptionInfo[grpc.aio.AioRpcError]) -> tuple[str, str]:
    return error.value.code().name, error.value.details() or ""


async def test_created_export_is_queued_and_listed_by_project_and_run(lab: Lab) -> None:
    ada, run = lab.person, await completed_run(lab)
    one, again = await create(ada, run, key="k1"), await create(ada, run, key="k1")
    assert one == again
    assert (one.export.state, one.export.project_id) == (api.EXPORT_STATE_QUEUED, lab.project_id)
    assert (one.export.run_id, one.export.format, one.export.created_by) == (run, "onnx", ada.id)
    two = await create(ada, run)

    async def listed(**fields: object) -> api.ListExportsResponse:
        request = api.ListExportsRequest(**fields)  # type: ignore[arg-type]
        answer: api.ListExportsResponse = await ada.call(ExportServiceStub, "ListExports", request, after=two.position)
        return answer

    first = await listed(run_id=run, page_size=1)
    rest = await listed(run_id=run, page_token=first.next_page_token)
    assert [export.id for export in (*first.exports, *rest.exports)] == [two.export.id, one.export.id]
    assert len((await listed(project_id=lab.project_id)).exports) == 2
    assert not (await listed(run_id="another")).exports


async def test_rejected_requests_say_what_where_and_how(lab: Lab) -> None:
    ada = lab.person
    run = await completed_run(lab)
    queued = (await lab.start()).id
    for run_id, format, code, words in (
        (run, "tiff", "INVALID_ARGUMENT", "choose one of: onnx"),
        ("nothing", "onnx", "NOT_FOUND", "nothing"),
        (queued, "onnx", "FAILED_PRECONDITION", "only a completed run can be exported"),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await create(ada, run_id, format)
        assert said(error)[0] == code
        assert words in said(error)[1]
    for request in (api.ListExportsRequest(), api.ListExportsRequest(project_id=lab.project_id, run_id=run)):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await ada.call(ExportServiceStub, "ListExports", request)
        assert said(error)[0] == "INVALID_ARGUMENT"
    assert not (await ada.call(ExportServiceStub, "ListExports", api.ListExportsRequest(run_id=run))).exports


async def test_run_without_best_weights_is_refused(lab: Lab) -> None:
    run, worker = await lab.running()
    await worker.complete()
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await create(lab.person, run.id)
    assert said(error)[0] == "FAILED_PRECONDITION"
    assert "kept no model.safetensors" in said(error)[1]


async def test_foreign_tenants_find_nothing(lab: Lab) -> None:
    run = await completed_run(lab)
    export = (await create(lab.person, run)).export
    eve = await lab.platform.person("eve")
    for method, request in (
        ("CreateExport", api.CreateExportRequest(run_id=run, format="onnx")),
        ("GetExport", api.GetExportRequest(export_id=export.id)),
        ("GetDownload", api.GetDownloadRequest(export_id=export.id)),
        ("ListExports", api.ListExportsRequest(project_id=lab.project_id)),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await eve.call(ExportServiceStub, method, request)
        assert said(error)[0] == "NOT_FOUND", method
    assert not (await eve.call(ExportServiceStub, "ListExports", api.ListExportsRequest(run_id=run))).exports


async def test_job_gets_links_to_weights_and_data_and_tells_its_stage(lab: Lab) -> None:
    ada = lab.person
    export = (await create(ada, await completed_run(lab))).export
    job = await PlayedExport.of(ada, export.id)
    attached = await job.call("Attach", api.AttachRequest())
    assert attached.format == "onnx"
    assert b"neuralforge.blueprint/1" in attached.document
    assert [await fetch(file.url) for file in attached.weights] == [weights()]
    names = {file.name for file in attached.dataset_files}
    assert names == {"manifest.json", "splits.json", "shard-00000.parquet"}
    await job.call("Heartbeat", api.HeartbeatRequest(stage="converting"))
    assert (await get(ada, export.id)).stage == "converting"
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await job.call("Heartbeat", api.HeartbeatRequest(stage="sleeping"))
    assert said(error)[0] == "INVALID_ARGUMENT"


async def test_validated_export_is_downloaded_under_a_good_name(lab: Lab) -> None:
    ada, run = lab.person, await completed_run(lab)
    export = (await create(ada, run)).export
    job = await PlayedExport.of(ada, export.id)
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await download(ada, export.id)
    assert said(error)[0] == "FAILED_PRECONDITION"
    file = await job.upload(b"a converted network")
    await job.call("Complete", validated(file=file))
    await job.call("Complete", validated(file=file))  # saying so again is no error
    done = await get(ada, export.id)
    assert (done.state, done.validation, done.bytes) == (api.EXPORT_STATE_VALIDATED, proof(), 19)
    link = await download(ada, export.id)
    assert (link.name, link.bytes, link.sha256) == (f"tiny-{run[:6]}.onnx", 19, file.sha256)
    assert await fetch(link.url) == b"a converted network"
    assert f"tiny-{run[:6]}.onnx" in link.url


async def test_refused_ends_that_contradict_themselves_or_the_file(lab: Lab) -> None:
    ada = lab.person
    export = (await create(ada, await completed_run(lab))).export
    job = await PlayedExport.of(ada, export.id)
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await job.call("Complete", validated())
    assert said(error) == ("FAILED_PRECONDITION", "model.onnx has not been uploaded; PUT it to its link first")
    file = await job.upload(b"0123456789")
    ends = [(end, words) for end, words in CONTRADICTIONS]
    ends.append((validated(file=api.Upload(name=file.name, bytes=9, sha256=file.sha256)), "arrived with 10 bytes"))
    ends.append((validated(file=api.Upload(name=file.name, bytes=10, sha256="0" * 64)), "arrived with the SHA-256"))
    for end, words in ends:
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await job.call("Complete", end)
        assert said(error)[0] == "FAILED_PRECONDITION"
        assert words in said(error)[1]
    assert (await get(ada, export.id)).state == api.EXPORT_STATE_RUNNING
    with pytest.raises(grpc.aio.AioRpcError):
        await download(ada, export.id)


async def test_failed_export_keeps_its_figures_and_no_file(lab: Lab) -> None:
    ada = lab.person
    export = (await create(ada, await completed_run(lab))).export
    job = await PlayedExport.of(ada, export.id)
    await job.upload(b"a crooked network")
    assert await stored(lab.platform, f"{ada.tenant}/export/")
    crooked = proof(max_abs_diff=0.25)
    await job.call(
        "Complete", api.CompleteRequest(state=api.EXPORT_STATE_FAILED, reason="outputs differ", validation=crooked)
    )
    failed = await get(ada, export.id)
    assert (failed.state, failed.reason, failed.validation) == (api.EXPORT_STATE_FAILED, "outputs differ", crooked)
    assert not await stored(lab.platform, f"{ada.tenant}/export/")
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await download(ada, export.id)
    assert said(error) == ("FAILED_PRECONDITION", "this export failed and has no file to download: outputs differ")


async def test_older_attempt_is_refused_everywhere(lab: Lab) -> None:
    ada = lab.person
    export = (await create(ada, await completed_run(lab))).export
    older = await PlayedExport.of(ada, export.id)
    await older.upload(b"old")
    lab.launcher.ended[f"export-{export.id}-1"] = JobStatus(JobState.FAILED, -9)
    current = await PlayedExport.of(ada, export.id, attempt=2)
    file = await current.upload(b"0123456789")
    for method, request in (
        ("Attach", api.AttachRequest()),
        ("Heartbeat", api.HeartbeatRequest(stage="converting")),
        ("RequestUploads", api.RequestUploadsRequest(uploads=[file])),
        ("Complete", validated(file=file)),
        ("Complete", api.CompleteRequest(state=api.EXPORT_STATE_FAILED, reason="spite")),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await older.call(method, request)
        assert said(error)[0] == "ABORTED", method
        assert "replaced by attempt 2" in said(error)[1]
    await current.call("Complete", validated(file=file))
    assert await stored(lab.platform, f"{ada.tenant}/export/") == [f"{ada.tenant}/export/{export.id}/2/model.onnx"]
    for end in (api.CompleteRequest(state=api.EXPORT_STATE_FAILED, reason="spite"), None):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await current.call("Complete", end) if end else await current.call("Attach", api.AttachRequest())
        assert said(error)[0] == "ABORTED"
    assert (await get(ada, export.id)).state == api.EXPORT_STATE_VALIDATED


async def test_three_lost_attempts_fail_the_export_with_the_last_line(lab: Lab) -> None:
    ada = lab.person
    export = (await create(ada, await completed_run(lab))).export
    for attempt in (1, 2, 3):
        await PlayedExport.of(ada, export.id, attempt)
        status = JobStatus(JobState.FAILED, 1, f"starting\nout of memory in attempt {attempt}\n\n")
        lab.launcher.ended[f"export-{export.id}-{attempt}"] = status
    failed = await ended(ada, export.id)
    assert failed.state == api.EXPORT_STATE_FAILED
    assert failed.reason == (
        "all 3 attempts were lost; the last one ended with exit code 1: out of memory in attempt 3"
    )


async def test_only_the_exports_own_job_may_write(lab: Lab) -> None:
    ada = lab.person
    export = (await create(ada, await completed_run(lab))).export
    await PlayedExport.of(ada, export.id)
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await ada.call(WorkerServiceStub, "Attach", api.AttachRequest())
    assert said(error)[0] == "PERMISSION_DENIED"
    eve = await lab.platform.person("eve")
    for tenant, job_id in ((eve.tenant, export.id), (ada.tenant, "another")):
        token = await lab.platform.job_token("export", tenant, job_id, 1)
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await PlayedExport(lab.platform, token).call("Attach", api.AttachRequest())
        assert said(error)[0] == "NOT_FOUND"


async def test_formats_are_public(lab: Lab) -> None:
    answer = await lab.platform.call(ExportServiceStub, "ListFormats", api.ListFormatsRequest())
    assert [(format.name, format.extension) for format in answer.formats] == [("onnx", ".onnx")]
