"""Runs over real gRPC, from start to end, with workers played by the test."""

import json

from kernel.launcher import JobState, JobStatus
from neuralforge.billing.v1 import service_pb2 as billing
from neuralforge.billing.v1.service_pb2_grpc import HoldServiceStub
from neuralforge.training.v1 import service_pb2 as api
from neuralforge.training.v1.service_pb2 import RunState
from tests.services.files import fetch, stored
from tests.services.training.lab import Lab, lab_of, points


async def hold(lab: Lab, run_id: str) -> billing.Hold:
    found: billing.Hold = (
        await lab.person.call(HoldServiceStub, "GetHold", billing.GetHoldRequest(hold_id=run_id))
    ).hold
    return found


async def test_a_run_from_start_to_completion(lab: Lab):
    run = await lab.start(name="first", options=api.TrainingOptions(epochs=3))
    assert run.state == RunState.RUN_STATE_QUEUED
    assert (run.name, run.device, run.options.epochs, run.options.batch_size) == ("first", "cpu", 3, 64)
    assert (run.project_id, run.architecture_version, run.dataset_version) == (lab.project_id, 1, 1)
    assert (await hold(lab, run.id)).held_milliseconds == run.limit_milliseconds == 3_600_000

    worker = await lab.worker(run.id)
    assignment = await worker.attach()
    assert json.loads(assignment.document)["schema"] == "neuralforge.blueprint/1"
    assert {file.name for file in assignment.dataset_files} >= {"manifest.json", "splits.json"}
    assert (assignment.options.epochs, list(assignment.resume_files), assignment.last_sequence) == (3, [], 0)
    await worker.report(points=[points("train/loss", [1, 2], [2.0, 1.5])], progress=api.Progress(step=2, steps=4))
    seen = await lab.get(run.id)
    assert (seen.state, seen.progress.step) == (RunState.RUN_STATE_RUNNING, 2)

    await worker.save(b"weights", 2, best=True)
    await worker.complete()
    done = await lab.get(run.id)
    assert done.state == RunState.RUN_STATE_COMPLETED
    assert (done.test_accuracy, done.best_validation_accuracy, done.best_epoch) == (0.98, 0.97, 3)
    assert json.loads(done.evaluation) == {"accuracy": 0.98}
    elapsed = done.finished_at.ToMilliseconds() - done.started_at.ToMilliseconds()
    assert abs(done.device_milliseconds - elapsed) <= 1

    async def settled():
        found = await hold(lab, run.id)
        return found if found.state == billing.HOLD_STATE_SETTLED else None

    assert (await lab.platform.eventually(settled)).metered_milliseconds == done.device_milliseconds


async def test_starting_again_with_the_same_key_is_one_run(lab: Lab):
    request = _start(lab, "once")
    first, again = await lab.call("StartRun", request, key="k1"), await lab.call("StartRun", request, key="k1")
    assert first == again
    listed = await lab.call("ListRuns", api.ListRunsRequest(project_id=lab.project_id), after=first.position)
    assert [run.id for run in listed.runs] == [first.run.id]


async def test_lists_have_pages_and_states_and_say_what_getting_says(lab: Lab):
    started = [await lab.call("StartRun", _start(lab, f"run {number}")) for number in range(3)]
    ids = [answer.run.id for answer in started]
    position = started[-1].position
    first = await lab.call("ListRuns", api.ListRunsRequest(project_id=lab.project_id, page_size=2), after=position)
    request = api.ListRunsRequest(project_id=lab.project_id, page_size=2, page_token=first.next_page_token)
    second = await lab.call("ListRuns", request)
    assert [run.id for run in (*first.runs, *second.runs)] == ids[::-1]
    assert not second.next_page_token

    worker = await lab.worker(ids[0])
    await worker.attach()
    await worker.report(progress=api.Progress(step=7))
    await worker.save(b"best", 5, best=True)
    await worker.complete()
    await lab.cancel(ids[2])
    states = [RunState.RUN_STATE_COMPLETED, RunState.RUN_STATE_CANCELLED]

    async def both():
        request = api.ListRunsRequest(project_id=lab.project_id, states=states)
        found = (await lab.call("ListRuns", request)).runs
        return found if len(found) == 2 else None

    for run in await lab.platform.eventually(both):
        assert run == await lab.get(run.id)


def _start(lab: Lab, name: str) -> api.StartRunRequest:
    return api.StartRunRequest(architecture_id=lab.architecture_id, dataset_id=lab.dataset_id, name=name)


async def test_one_run_at_a_time_on_the_cpu(lab: Lab):
    first, second = await lab.start(), await lab.start()
    worker = await lab.worker(first.id)
    devices = (await lab.call("ListDevices", api.ListDevicesRequest())).devices
    assert [(device.name, device.kind, device.slots, device.free_slots) for device in devices] == [("cpu", "cpu", 1, 0)]
    await worker.attach()
    assert (await lab.get(second.id)).state == RunState.RUN_STATE_QUEUED
    await worker.complete()
    await lab.until(second.id, RunState.RUN_STATE_STARTING)

    async def launched() -> list[str] | None:
        names = [job.name for job in lab.launcher.launched if "training" in job.name]
        return names if len(names) > 1 else None

    assert await lab.platform.eventually(launched) == [f"training-{first.id}-1", f"training-{second.id}-1"]


async def test_slots_stay_right_over_a_restart(lab: Lab):
    (_, _), second = await lab.running(), await lab.start()
    await lab.platform.restart()
    third = await lab.start()
    assert (await lab.get(second.id)).state == RunState.RUN_STATE_QUEUED
    assert (await lab.get(third.id)).state == RunState.RUN_STATE_QUEUED
    devices = (await lab.call("ListDevices", api.ListDevicesRequest())).devices
    assert devices[0].free_slots == 0


