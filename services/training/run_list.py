"""The list of a project's runs: filtered, in one of several orders, by pages."""

from collections.abc import Sequence
from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp

from kernel.clock import moment, timestamp
from kernel.listing import Order, OrderedPage, containing
from kernel.strict_json import strict
from kernel.tenancy import TenantDatabase
from neuralforge.training.v1 import service_pb2 as api

# What a run does not have yet comes last in both directions: it counts as less, or as more, than all there is.
TESTED = "CASE WHEN state = 4 THEN test_accuracy ELSE '{}infinity'::float8 END"
VALIDATED = "CASE WHEN best_epoch > 0 THEN best_validation_accuracy ELSE '{}infinity'::float8 END"
# A run that has a device goes on using it.
USED = (
    "least(limit_milliseconds, device_milliseconds + "
    "greatest(0, coalesce(trunc(1000 * extract(epoch FROM clock.now - attached_at))::bigint, 0)))"
)
ORDERS = (
    Order("created_at desc", "created_at", datetime.fromisoformat),
    Order("created_at", "created_at", datetime.fromisoformat),
    Order("name desc", "lower(name)", str),
    Order("name", "lower(name)", str),
    Order("test_accuracy desc", TESTED.format("-"), float),
    Order("test_accuracy", TESTED.format(""), float),
    Order("best_validation_accuracy desc", VALIDATED.format("-"), float),
    Order("best_validation_accuracy", VALIDATED.format(""), float),
    Order("device_milliseconds desc", USED, int),
    Order("device_milliseconds", USED, int),
)


async def list_runs(
    database: TenantDatabase, tenant: str, asked: api.ListRunsRequest, page: OrderedPage, now: Timestamp
) -> tuple[Sequence[api.Run], str]:
    """A page of a project's runs: those in the states, of the architecture and with the text in their name."""
    rows = await database.fetch(
        f"SELECT {page.value}, id, created_at, project_id, name, architecture_id, architecture_version, dataset_id, "
        "dataset_version, options, device, limit_milliseconds, created_by, state, runs.attempt, cancel_requested, "
        f"started_at, finished_at, {USED}, best_validation_accuracy, best_epoch, test_accuracy, "
        "evaluation, reason, progress "
        "FROM runs LEFT JOIN run_progress p ON p.tenant = runs.tenant AND p.run_id = runs.id "
        "CROSS JOIN (SELECT %s::timestamptz AS now) AS clock "
        "WHERE runs.tenant = %s AND project_id = %s AND (%s OR state = ANY(%s)) "
        f"AND (%s = '' OR architecture_id = %s) AND name ILIKE %s AND {page.where} ORDER BY {page.by} LIMIT %s",
        *(moment(now), tenant, asked.project_id, not asked.states, list(asked.states)),
        *(asked.architecture_id, asked.architecture_id, containing(asked.query)),
        *page.values,
    )
    rows_of_page, token = page.cut(rows)
    return [_run(row[1:]) for row in rows_of_page], token


def _run(row: Sequence[object]) -> api.Run:
    names = (
        "id created_at project_id name architecture_id architecture_version dataset_id dataset_version options device "
        "limit_milliseconds created_by state attempt cancel_requested started_at finished_at "
        "device_milliseconds best_validation_accuracy best_epoch test_accuracy evaluation reason progress"
    )
    fields: dict[str, object] = dict(zip(names.split(), row, strict=True))
    options, progress = fields.pop("options"), fields.pop("progress")
    fields["evaluation"] = strict(fields["evaluation"])  # type: ignore[arg-type]
    for name in ("created_at", "started_at", "finished_at"):
        fields[name] = timestamp(fields[name]) if fields[name] else None  # type: ignore[arg-type]
    return api.Run(
        **fields,  # type: ignore[arg-type]
        options=api.TrainingOptions.FromString(options),  # type: ignore[arg-type]
        progress=api.Progress.FromString(progress) if progress else None,  # type: ignore[arg-type]
    )
