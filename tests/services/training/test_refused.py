"""What a run is refused with before anything is held or queued, and what strangers and old workers may not do."""

import threading
from datetime import timedelta
from typing import Any, NoReturn

import grpc
import pytest

from kernel.launcher import Device, JobState, JobStatus
from neuralforge.billing.v1 import service_pb2 as billing
from neuralforge.billing.v1.service_pb2_grpc import UsageServiceStub
from neuralforge.dataset.v1 import service_pb2 as dataset
from neuralforge.dataset.v1.service_pb2_grpc import DatasetServiceStub
from neuralforge.training.v1 import service_pb2 as api
from services.training import fitting, run_service, runs
from tests.services.billing.conftest import Customer, MovableClock
from tests.services.billing.examples import HOUR
from tests.services.conftest import Hosted
from tests.services.launchers import IdleLauncher
from tests.services.training.conftest import CONTEXTS
from tests.services.training.lab import Lab, architecture, digits, lab_of, points, tiny


async def refusal(call) -> tuple[grpc.StatusCode, str]:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return caught.value.code(), caught.value.details() or ""


async def nothing_was_begun(lab: Lab) -> bool:
    listed = await lab.call("ListRuns", api.ListRunsRequest(project_id=lab.project_id))
    usage = await lab.person.call(UsageServiceStub, "GetUsage", billing.GetUsageRequest())
    return not listed.runs and not any(used.held_milliseconds for used in usage.usages)


async def test_rejected_starts_name_what_where_and_how(lab: Lab):
    other = await lab.person.project("audio")
    nine = await architecture(lab.person, lab.project_id, tiny(scores={"out_features": 9}))
    wide = await architecture(lab.person, lab.project_id, tiny(**{"in": {"shape": ["B", 1, 9, 9]}}))
    elsewhere = await digits(lab.person, other)
    request = dataset.CreateDatasetRequest(project_id=lab.project_id, builtin="digits")
    unready = (await lab.person.call(DatasetServiceStub, "CreateDataset", request)).dataset.id
    expected: list[tuple[dict[str, Any], grpc.StatusCode, str]] = [
        ({"architecture_id": "nope"}, grpc.StatusCode.NOT_FOUND, "no such architecture"),
        ({"architecture_version": 7}, grpc.StatusCode.NOT_FOUND, "version 7"),
        ({"dataset_id": "nope"}, grpc.StatusCode.NOT_FOUND, "dataset"),
        ({"dataset_version": 7}, grpc.StatusCode.NOT_FOUND, "version 7"),
        (
            {"dataset_id": unready},
            grpc.StatusCode.FAILED_PRECONDITION,
            f"version 1 of the dataset {unready} is still being ingested; start the run once it is ready",
        ),
        (
            {"architecture_id": nine},
            grpc.StatusCode.FAILED_PRECONDITION,
            "the network's Output gives [9] per sample but the dataset has 10 classes, which need [10]",
        ),
        (
            {"architecture_id": wide},
            grpc.StatusCode.FAILED_PRECONDITION,
            "the network's Input takes [1, 9, 9] per sample but the dataset gives [1, 8, 8]",
        ),
        ({"dataset_id": elsewhere}, grpc.StatusCode.FAILED_PRECONDITION, "train within one project"),
        (
            {"device": "cuda:3"},
            grpc.StatusCode.FAILED_PRECONDITION,
            "there is no device 'cuda:3' here; choose one of: cpu",
        ),
        (
            {"options": api.TrainingOptions(epochs=-1)},
            grpc.StatusCode.INVALID_ARGUMENT,
            "epochs must lie between 1 and 100000, not -1",
        ),
        ({"limit_milliseconds": 1}, grpc.StatusCode.INVALID_ARGUMENT, "limit_milliseconds must lie between 1000"),
        ({"name": "x" * 101}, grpc.StatusCode.INVALID_ARGUMENT, "1 to 100 printable characters"),
    ]
    for fields, code, sentence in expected:
        found = await refusal(lab.start(**fields))
        assert (found[0], sentence in found[1]) == (code, True), (fields, found)
    assert await nothing_was_begun(lab)