async def test_a_free_slot_goes_to_whoever_waited_longest_while_nobody_else_has_fewer_runs(lab: Lab):
    bob = await lab_of(lab.platform, "bob")
    first = await lab.start()
    worker = await lab.worker(first.id)
    waiting = [await lab.start(), await bob.start()]
    await worker.attach()
    await worker.complete()  # nobody has a run now, and Ada's waited longer
    await lab.until(waiting[0].id, RunState.RUN_STATE_STARTING)
    assert (await bob.get(waiting[1].id)).state == RunState.RUN_STATE_QUEUED


async def test_a_queued_run_is_cancelled_at_once_and_its_hold_settled_at_nothing(lab: Lab):
    await lab.running()
    waiting = await lab.start()
    run = await lab.cancel(waiting.id)
    assert (run.state, run.reason) == (RunState.RUN_STATE_CANCELLED, "cancelled as asked for")

    async def settled():
        return (await hold(lab, waiting.id)).state == billing.HOLD_STATE_SETTLED

    await lab.platform.eventually(settled)
    assert (await hold(lab, waiting.id)).metered_milliseconds == 0


async def test_a_running_worker_is_told_to_stop(lab: Lab):
    run, worker = await lab.running()
    assert not (await worker.report()).stop
    assert (await lab.cancel(run.id)).cancel_requested
    assert (await worker.report()).stop
    await worker.fail("cancelled")
    assert (await lab.get(run.id)).state == RunState.RUN_STATE_CANCELLED


async def test_a_run_whose_worker_has_not_attached_yet_is_cancelled_and_its_worker_stopped(lab: Lab):
    run = await lab.start()
    await lab.worker(run.id)
    await lab.cancel(run.id)
    cancelled = await lab.until(run.id, RunState.RUN_STATE_CANCELLED)
    assert cancelled.device_milliseconds == 0

    async def stopped():
        return f"training-{run.id}-1" in lab.launcher.stopped

    await lab.platform.eventually(stopped)


async def test_cancelling_a_finished_run_changes_nothing(lab: Lab):
    run, worker = await lab.running()
    await worker.complete()
    done = await lab.get(run.id)
    assert await lab.cancel(run.id) == done


async def test_a_worker_that_fails_ends_the_run_with_its_reason(lab: Lab):
    run, worker = await lab.running()
    await worker.fail("the loss is not a number")
    failed = await lab.get(run.id)
    assert (failed.state, failed.reason) == (RunState.RUN_STATE_FAILED, "the loss is not a number")


async def test_a_lost_worker_is_followed_by_one_that_resumes_from_the_last_checkpoint(lab: Lab):
    run, worker = await lab.running()
    await worker.save(b"after 20 steps", 20)
    await worker.save(b"after 40 steps", 40)
    await worker.report()
    lab.launcher.ended[f"training-{run.id}-1"] = JobStatus(JobState.FAILED, -9, "epoch 2\nbus error\n")
    second = await lab.worker(run.id, 2)
    assignment = await second.attach()
    assert [await fetch(file.url) for file in assignment.resume_files] == [b"after 40 steps"]
    assert (await lab.get(run.id)).attempt == 2


async def test_a_run_whose_workers_are_all_lost_fails_with_their_last_words(lab: Lab):
    run = await lab.start()
    for attempt in (1, 2, 3):
        await (await lab.worker(run.id, attempt)).attach()
        lab.launcher.ended[f"training-{run.id}-{attempt}"] = JobStatus(JobState.FAILED, 1, "epoch 2\nbus error\n")
    failed = await lab.until(run.id, RunState.RUN_STATE_FAILED)
    assert failed.reason == (
        "3 workers were lost; of the last one: its worker ended with exit code 1 before the run was over; "
        "its last words were: bus error"
    )


async def test_a_run_is_stopped_at_its_limit(lab: Lab):
    run, _ = await lab.running(limit_milliseconds=1_000)
    failed = await lab.until(run.id, RunState.RUN_STATE_FAILED)
    assert "stopped at its limit of 1 s of device time" in failed.reason
    assert failed.device_milliseconds == 1_000

    async def stopped():
        return f"training-{run.id}-1" in lab.launcher.stopped

    await lab.platform.eventually(stopped)


async def test_only_the_best_and_the_last_checkpoint_are_kept(lab: Lab):
    run, worker = await lab.running()
    await worker.save(b"best of all", 10, best=True)
    for step in (10, 20, 30):
        await worker.save(b"state %d" % step, step)
    request = api.ListCheckpointsRequest(run_id=run.id)
    kept = (await lab.call("ListCheckpoints", request)).checkpoints
    assert [(checkpoint.step, await fetch(checkpoint.files[0].url)) for checkpoint in kept] == [
        (10, b"best of all"),
        (30, b"state 30"),
    ]
    assert len(await stored(lab.platform, f"{lab.person.tenant}/training/{run.id}/")) == 2


async def test_a_run_can_be_reproduced_from_what_is_kept(lab: Lab):
    run, _ = await lab.running(options=api.TrainingOptions(seed=7))
    answer = await lab.call("GetReproduction", api.GetReproductionRequest(run_id=run.id))
    record = json.loads(answer.reproduction)
    assert (record["seed"], record["options"]["learning_rate"], record["options"]["optimizer"]) == (7, 0.002, "adamw")
    assert record["attempts"] == [{"number": 1, "environment": {"torch": "2.13.0", "threads": 1}}]
    assert len(record["architecture"]["content_hash"]) == 64
    assert record["dataset"]["content_hash"]
    assert json.loads(answer.document)["schema"] == "neuralforge.blueprint/1"
