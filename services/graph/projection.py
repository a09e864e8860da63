"""The read models of architectures and their versions, and the queries on them."""

from collections.abc import Sequence
from datetime import datetime

from kernel.clock import moment, timestamp
from kernel.log import Recorded
from kernel.pages import Page
from kernel.projection import Projection, Statements
from kernel.tenancy import TenantDatabase
from neuralforge.graph.v1 import service_pb2 as api
from neuralforge.graph.v1.events_pb2 import (
    ArchitectureCreated,
    ArchitectureRenamed,
    EditsApplied,
    VersionSaved,
)
from services.graph.versions import saved_version

TABLES = ("architectures", "versions")


def project(recorded: Recorded, execute: Statements) -> None:
    match recorded.event:
        case ArchitectureCreated() as created:
            execute(
                "INSERT INTO architectures (created_at, id, tenant, project_id, name, revision, latest_version, "
                "updated_at, created_by, origin_id, origin_version) VALUES (%s, %s, %s, %s, %s, 1, 0, %s, %s, %s, %s)",
                moment(created.at),
                created.architecture_id,
                recorded.tenant,
                created.project_id,
                created.name,
                moment(created.at),
                created.created_by,
                created.origin_architecture_id,
                created.origin_version,
            )
        case EditsApplied() as applied:
            execute(
                "UPDATE architectures SET revision = %s, updated_at = %s WHERE tenant = %s AND id = %s",
                applied.revision,
                moment(applied.at),
                recorded.tenant,
                applied.architecture_id,
            )
        case ArchitectureRenamed() as renamed:
            execute(
                "UPDATE architectures SET name = %s, updated_at = %s WHERE tenant = %s AND id = %s",
                renamed.name,
                moment(renamed.at),
                recorded.tenant,
                renamed.architecture_id,
            )
        case VersionSaved() as event:
            _project_version(recorded.tenant, event, execute)


def _project_version(tenant: str, event: VersionSaved, execute: Statements) -> None:
    saved = saved_version(event)
    execute(
        "UPDATE architectures SET latest_version = %s, updated_at = %s WHERE tenant = %s AND id = %s",
        saved.number,
        moment(saved.at),
        tenant,
        event.architecture_id,
    )
    execute(
        "INSERT INTO versions (created_at, tenant, architecture_id, number, message, content_hash, revision, author, "
        "params, macs) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        moment(saved.at),
        tenant,
        event.architecture_id,
        saved.number,
        saved.message,
        saved.content_hash,
        saved.revision,
        saved.author,
        saved.params,
        saved.macs,
    )


async def list_architectures(
    database: TenantDatabase, tenant: str, project_id: str, page: Page
) -> tuple[Sequence[api.Architecture], str]:
    """A page of a project's architectures, newest first."""
    rows = await database.fetch(
        "SELECT created_at, id, project_id, name, revision, latest_version, updated_at, created_by, origin_id, "
        "origin_version FROM architectures "
        "WHERE tenant = %s AND project_id = %s AND (created_at, id) < (%s, %s) "
        "ORDER BY created_at DESC, id DESC LIMIT %s",
        tenant,
        project_id,
        *page.values,
    )
    rows_of_page, token = page.cut(rows)
    return [_architecture(*row) for row in rows_of_page], token


def _architecture(
    created_at: datetime,
    id: str,
    project_id: str,
    name: str,
    revision: int,
    latest: int,
    updated_at: datetime,
    created_by: str,
    origin_id: str,
    origin_version: int,
) -> api.Architecture:
    return api.Architecture(
        id=id,
        project_id=project_id,
        name=name,
        revision=revision,
        latest_version=latest,
        created_at=timestamp(created_at),
        updated_at=timestamp(updated_at),
        created_by=created_by,
        origin_architecture_id=origin_id,
        origin_version=origin_version,
    )


async def list_versions(
    database: TenantDatabase, tenant: str, architecture_id: str, page: Page
) -> tuple[Sequence[api.Version], str]:
    """A page of an architecture's versions, newest first; the padded number keeps versions of one moment in order."""
    rows = await database.fetch(
        "SELECT created_at, lpad(number::text, 10, '0'), number, message, content_hash, revision, author, params, macs "
        "FROM versions WHERE tenant = %s AND architecture_id = %s "
        "AND (created_at, lpad(number::text, 10, '0')) < (%s, %s) ORDER BY 1 DESC, 2 DESC LIMIT %s",
        tenant,
        architecture_id,
        *page.values,
    )
    rows_of_page, token = page.cut(rows)
    versions = [
        api.Version(
            architecture_id=architecture_id,
            number=number,
            message=message,
            content_hash=content_hash,
            revision=revision,
            author=author,
            created_at=timestamp(created_at),
            params=params,
            macs=macs,
        )
        for created_at, _, number, message, content_hash, revision, author, params, macs in rows_of_page
    ]
    return versions, token


PROJECTION = Projection(project, TABLES)