async def test_networks_are_judged_beside_the_event_loop(lab: Lab, monkeypatch: pytest.MonkeyPatch):
    threads: list[threading.Thread] = []

    def check_fits(*sides: Any) -> None:
        threads.append(threading.current_thread())
        fitting.check_fits(*sides)

    monkeypatch.setattr(run_service, "check_fits", check_fits)
    await lab.start()
    assert threads
    assert threading.current_thread() not in threads


async def test_rejected_by_billing_in_billings_own_words(hosted: Hosted):
    class WithGpu(IdleLauncher):
        async def devices(self):
            return [*await super().devices(), Device("cuda:0", "cuda", 2**30, "NVIDIA H100 80GB HBM3")]

    async with hosted(*CONTEXTS, launcher=WithGpu()) as platform:
        lab = await lab_of(platform)
        code, sentence = await refusal(lab.start(device="cuda:0"))
        assert (code, "h100" in sentence) == (grpc.StatusCode.FAILED_PRECONDITION, True), sentence
        assert await nothing_was_begun(lab)


async def test_a_start_repeated_after_its_hold_has_lapsed_needs_quota_anew(
    hosted: Hosted, monkeypatch: pytest.MonkeyPatch
):
    class WithGpu(IdleLauncher):
        async def devices(self):
            return [Device("cuda:0", "cuda", 2**30, "Tesla T4")]

    def die(*_: object) -> NoReturn:
        raise RuntimeError("killed between the hold and the queue")

    clock = MovableClock()
    async with hosted(*CONTEXTS, launcher=WithGpu(), clock=clock) as platform:
        lab = await lab_of(platform)
        ada = Customer(lab.person)
        start: dict[str, Any] = {"key": "k", "device": "cuda:0", "limit_milliseconds": 2 * HOUR}
        monkeypatch.setattr(runs, "queue", die)
        assert (await refusal(lab.start(**start)))[0] == grpc.StatusCode.INTERNAL
        monkeypatch.undo()
        assert (await ada.usage("t4")).held_milliseconds == 2 * HOUR
        clock.ahead = timedelta(seconds=60)

        async def lapsed() -> bool:
            return not (await ada.usage("t4")).held_milliseconds

        await platform.eventually(lapsed)
        for number in range(5):
            await ada.place(f"other-{number}", 2 * HOUR, "t4")
        code, sentence = await refusal(lab.start(**start))
        assert (code, "0 s of 10 h are left" in sentence) == (grpc.StatusCode.RESOURCE_EXHAUSTED, True), sentence


async def test_a_stranger_finds_nothing(lab: Lab):
    run, _ = await lab.running()
    stranger = await lab_of(lab.platform, "bob")
    for method, request in {
        "GetRun": api.GetRunRequest(run_id=run.id),
        "CancelRun": api.CancelRunRequest(run_id=run.id),
        "GetMetrics": api.GetMetricsRequest(run_id=run.id),
        "ListLogLines": api.ListLogLinesRequest(run_id=run.id),
        "ListCheckpoints": api.ListCheckpointsRequest(run_id=run.id),
        "GetReproduction": api.GetReproductionRequest(run_id=run.id),
        "ListRuns": api.ListRunsRequest(project_id=lab.project_id),
        "StartRun": api.StartRunRequest(architecture_id=lab.architecture_id, dataset_id=lab.dataset_id),
    }.items():
        assert (await refusal(stranger.call(method, request)))[0] == grpc.StatusCode.NOT_FOUND, method
    assert not (await lab.get(run.id)).cancel_requested


async def test_an_older_attempt_is_refused_everywhere(lab: Lab):
    run, old = await lab.running()
    lab.launcher.ended[f"training-{run.id}-1"] = JobStatus(JobState.FAILED, -9)
    new = await lab.worker(run.id, 2)
    await new.attach()
    for call in (old.attach(), old.report(), old.save(b"late", 99), old.complete(), old.fail("late")):
        code, sentence = await refusal(call)
        assert code == grpc.StatusCode.ABORTED
        assert sentence == f"attempt 1 of {run.id} has been replaced by attempt 2; stop working on it"
    await new.complete()


async def test_a_worker_of_a_finished_run_is_refused(lab: Lab):
    run, worker = await lab.running()
    await worker.complete()
    await worker.complete()  # the same ending sent again is no error
    for call in (worker.report(), worker.save(b"late", 99), worker.fail("late"), worker.attach()):
        assert await refusal(call) == (grpc.StatusCode.ABORTED, f"{run.id} is over; stop working on it")


