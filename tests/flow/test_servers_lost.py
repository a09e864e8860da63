"""NATS wiped, PostgreSQL killed and S3 gone in the middle of a run: the run completes, and everything happens once."""

import contextlib
import json
import os
import signal
from collections.abc import Sequence

import psutil

from kernel.jobs import MOST_ATTEMPTS
from neuralforge.billing.v1 import service_pb2 as billing
from neuralforge.billing.v1.service_pb2_grpc import HoldServiceStub, UsageServiceStub
from neuralforge.training.v1 import service_pb2 as api
from neuralforge.training.v1.service_pb2 import CheckpointKind, RunState
from tests.conftest import RunningServers
from tests.flow.conftest import ONE
from tests.flow.logs import dead_letters, event_counts, opened, published
from tests.services.training.lab import Lab, steps_of
from tests.split.running import RunningSplit

EPOCHS = 80
STEPS = EPOCHS * 20  # 1,258 rows in batches of 64
ENDED = (RunState.RUN_STATE_COMPLETED, RunState.RUN_STATE_FAILED, RunState.RUN_STATE_CANCELLED)
ONCE = ("training.RunQueued.v1", "training.AttemptStarted.v1", "training.RunCompleted.v1")
ONCE_IN_BILLING = ("billing.HoldPlaced.v1", "billing.HoldConfirmed.v1", "billing.HoldSettled.v1")


async def started(lab: Lab) -> str:
    """The id of a run that trains already."""
    run = await lab.start(options=api.TrainingOptions(epochs=EPOCHS, learning_rate=0.01, seed=2))
    await further(lab, run.id, 0)
    return run.id


async def further(lab: Lab, run_id: str, step: int) -> int:
    """Returns once the run is past the step; fails where it is over before that."""

    async def probe() -> int:
        run = await lab.get(run_id)
        assert run.state not in ENDED, f"the run ended too early to prove anything: {run.reason}"
        return run.progress.step if run.progress.step > step else 0

    reached: int = await lab.platform.eventually(probe, timeout=120)
    return reached


async def check_completed_once(lab: Lab, run_id: str) -> None:
    """The run is whole, its hold settled once by its time, and nobody refused any event."""
    run = await lab.until(run_id, *ENDED, timeout=180)
    assert run.state == RunState.RUN_STATE_COMPLETED, run.reason
    assert run.attempt == 1
    assert steps_of((await lab.curves(run_id))["train/loss"]) == list(range(1, STEPS + 1))

    async def settled() -> billing.Hold | None:
        hold = (await lab.person.call(HoldServiceStub, "GetHold", billing.GetHoldRequest(hold_id=run_id))).hold
        return hold if hold.state == billing.HOLD_STATE_SETTLED else None

    assert (await lab.platform.eventually(settled, timeout=60)).metered_milliseconds == run.device_milliseconds
    counts = await event_counts(lab.platform, lab.person.tenant)
    assert {name: counts[name] for name in (*ONCE, *ONCE_IN_BILLING)} == dict.fromkeys((*ONCE, *ONCE_IN_BILLING), 1)
    assert not await dead_letters(lab.platform)
    balance = await lab.person.call(UsageServiceStub, "GetTrialBalance", billing.GetTrialBalanceRequest())
    assert balance.balanced


async def projects_known(lab: Lab) -> Sequence[Sequence[str]]:
    """The projects that each service has heard of from workspace, a project heard of twice named twice."""
    known = []
    for context in ("graph", "dataset", "training", "export"):
        async with opened(lab.platform, context) as database:
            query = "SELECT project_id FROM known_projects WHERE tenant = %s ORDER BY project_id"
            rows = await database.fetch(query, lab.person.tenant)
            known.append([row[0] for row in rows])
    return known


async def test_nats_killed_and_its_data_wiped(lab: Lab, parts: RunningServers | RunningSplit):
    run_id = await started(lab)
    await parts.kill("nats")
    step = await further(lab, run_id, (await lab.get(run_id)).progress.step)
    unheard = await lab.person.project("acknowledged while nobody listened")
    await parts.restart("nats", wipe=True)
    await further(lab, run_id, step)
    await parts.kill("nats")
    await lab.until(run_id, *ENDED, timeout=180)
    await parts.restart("nats", wipe=True)
    await check_completed_once(lab, run_id)

    async def told() -> bool:
        return all([await published(lab.platform, context) for context in lab.platform.databases]) and all(
            known == sorted([lab.project_id, unheard]) for known in await projects_known(lab)
        )

    await lab.platform.eventually(told, timeout=60)
    assert not await dead_letters(lab.platform)


async def test_postgres_killed_and_started_again_by_its_supervisor(lab: Lab, parts: RunningServers | RunningSplit):
    run_id = await started(lab)
    record = parts.embedded._folder / "run" / "postgres.json"
    killed = json.loads(record.read_text())["pid"]
    os.kill(killed, signal.SIGKILL)

    async def back() -> bool:
        return record.exists() and json.loads(record.read_text())["pid"] != killed

    await lab.platform.eventually(back, timeout=60)
    await check_completed_once(lab, run_id)


async def test_s3_killed_and_started_again(lab: Lab, parts: RunningServers | RunningSplit):
    run_id = await started(lab)
    await parts.kill("s3")
    await further(lab, run_id, (await lab.get(run_id)).progress.step)
    await parts.restart("s3")
    await check_completed_once(lab, run_id)
    kept = (await lab.call("ListCheckpoints", api.ListCheckpointsRequest(run_id=run_id))).checkpoints
    assert [(point.kind, point.step) for point in kept][-1] == (CheckpointKind.CHECKPOINT_KIND_LAST, STEPS)


async def test_a_run_that_gets_further_outlives_more_losses_than_it_has_attempts(lab: Lab, form: str):
    run = await lab.start(options=api.TrainingOptions(epochs=100 * EPOCHS, learning_rate=0.01, seed=2))
    for attempt in range(1, MOST_ATTEMPTS + 1):
        await saved(lab, run.id, attempt)
        await (lab.platform.restart() if form == ONE else ended(run.id))
    await saved(lab, run.id, MOST_ATTEMPTS + 1)
    await lab.cancel(run.id)
    await lab.until(run.id, RunState.RUN_STATE_CANCELLED, timeout=60)


async def ended(run_id: str) -> None:
    """The run's worker, told to end: in many processes a restart of its service would not cost it the attempt."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):  # of others, or gone
            if "services.training.worker" in process.cmdline() and run_id in process.environ().get("TMPDIR", ""):
                process.terminate()


async def saved(lab: Lab, run_id: str, attempt: int) -> None:
    """Returns once that attempt has saved what a next one can go on from; fails where the run is over before that."""

    async def probe() -> bool:
        found = await lab.get(run_id)
        assert found.state not in ENDED, f"the run ended too early to prove anything: {found.reason}"
        kept = (await lab.call("ListCheckpoints", api.ListCheckpointsRequest(run_id=run_id))).checkpoints
        return (CheckpointKind.CHECKPOINT_KIND_LAST, attempt) in [(point.kind, point.attempt) for point in kept]

    await lab.platform.eventually(probe, timeout=90)
