"""The one loop over open runs: gives free slots to queued runs, and watches over those that have one.

It knows nothing between two rounds: slots follow from the open runs in the read model, once that has caught up with
the log, and every decision folds the run's stream again. So it may stop anywhere and go on elsewhere.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence

import structlog
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from kernel.aggregate import Aggregate
from kernel.clock import milliseconds, timestamp
from kernel.errors import DomainError, Exhausted, NotFound, Rejected
from kernel.jobs import MOST_ATTEMPTS, MOST_KILLED, Jobs
from kernel.launcher import JobState, JobStatus
from kernel.leader import lead
from kernel.service import Resources
from kernel.tenancy import acting_for
from kernel.trace import continued
from neuralforge.billing.v1 import service_pb2 as billing
from neuralforge.billing.v1 import service_pb2_grpc as billing_rpc
from neuralforge.training.v1 import service_pb2 as api
from neuralforge.training.v1.service_pb2 import RunState
from services.training import runs
from services.training.checkpoints import CheckpointFiles
from services.training.devices import Devices
from services.training.fairness import next_runs
from services.training.metrics import Metrics
from services.training.projection import OpenRun, open_runs, projected
from services.training.reports import Reports
from services.training.runs import Run

WATCH_SECONDS = 0.5
IDLE_SECONDS = 5.0
CATCH_UP_SECONDS = 5.0
LEASE_SECONDS = 15.0
START_SECONDS = 90.0  # a worker's first words: importing torch on a busy machine takes its time
CANCEL_MILLISECONDS = 10_000
STOP_SECONDS = 1.0
MOST_WORDS = 500
CPU_THREADS = max(1, min(8, (os.cpu_count() or 1) // 2))
Decide = Callable[[Run], Sequence[Message]]
logger = structlog.get_logger()


class Supervisor:
    """Runs in every process of the service, leads in one."""

    def __init__(
        self,
        resources: Resources,
        aggregate: Aggregate[Run],
        jobs: Jobs,
        devices: Devices,
        reports: Reports,
        metrics: Metrics,
        files: CheckpointFiles,
    ) -> None:
        self._resources = resources
        self._runs = aggregate
        self._jobs = jobs
        self._devices = devices
        self._reports = reports
        self._metrics = metrics
        self._files = files

    async def run(self) -> None:
        await lead(self._resources.database.every_tenant, "supervisor", self._follow)

    async def _follow(self) -> None:
        watch = self._resources.log.watch()
        while True:
            await watch.wait(WATCH_SECONDS if await self._round() else IDLE_SECONDS)

    async def _round(self) -> int:
        """Looks after every open run once; returns how many there are."""
        await self._catch_up()
        found = await open_runs(self._resources.database.every_tenant)
        for run in found:
            if run.active:
                await self._safely(self._watch, run)
        for run in next_runs(found, await self._devices.slots()) if found else ():
            await self._safely(self._begin, run)
        return len(found)

    async def _catch_up(self) -> None:
        """Waits until the read model shows what the log holds now: else a slot might be given away twice."""
        head = await self._resources.log.head()
        async with asyncio.timeout(CATCH_UP_SECONDS):
            while await projected(self._resources.database.every_tenant) < head:
                await asyncio.sleep(0.01)

    async def _safely(self, act: Callable[[OpenRun], Awaitable[None]], run: OpenRun) -> None:
        """One run's trouble is no other run's; what went wrong is tried again in the next round."""
        try:
            with acting_for(run.tenant):
                await act(run)
        except DomainError as error:
            logger.warning("run not looked after", run=run.id, tenant=run.tenant, error=str(error))
        except Exception:
            logger.exception("run not looked after", run=run.id, tenant=run.tenant)

    async def _begin(self, run: OpenRun) -> None:
        with continued((await self._runs.load(run.tenant, run.id)).traceparent, self._resources.context):
            await self._start(run)

    async def _start(self, run: OpenRun) -> None:
        await self._jobs.require_store()  # a run waits in the queue for it, and loses no attempt to its outage
        if not run.attempt and (refusal := await self._refusal(run)):
            await self._decide(run, lambda state: runs.refuse(state, refusal, self._now()))
            return
        await self._decide(run, lambda state: runs.start_attempt(state, self._now()))
        state = (await self._runs.load(run.tenant, run.id)).state
        if state.state == RunState.RUN_STATE_STARTING:
            await self._launch(run, state)

    async def _refusal(self, run: OpenRun) -> str:
        """What billing says against the run; nothing once its hold is confirmed, which no run trains without."""
        neighbours = self._resources.neighbours
        stub = neighbours.stub("billing", billing_rpc.HoldServiceStub)
        try:
            await neighbours.call(stub.ConfirmHold, billing.ConfirmHoldRequest(hold_id=run.id), tenant=run.tenant)
        except (Exhausted, Rejected, NotFound) as error:
            return error.message
        return ""

    async def _launch(self, run: OpenRun, state: Run) -> None:
        await self._jobs.launch(
            run.tenant, run.project_id, run.id, state.attempt, device=run.device, cpu_threads=CPU_THREADS
        )
        logger.info("attempt started", run=run.id, tenant=run.tenant, attempt=state.attempt, device=run.device)

    async def _watch(self, run: OpenRun) -> None:
        """What the run needs: nothing, a launch that was missed, or an end."""
        status = await self._jobs.status(run.id, run.attempt)
        loaded = await self._runs.load(run.tenant, run.id)
        if loaded.state.active and loaded.state.attempt == run.attempt:
            with continued(loaded.traceparent, self._resources.context):
                await self._tend(run, loaded.state, status)

    async def _tend(self, run: OpenRun, state: Run, status: JobStatus) -> None:
        now = self._now()
        starting = state.state == RunState.RUN_STATE_STARTING
        silence = await self._jobs.silence(run.tenant, run.id, run.attempt)
        if runs.stop_at_limit(state, now):
            await self._end(run, lambda state: runs.stop_at_limit(state, self._now()))
        elif state.cancel_requested and (starting or _overdue(state.cancel_requested.at, now)):
            await self._end(run, lambda state: runs.fail(state, runs.CANCELLED, self._now()))
        elif status.state is JobState.MISSING and starting:
            await self._launch(run, state)
        elif status.state is not JobState.RUNNING:
            await self._lose(run, _last_words(_ending(status), status))
        elif silence > (START_SECONDS if starting else LEASE_SECONDS):
            await self._lose(run, _last_words(f"its worker was silent for {silence:.0f} s", status))

    async def _lose(self, run: OpenRun, reason: str) -> None:
        heard = await self._reports.heard_at(run.tenant, run.id, run.attempt)
        heard_at = timestamp(heard) if heard else None
        logger.warning("attempt lost", run=run.id, tenant=run.tenant, attempt=run.attempt, reason=reason)
        fruitless = (await self._runs.load(run.tenant, run.id)).state.fruitless
        most = MOST_ATTEMPTS if await self._jobs.spent(run.id, fruitless) else MOST_KILLED
        await self._end(run, lambda state: runs.lose_attempt(state, run.attempt, reason, heard_at, self._now(), most))

    async def _end(self, run: OpenRun, decide: Decide) -> None:
        """Writes the end down, which fences the worker, and then stops the worker's process."""
        await self._decide(run, decide)
        await self._jobs.stop(run.id, run.attempt, STOP_SECONDS)
        state = (await self._runs.load(run.tenant, run.id)).state
        await self._metrics.finish(run.tenant, run.id)
        if not state.open:
            await self._files.sweep(run.tenant, run.id, state.checkpoints)

    async def _decide(self, run: OpenRun, decide: Decide) -> None:
        await self._runs.handle(run.tenant, run.id, decide, lambda state: api.GetRunResponse())

    def _now(self) -> Timestamp:
        return timestamp(self._resources.clock())


def _overdue(since: Timestamp, now: Timestamp) -> bool:
    return milliseconds(since, now) > CANCEL_MILLISECONDS


def _ending(status: JobStatus) -> str:
    if status.exit_code is None:
        return "its worker was gone"
    if status.exit_code < 0:
        return f"its worker was killed by signal {-status.exit_code}"
    return f"its worker ended with exit code {status.exit_code} before the run was over"


def _last_words(reason: str, status: JobStatus) -> str:
    """The reason, with the last line the worker wrote."""
    lines = [line.strip() for line in status.log_tail.splitlines() if line.strip()]
    return f"{reason}; its last words were: {lines[-1][:MOST_WORDS]}" if lines else reason
