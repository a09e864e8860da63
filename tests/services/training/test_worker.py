"""Real workers: processes of the local launcher that train on the digits and report over gRPC."""

import asyncio
import contextlib
import json
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import psutil
import pytest

import blueprint
from foundry.weights import load_module
from kernel.local_launcher import LocalLauncher
from neuralforge.billing.v1 import service_pb2 as billing
from neuralforge.billing.v1.service_pb2_grpc import HoldServiceStub
from neuralforge.training.v1 import service_pb2 as api
from neuralforge.training.v1.service_pb2 import CheckpointKind, RunState
from tests.services.conftest import Hosted
from tests.services.files import fetch
from tests.services.training.conftest import CONTEXTS
from tests.services.training.lab import Lab, architecture, lab_of, steps_of, tiny

ENDED = (RunState.RUN_STATE_COMPLETED, RunState.RUN_STATE_FAILED, RunState.RUN_STATE_CANCELLED)
# Measured by the clock on the wall; everything else must not change from run to run.
WALL_CLOCK = "samples_per_second"
# Batch norm, dropout, warm-up and clipping; epochs long enough to be killed in the middle of.
DEMANDING = api.TrainingOptions(epochs=4, batch_size=4, seed=11, warmup_epochs=1, clip_norm=1.0)


@pytest.fixture
async def lab(hosted: Hosted) -> AsyncIterator[Lab]:
    """A lab whose jobs are real processes."""
    async with hosted(*CONTEXTS) as platform:
        yield await lab_of(platform)


def worker_process(lab: Lab, run_id: str, attempt: int = 1) -> psutil.Process:
    """The process of an attempt, as the operating system sees it."""
    assert isinstance(lab.platform.launcher, LocalLauncher)
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):  # it may end while it is looked at
            if Path(process.cwd()).name == f"training-{run_id}-{attempt}.scratch":
                return process
    raise LookupError(f"no process works on {run_id}")


async def kill_in_mid_epoch(lab: Lab, run_id: str, attempt: int) -> int:
    """Kills the worker with -9 once it is past a checkpoint and in the middle of an epoch; the step it had reported."""

    async def in_mid_epoch():
        run = await lab.get(run_id)
        kept = (await lab.call("ListCheckpoints", api.ListCheckpointsRequest(run_id=run_id))).checkpoints
        resumable = [point for point in kept if point.kind == CheckpointKind.CHECKPOINT_KIND_LAST]
        last = max((point.step for point in resumable if point.attempt == attempt), default=0)
        step, epoch = run.progress.step, run.progress.steps // max(1, run.progress.epochs)
        return step if run.attempt == attempt and 0 < last < step and step % epoch else None

    step = await lab.platform.eventually(in_mid_epoch, timeout=90, every=0.01)
    worker_process(lab, run_id, attempt).send_signal(signal.SIGKILL)
    return int(step)


async def test_a_real_run_ends_with_curves_checkpoints_evaluation_and_a_settled_hold(lab: Lab, tmp_path: Path):
    run = await lab.start(options=api.TrainingOptions(epochs=8, learning_rate=0.01, seed=3))
    done = await lab.until(run.id, *ENDED, timeout=120)
    assert done.state == RunState.RUN_STATE_COMPLETED, done.reason
    assert done.test_accuracy > 0.9
    assert (done.progress.epoch, done.progress.step, done.progress.steps) == (8, 160, 160)

    evaluation = json.loads(done.evaluation)
    assert evaluation["accuracy"] == done.test_accuracy
    assert sum(map(sum, evaluation["confusion"])) == evaluation["samples"]

    curves = await lab.curves(run.id)
    assert steps_of(curves["train/loss"]) == list(range(1, 161))
    assert steps_of(curves["val/accuracy"]) == list(range(20, 161, 20))
    best = np.frombuffer(curves["val/accuracy"].values, "<f4").max()
    assert done.best_validation_accuracy == pytest.approx(best, abs=1e-6)

    lines = (await lab.call("ListLogLines", api.ListLogLinesRequest(run_id=run.id))).lines
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    assert any("epoch 8/8" in line.text for line in lines)

    kept = (await lab.call("ListCheckpoints", api.ListCheckpointsRequest(run_id=run.id))).checkpoints
    assert [point.kind for point in kept] == [
        CheckpointKind.CHECKPOINT_KIND_BEST,
        CheckpointKind.CHECKPOINT_KIND_LAST,
    ]
    assert (kept[0].epoch, kept[0].validation_accuracy) == (done.best_epoch, done.best_validation_accuracy)
    weights = tmp_path / kept[0].files[0].name
    assert weights.name == "model.safetensors"
    weights.write_bytes(await fetch(kept[0].files[0].url))
    load_module(blueprint.parse(tiny()), weights)

    record = json.loads((await lab.call("GetReproduction", api.GetReproductionRequest(run_id=run.id))).reproduction)
    environment = record["attempts"][0]["environment"]
    assert {"torch", "python", "threads", "cpu", "commit"} <= environment.keys()

    async def settled():
        request = billing.GetHoldRequest(hold_id=run.id)
        hold = (await lab.person.call(HoldServiceStub, "GetHold", request)).hold
        return hold if hold.state == billing.HOLD_STATE_SETTLED else None

    assert (await lab.platform.eventually(settled)).metered_milliseconds == done.device_milliseconds > 0