async def test_a_worker_of_another_run_or_tenant_finds_nothing(lab: Lab):
    run = await lab.start()
    worker = await lab.worker(run.id)
    worker._token = await lab.platform.job_token("training", "another-tenant", run.id, 1)
    assert (await refusal(worker.attach()))[0] == grpc.StatusCode.NOT_FOUND


async def test_a_person_is_no_worker(lab: Lab):
    run = await lab.start()
    worker = await lab.worker(run.id)
    worker._token = lab.person.token
    assert (await refusal(worker.attach()))[0] == grpc.StatusCode.PERMISSION_DENIED


async def test_rejected_reports(lab: Lab):
    run, worker = await lab.running()
    short = api.Points(series="train/loss", steps=b"\0" * 16, values=b"\0" * 4)
    expected: list[tuple[int, dict[str, Any], str]] = [
        (2, {}, "report 2 came where report 1 is due"),
        (-1, {}, "report -1 came where report 1 is due"),
        (1, {"points": [short]}, "train/loss needs int64 steps and float32 values of equal length"),
        (1, {"points": [points("a b", [1], [1])]}, "'a b' is not"),
        (1, {"points": [points("a", [1], [1])] * 2}, "each series is named once"),
        (1, {"points": [points("a", [-1], [1])]}, "a step below 0"),
        (1, {"points": [points(f"s{n}", [1], [1]) for n in range(65)]}, "at most 64 series"),
        (1, {"lines": [api.LogEntry(text="x")] * 1_001}, "at most 1000 lines, not 1001"),
        (1, {"progress": api.Progress(samples_per_second=float("inf"))}, "samples_per_second is inf; report a finite"),
    ]
    for sequence, fields, sentence in expected:
        code, found = await refusal(worker.report(sequence, **fields))
        assert (code, sentence in found) == (grpc.StatusCode.INVALID_ARGUMENT, True), found
    assert not (await lab.curves(run.id))


async def test_rejected_checkpoints(lab: Lab):
    _, worker = await lab.running()
    code, sentence = await refusal(worker.save(b"whole", 20, put_bytes=b"cut"))
    assert code == grpc.StatusCode.FAILED_PRECONDITION
    assert "3 bytes where 5 were announced" in sentence
    upload = api.Upload(name="model.safetensors", bytes=5, sha256="0" * 64)
    request = api.SaveCheckpointRequest(kind=api.CHECKPOINT_KIND_BEST, files=[upload])
    assert "has not been uploaded" in (await refusal(worker.call("SaveCheckpoint", request)))[1]
    bad = api.RequestUploadsRequest(uploads=[api.Upload(name="../x", bytes=5, sha256="0" * 64)])
    assert (await refusal(worker.call("RequestUploads", bad)))[0] == grpc.StatusCode.INVALID_ARGUMENT


async def test_rejected_endings(lab: Lab):
    _, worker = await lab.running()
    for request, sentence in [
        (api.CompleteRequest(evaluation=b"no"), "evaluation must be a JSON object"),
        (api.CompleteRequest(evaluation=b'{"loss": NaN}'), "a JSON object, which knows neither NaN nor Infinity"),
        (api.CompleteRequest(evaluation=b"{}", test_accuracy=1.5), "test_accuracy must lie between 0 and 1"),
    ]:
        assert sentence in (await refusal(worker.call("Complete", request)))[1]


async def test_rejected_reading(lab: Lab):
    run = await lab.start()
    code, sentence = await refusal(lab.curves(run.id, 10_001))
    assert (code, "points must be 1 to 10000" in sentence) == (grpc.StatusCode.INVALID_ARGUMENT, True)
    lines = api.ListLogLinesRequest(run_id=run.id, page_size=1_001)
    assert (await refusal(lab.call("ListLogLines", lines)))[0] == grpc.StatusCode.INVALID_ARGUMENT
    early = api.GetReproductionRequest(run_id=run.id)
    assert (await refusal(lab.call("GetReproduction", early)))[0] in (grpc.StatusCode.FAILED_PRECONDITION,)
