"""The read model: datasets by project, and the versions still being ingested."""

from collections.abc import Sequence
from datetime import datetime

from kernel.clock import moment, timestamp
from kernel.database import Database
from kernel.errors import Exhausted
from kernel.log import Recorded
from kernel.pages import Page
from kernel.projection import Projection, Statements
from kernel.tenancy import TenantDatabase
from neuralforge.dataset.v1 import events_pb2 as events
from neuralforge.dataset.v1 import service_pb2 as api


def project(recorded: Recorded, execute: Statements) -> None:
    match recorded.event:
        case events.UploadStarted() as started:
            execute(
                "INSERT INTO uploads (tenant, dataset_id, number, started_at) VALUES (%s, %s, %s, %s)",
                recorded.tenant,
                started.dataset_id,
                started.number,
                moment(started.at),
            )
        case events.DatasetCreated() as created:
            execute(
                "INSERT INTO datasets "
                "(created_at, id, tenant, project_id, name, builtin, latest_version, created_by, kind) "
                "VALUES (%s, %s, %s, %s, %s, %s, 0, %s, %s)",
                moment(created.at),
                created.dataset_id,
                recorded.tenant,
                created.project_id,
                created.name,
                created.builtin,
                created.created_by,
                created.kind,
            )
        case events.VersionRequested() as requested:
            execute(
                "UPDATE datasets SET latest_version = %s WHERE tenant = %s AND id = %s",
                requested.number,
                recorded.tenant,
                requested.dataset_id,
            )
            execute(
                "INSERT INTO ingests (tenant, dataset_id, number, created_at) VALUES (%s, %s, %s, %s)",
                recorded.tenant,
                requested.dataset_id,
                requested.number,
                moment(requested.at),
            )
            if requested.upload:
                execute(
                    "DELETE FROM uploads WHERE tenant = %s AND dataset_id = %s AND number = %s",
                    recorded.tenant,
                    requested.dataset_id,
                    requested.upload,
                )
        case events.VersionReady() | events.VersionFailed() as ended:
            execute(
                "DELETE FROM ingests WHERE tenant = %s AND dataset_id = %s AND number = %s",
                recorded.tenant,
                ended.dataset_id,
                ended.number,
            )


MOST_WAITING = 50
PROJECTION = Projection(project, tables=("datasets", "ingests", "uploads"))


async def list_datasets(
    database: TenantDatabase, tenant: str, project_id: str, name: str, page: Page
) -> tuple[Sequence[api.Dataset], str]:
    """A page of a project's datasets, newest first; with `name`, only those of exactly that name."""
    rows = await database.fetch(
        "SELECT created_at, id, project_id, name, builtin, latest_version, created_by, kind FROM datasets "
        "WHERE tenant = %s AND project_id = %s AND (%s = '' OR name = %s) AND (created_at, id) < (%s, %s) "
        "ORDER BY created_at DESC, id DESC LIMIT %s",
        tenant,
        project_id,
        name,
        name,
        *page.values,
    )
    rows_of_page, token = page.cut(rows)
    return [_dataset(*row) for row in rows_of_page], token


def _dataset(created_at, id, project_id, name, builtin, latest_version, created_by, kind) -> api.Dataset:  # type: ignore[no-untyped-def]
    return api.Dataset(
        id=id,
        project_id=project_id,
        name=name,
        builtin=builtin,
        latest_version=latest_version,
        created_at=timestamp(created_at),
        created_by=created_by,
        kind=kind,
    )


OPEN_JOBS = "SELECT count(*), min(created_at) FROM ingests"


async def open_ingests(database: Database) -> Sequence[tuple[str, str, int]]:
    """(tenant, dataset id, number) of versions being ingested, oldest first."""
    rows = await database.fetch("SELECT tenant, dataset_id, number FROM ingests ORDER BY created_at LIMIT 1000")
    return [(tenant, dataset_id, number) for tenant, dataset_id, number in rows]


async def require_room(database: TenantDatabase, tenant: str) -> None:
    """Raises Exhausted where too many uploads of the tenant wait for a dataset to be made of them."""
    row = await database.fetch_one("SELECT count(*) FROM uploads WHERE tenant = %s", tenant)
    if row and row[0] >= MOST_WAITING:
        sentence = "make datasets of them, or wait a day until they are removed"
        raise Exhausted(f"{row[0]} uploads of your organisation wait already; {sentence}")


async def waiting_uploads(database: Database, before: datetime) -> Sequence[tuple[str, str, int]]:
    """(tenant, dataset id, number) of uploads that were started before that and of which nothing was made."""
    rows = await database.fetch(
        "SELECT tenant, dataset_id, number FROM uploads WHERE started_at < %s ORDER BY started_at LIMIT 100", before
    )
    return [(tenant, dataset_id, number) for tenant, dataset_id, number in rows]


async def forget_upload(database: Database, tenant: str, dataset_id: str, number: int) -> None:
    """The file is gone. A rebuilt read model lists it again, and it is removed again, which does no harm."""
    query = "DELETE FROM uploads WHERE tenant = %s AND dataset_id = %s AND number = %s"
    await database.execute(query, tenant, dataset_id, number)
