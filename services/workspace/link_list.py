"""The read model of share links and the query on it. A link's row goes when it is revoked."""

from collections.abc import Sequence
from datetime import datetime

from kernel.clock import moment, timestamp
from kernel.log import Recorded
from kernel.projection import Statements
from kernel.tenancy import TenantDatabase
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1.events_pb2 import ShareLinkCreated, ShareLinkRevoked

MOST = 200
TABLES = ("share_links",)


def project(recorded: Recorded, execute: Statements) -> None:
    match recorded.event:
        case ShareLinkCreated() as created:
            execute(
                "INSERT INTO share_links (tenant, id, project_id, label, created_by, created_at, expires_at) "
                "VALUES (%s, %s, %s, %s, %s, %s, %s)",
                *(created.organisation_id, created.link_id, created.project_id, created.label, created.created_by),
                *(moment(created.at), moment(created.expires_at)),
            )
        case ShareLinkRevoked() as revoked:
            execute("DELETE FROM share_links WHERE id = %s", revoked.link_id)


async def list_links(database: TenantDatabase, tenant: str, project_id: str, now: datetime) -> Sequence[api.ShareLink]:
    """Those of one project that are in force, newest first."""
    rows = await database.fetch(
        "SELECT id, label, created_by, created_at, expires_at FROM share_links "
        "WHERE tenant = %s AND project_id = %s AND expires_at > %s ORDER BY created_at DESC, id LIMIT %s",
        *(tenant, project_id, now, MOST),
    )
    return [
        api.ShareLink(
            id=id,
            project_id=project_id,
            label=label,
            created_by=created_by,
            created_at=timestamp(created_at),
            expires_at=timestamp(expires_at),
        )
        for id, label, created_by, created_at, expires_at in rows
    ]
