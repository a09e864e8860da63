"""What completed runs took: the query that estimates rest on."""

from collections.abc import Sequence
from datetime import datetime

from kernel.tenancy import TenantDatabase
from neuralforge.training.v1 import service_pb2 as api
from services.training.estimates import Past, Work

MOST_RUNS = 50
MOST_MACS = 10**30


async def completed_runs(
    database: TenantDatabase, tenant: str, device_kind: str, architecture_id: str
) -> Sequence[Past]:
    """The newest of the architecture first, then the newest of others; runs of one attempt, which were not resumed."""
    rows = await database.fetch(
        "SELECT architecture_id, macs, train_rows, options, launched_at, started_at, device_milliseconds, progress "
        "FROM runs JOIN run_progress p ON p.tenant = runs.tenant AND p.run_id = runs.id "
        "WHERE runs.tenant = %s AND device_kind = %s AND state = 4 AND runs.attempt = 1 AND train_rows > 0 "
        "ORDER BY architecture_id = %s DESC, created_at DESC LIMIT %s",
        *(tenant, device_kind, architecture_id, MOST_RUNS),
    )
    return [run for row in rows if (run := _past(*row))]


def work_of(architecture_id: str, macs: str, rows: int, options: api.TrainingOptions) -> Work:
    """A run's work, from what versions, datasets and options say."""
    known = min(int(macs), MOST_MACS) if macs.isdecimal() and len(macs) < 1_000 else 0
    return Work(architecture_id, known, rows, options.epochs, options.batch_size, options.precision)


def _past(
    architecture_id: str,
    macs: str,
    rows: int,
    options: bytes,
    launched_at: datetime | None,
    started_at: datetime | None,
    device_milliseconds: int,
    progress: bytes,
) -> Past | None:
    """None for a run that did not say how long its steps took."""
    last = api.Progress.FromString(progress)
    if not launched_at or not started_at or not last.step or last.seconds <= 0:
        return None
    return Past(
        work_of(architecture_id, macs, rows, api.TrainingOptions.FromString(options)),
        start_seconds=max(0.0, (started_at - launched_at).total_seconds()),
        loop_seconds=last.seconds * max(1.0, last.steps / last.step),
        device_seconds=device_milliseconds / 1000,
    )
