"""The read model: exports by project and by run, and the ones not ended yet."""

from collections.abc import Sequence
from typing import Any

from kernel.clock import moment, timestamp
from kernel.database import Database
from kernel.log import Recorded
from kernel.pages import Page
from kernel.projection import Projection, Statements
from kernel.tenancy import TenantDatabase
from neuralforge.export.v1 import events_pb2 as events
from neuralforge.export.v1 import service_pb2 as api


def project(recorded: Recorded, execute: Statements) -> None:
    match recorded.event:
        case events.ExportRequested() as requested:
            execute(
                "INSERT INTO exports (created_at, id, tenant, project_id, run_id, format, state, created_by) "
                "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                moment(requested.at),
                requested.export_id,
                recorded.tenant,
                requested.project_id,
                requested.run_id,
                requested.format,
                api.EXPORT_STATE_QUEUED,
                requested.created_by,
            )
        case events.AttemptStarted() as started:
            execute(
                "UPDATE exports SET state = %s WHERE tenant = %s AND id = %s",
                api.EXPORT_STATE_RUNNING,
                recorded.tenant,
                started.export_id,
            )
        case events.ExportFinished() as finished:
            execute(
                "UPDATE exports SET state = %s, reason = %s, bytes = %s, sha256 = %s, validation = %s, report = %s, "
                "finished_at = %s WHERE tenant = %s AND id = %s",
                finished.state,
                finished.reason,
                finished.file.bytes,
                finished.file.sha256,
                finished.validation.SerializeToString() if finished.HasField("validation") else None,
                finished.report,
                moment(finished.at),
                recorded.tenant,
                finished.export_id,
            )


PROJECTION = Projection(project, tables=("exports",))


async def list_exports(
    database: TenantDatabase, tenant: str, project_id: str, run_id: str, page: Page
) -> tuple[Sequence[api.Export], str]:
    """A page of the exports of a project or of a run (the other is empty), newest first."""
    rows = await database.fetch(
        "SELECT created_at, id, project_id, run_id, format, state, reason, bytes, sha256, validation, report, "
        "finished_at, created_by FROM exports WHERE tenant = %s AND (project_id = %s OR run_id = %s) "
        "AND (created_at, id) < (%s, %s) ORDER BY created_at DESC, id DESC LIMIT %s",
        tenant,
        project_id,
        run_id,
        *page.values,
    )
    rows_of_page, token = page.cut(rows)
    return [_export(row) for row in rows_of_page], token


def _export(row: Sequence[Any]) -> api.Export:
    created_at, id, project_id, run_id, format, state, reason, size, sha256, validation, report, finished_at, by = row
    export = api.Export(
        id=id,
        project_id=project_id,
        run_id=run_id,
        format=format,
        state=state,
        reason=reason,
        bytes=size,
        sha256=sha256,
        created_at=timestamp(created_at),
        created_by=by,
        report=report,
    )
    if finished_at is not None:
        export.finished_at.CopyFrom(timestamp(finished_at))
    if validation is not None:
        export.validation.ParseFromString(validation)
    return export


OPEN_JOBS = "SELECT count(*), min(created_at) FROM exports WHERE state <= 2"


async def open_exports(database: Database) -> Sequence[tuple[str, str]]:
    """(tenant, id) of exports that have not ended, oldest first."""
    rows = await database.fetch("SELECT tenant, id FROM exports WHERE state <= 2 ORDER BY created_at LIMIT 1000")
    return [(tenant, id) for tenant, id in rows]
