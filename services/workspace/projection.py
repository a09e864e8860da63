"""The read model of projects and the query on it."""

from collections.abc import Sequence

from kernel.clock import moment, timestamp
from kernel.database import Database
from kernel.log import Recorded
from kernel.pages import Page
from kernel.projection import Projection, Statements
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1.events_pb2 import ProjectCreated


def project(recorded: Recorded, execute: Statements) -> None:
    match recorded.event:
        case ProjectCreated() as created:
            execute(
                "INSERT INTO projects (created_at, id, tenant, name, visibility, created_by) "
                "VALUES (%s, %s, %s, %s, %s, %s)",
                moment(created.at),
                created.project_id,
                recorded.tenant,
                created.name,
                created.visibility,
                created.created_by,
            )


PROJECTION = Projection(project, tables=("projects",))


async def list_projects(database: Database, tenant: str, name: str, page: Page) -> tuple[Sequence[api.Project], str]:
    """A page of the organisation's projects, newest first; with `name`, only the one of that name."""
    rows = await database.fetch(
        "SELECT created_at, id, name, visibility, created_by FROM projects "
        "WHERE tenant = %s AND (%s = '' OR name = %s) AND (created_at, id) < (%s, %s) "
        "ORDER BY created_at DESC, id DESC LIMIT %s",
        tenant,
        name,
        name,
        *page.values,
    )
    rows_of_page, token = page.cut(rows)
    projects = [
        api.Project(id=id, name=name, visibility=visibility, created_at=timestamp(created_at), created_by=created_by)
        for created_at, id, name, visibility, created_by in rows_of_page
    ]
    return projects, token