async def test_a_run_that_diverges_warns_and_leaves_json_that_everyone_reads(lab: Lab):
    run = await lab.start(options=api.TrainingOptions(epochs=2, learning_rate=1e3, optimizer="sgd"))
    done = await lab.until(run.id, *ENDED, timeout=150)
    assert done.state == RunState.RUN_STATE_COMPLETED, done.reason
    evaluation = json.loads(done.evaluation, parse_constant=pytest.fail)
    assert (evaluation["loss"], evaluation["accuracy"]) == (None, done.test_accuracy)
    lines = (await lab.call("ListLogLines", api.ListLogLinesRequest(run_id=run.id))).lines
    (warning,) = [line.text for line in lines if line.level == "warning"]
    assert warning.startswith("the loss is not a number since step ")


async def test_killed_in_mid_epoch_a_run_ends_as_one_that_was_not_bit_for_bit(lab: Lab):
    network = await architecture(lab.person, lab.project_id, blueprint.canonical(blueprint.instantiate("digits-cnn")))
    whole = await lab.start(options=DEMANDING, architecture_id=network)
    done = await lab.until(whole.id, *ENDED, timeout=150)
    assert done.state == RunState.RUN_STATE_COMPLETED, done.reason

    broken = await lab.start(options=DEMANDING, architecture_id=network)
    reported = await kill_in_mid_epoch(lab, broken.id, 1)
    ended = await lab.until(broken.id, *ENDED, timeout=150)
    assert ended.state == RunState.RUN_STATE_COMPLETED, ended.reason
    assert ended.attempt == 2
    assert 0 < reported < done.progress.steps

    lines = (await lab.call("ListLogLines", api.ListLogLinesRequest(run_id=broken.id, page_size=1_000))).lines
    assert any(line.attempt == 2 and line.text.startswith("resumed at epoch") for line in lines)
    assert ended.evaluation == done.evaluation
    assert (ended.test_accuracy, ended.best_validation_accuracy, ended.best_epoch) == (
        done.test_accuracy,
        done.best_validation_accuracy,
        done.best_epoch,
    )
    expected, found = await lab.curves(whole.id), await lab.curves(broken.id)
    assert found.keys() == expected.keys()
    for name in expected.keys() - {WALL_CLOCK}:
        assert found[name] == expected[name], name
    assert steps_of(found["train/loss"]) == list(range(1, done.progress.steps + 1))
    best, resumed = [
        (await lab.call("ListCheckpoints", api.ListCheckpointsRequest(run_id=id))).checkpoints[0]
        for id in (whole.id, broken.id)
    ]
    assert best.files[0].sha256 == resumed.files[0].sha256


async def test_a_cancelled_worker_stops_at_its_next_batch(lab: Lab):
    run = await lab.start(options=api.TrainingOptions(epochs=50_000))

    async def training():
        return (await lab.get(run.id)).progress.step

    await lab.platform.eventually(training, timeout=90)
    await lab.cancel(run.id)
    ended = await lab.until(run.id, *ENDED)
    assert ended.state == RunState.RUN_STATE_CANCELLED

    async def gone():
        try:
            worker_process(lab, run.id)
        except LookupError:
            return True
        return False

    await lab.platform.eventually(gone)


async def test_a_worker_that_does_not_react_to_a_cancel_is_stopped(lab: Lab, monkeypatch):
    monkeypatch.setattr("services.training.process.CANCEL_MILLISECONDS", 1_000)
    run = await lab.start(options=api.TrainingOptions(epochs=50_000))
    await lab.until(run.id, RunState.RUN_STATE_RUNNING, timeout=90)
    process = worker_process(lab, run.id)
    process.suspend()
    await lab.cancel(run.id)
    ended = await lab.until(run.id, *ENDED)
    assert ended.state == RunState.RUN_STATE_CANCELLED
    await lab.platform.eventually(lambda: asyncio.to_thread(lambda: not process.is_running()))


async def test_a_silent_worker_is_replaced(lab: Lab, monkeypatch):
    monkeypatch.setattr("services.training.process.LEASE_SECONDS", 3.0)
    run = await lab.start(options=api.TrainingOptions(epochs=200))
    await lab.until(run.id, RunState.RUN_STATE_RUNNING, timeout=90)
    worker_process(lab, run.id).suspend()
    done = await lab.until(run.id, *ENDED, timeout=150)
    assert (done.state, done.attempt) == (RunState.RUN_STATE_COMPLETED, 2), done.reason


async def test_a_run_outlives_a_restart_of_the_platform(lab: Lab):
    run = await lab.start(options=api.TrainingOptions(epochs=10, batch_size=2))

    async def past_a_checkpoint():
        return (await lab.call("ListCheckpoints", api.ListCheckpointsRequest(run_id=run.id))).checkpoints

    await lab.platform.eventually(past_a_checkpoint, timeout=90)
    await lab.platform.restart()
    done = await lab.until(run.id, *ENDED, timeout=150)
    assert (done.state, done.attempt) == (RunState.RUN_STATE_COMPLETED, 2), done.reason
    assert steps_of((await lab.curves(run.id, 10_000))["val/loss"]) == [629 * epoch for epoch in range(1, 11)]
