"""The read model of projects and the query on it."""

from collections.abc import Sequence
from datetime import datetime

from kernel.clock import moment, timestamp
from kernel.grants import Grant
from kernel.listing import Order, OrderedPage, containing
from kernel.log import Recorded
from kernel.projection import Projection, Statements
from kernel.tenancy import TenantDatabase
from neuralforge.access.v1.access_pb2 import Role
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1.events_pb2 import (
    AccountDeleted,
    ProjectCreated,
    ProjectDeleted,
    ProjectRenamed,
    ProjectVisibilityChanged,
)
from services.workspace import invitation_addresses, key_list, link_list, session_list

ORDERS = (Order("created_at desc", "created_at", datetime.fromisoformat), Order("name", "lower(name)", str))


def project(recorded: Recorded, execute: Statements) -> None:
    session_list.project(recorded, execute)
    invitation_addresses.project(recorded, execute)
    link_list.project(recorded, execute)
    key_list.project(recorded, execute)
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
        case ProjectRenamed() as renamed:
            execute(
                "UPDATE projects SET name = %s WHERE tenant = %s AND id = %s",
                renamed.name,
                recorded.tenant,
                renamed.project_id,
            )
        case ProjectVisibilityChanged() as changed:
            execute(
                "UPDATE projects SET visibility = %s WHERE tenant = %s AND id = %s",
                changed.visibility,
                recorded.tenant,
                changed.project_id,
            )
        case ProjectDeleted() as deleted:
            execute("DELETE FROM projects WHERE tenant = %s AND id = %s", recorded.tenant, deleted.project_id)
        case AccountDeleted() as gone:  # the service has done so, unless it was stopped in between
            execute("DELETE FROM personal_keys WHERE user_id = %s", gone.user_id)


PROJECTION = Projection(project, tables=("projects", *session_list.TABLES, *link_list.TABLES, *key_list.TABLES))


async def list_projects(
    database: TenantDatabase, caller: Grant, name: str, query: str, page: OrderedPage
) -> tuple[Sequence[api.Project], str]:
    """A page of the projects the caller may see: of all, of the one with that name, of those with `query` in theirs.

    The same rule as `kernel.grants.may_touch`.
    """
    sees_all = not caller.project and caller.role >= Role.ROLE_ADMIN
    rows = await database.fetch(
        f"SELECT {page.value}, id, name, visibility, created_at, created_by FROM projects "
        "WHERE tenant = %s AND (%s OR id = %s OR (%s = '' AND (visibility >= %s OR created_by = %s))) "
        f"AND (%s = '' OR name = %s) AND name ILIKE %s AND {page.where} "
        f"ORDER BY {page.by} LIMIT %s",
        *(caller.tenant, sees_all, caller.project, caller.project, api.VISIBILITY_ORGANISATION, caller.subject),
        *(name, name, containing(query)),
        *page.values,
    )
    rows_of_page, token = page.cut(rows)
    projects = [
        api.Project(id=id, name=name, visibility=visibility, created_at=timestamp(created_at), created_by=created_by)
        for _, id, name, visibility, created_at, created_by in rows_of_page
    ]
    return projects, token
