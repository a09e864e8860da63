"""The read model of runs, and what the supervisor asks of it; `run_list` and `measured` have the other queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kernel.clock import moment
from kernel.database import Database
from kernel.log import Recorded
from kernel.projection import Projection, Statements
from neuralforge.training.v1 import events_pb2 as events
from neuralforge.training.v1.service_pb2 import CheckpointKind, RunState
from services.training.runs import ACTIVE, OPEN


def project(recorded: Recorded, execute: Statements) -> None:
    tenant = recorded.tenant
    match recorded.event:
        case events.RunQueued() as event:
            _queued(recorded, event, execute)
        case events.AttemptStarted() as event:
            execute(
                "UPDATE runs SET state = %s, attempt = %s, launched_at = %s WHERE tenant = %s AND id = %s",
                *(RunState.RUN_STATE_STARTING, event.attempt, moment(event.at), tenant, event.run_id),
            )
        case events.AttemptAttached() as event:
            execute(
                "UPDATE runs SET state = %s, started_at = coalesce(started_at, %s), attached_at = %s "
                "WHERE tenant = %s AND id = %s",
                *(RunState.RUN_STATE_RUNNING, moment(event.at), moment(event.at), tenant, event.run_id),
            )
        case events.CheckpointSaved() as event:
            if event.checkpoint.kind == CheckpointKind.CHECKPOINT_KIND_BEST:
                execute(
                    "UPDATE runs SET best_validation_accuracy = %s, best_epoch = %s WHERE tenant = %s AND id = %s",
                    *(event.checkpoint.validation_accuracy, event.checkpoint.epoch, tenant, event.run_id),
                )
        case events.AttemptLost() as event:
            execute(
                "UPDATE runs SET state = %s, attached_at = NULL, device_milliseconds = device_milliseconds + %s "
                "WHERE tenant = %s AND id = %s",
                *(RunState.RUN_STATE_QUEUED, event.device_milliseconds, tenant, event.run_id),
            )
        case events.CancelRequested() as event:
            execute("UPDATE runs SET cancel_requested = true WHERE tenant = %s AND id = %s", tenant, event.run_id)
        case events.RunCompleted() as event:
            execute(
                "UPDATE runs SET evaluation = %s, test_accuracy = %s, best_validation_accuracy = %s, best_epoch = %s "
                "WHERE tenant = %s AND id = %s",
                *(event.evaluation, event.test_accuracy, event.best_validation_accuracy, event.best_epoch),
                *(tenant, event.run_id),
            )
            _finished(tenant, RunState.RUN_STATE_COMPLETED, "", event, execute)
        case events.RunFailed() as event:
            _finished(tenant, RunState.RUN_STATE_FAILED, event.reason, event, execute)
        case events.RunCancelled() as event:
            _finished(tenant, RunState.RUN_STATE_CANCELLED, event.reason, event, execute)


def _queued(recorded: Recorded, event: events.RunQueued, execute: Statements) -> None:
    execute(
        "INSERT INTO runs (created_at, id, tenant, position, project_id, name, architecture_id, architecture_version, "
        "dataset_id, dataset_version, options, device, limit_milliseconds, created_by, state, device_kind, macs, "
        "train_rows) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        *(moment(event.at), event.run_id, recorded.tenant, recorded.position, event.project_id, event.name),
        *(event.architecture_id, event.architecture_version, event.dataset_id, event.dataset_version),
        *(event.options.SerializeToString(), event.device, event.limit_milliseconds, event.created_by),
        *(RunState.RUN_STATE_QUEUED, event.device_kind, event.macs, event.train_rows),
    )


Finished = events.RunCompleted | events.RunFailed | events.RunCancelled


def _finished(tenant: str, state: int, reason: str, event: Finished, execute: Statements) -> None:
    execute(
        "UPDATE runs SET state = %s, reason = %s, finished_at = %s, attached_at = NULL, device_milliseconds = %s "
        "WHERE tenant = %s AND id = %s",
        *(state, reason, moment(event.at), event.device_milliseconds, tenant, event.run_id),
    )


PROJECTION = Projection(project, tables=("runs",))


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run that waits for a device or has one. `position` is its place in the log, so in the queue."""

    position: int
    tenant: str
    id: str
    project_id: str
    device: str
    state: int
    attempt: int

    @property
    def active(self) -> bool:
        return self.state in ACTIVE


async def open_runs(database: Database) -> Sequence[OpenRun]:
    """Every tenant's runs that are not over, in the order they were queued."""
    rows = await database.fetch(
        "SELECT position, tenant, id, project_id, device, state, attempt FROM runs "
        "WHERE state IN (1, 2, 3) AND state = ANY(%s) ORDER BY position",
        list(OPEN),
    )
    return [OpenRun(*row) for row in rows]


async def occupied(database: Database) -> Mapping[str, int]:
    """How many slots of each device are taken, by name."""
    rows = await database.fetch(
        "SELECT device, count(*) FROM runs WHERE state IN (1, 2, 3) AND state = ANY(%s) GROUP BY device", list(ACTIVE)
    )
    return dict(rows)


async def projected(database: Database) -> int:
    """The log position the read model stands for."""
    row = await database.fetch_one("SELECT position FROM checkpoints WHERE name = 'projection'")
    return int(row[0]) if row else 0
