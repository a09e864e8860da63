"""The read model of API keys and the query on it. A key's row goes when it is revoked."""

from collections.abc import Sequence
from datetime import datetime

from kernel.clock import moment, timestamp
from kernel.log import Recorded
from kernel.projection import Statements
from kernel.tenancy import TenantDatabase
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1.events_pb2 import ApiKeyCreated, ApiKeyRevoked, ApiKeyUsed

MOST = 1000
TABLES = ("api_keys",)


def project(recorded: Recorded, execute: Statements) -> None:
    match recorded.event:
        case ApiKeyCreated() as created:
            execute(
                "INSERT INTO api_keys (tenant, id, user_id, name, role, project_id, created_at, expires_at) "
                "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                *(created.organisation_id, created.key_id, created.user_id, created.name, created.role),
                *(created.project_id, moment(created.at)),
                moment(created.expires_at) if created.HasField("expires_at") else None,
            )
        case ApiKeyUsed() as used:
            execute("UPDATE api_keys SET last_used_at = %s WHERE id = %s", moment(used.at), used.key_id)
        case ApiKeyRevoked() as revoked:
            execute("DELETE FROM api_keys WHERE id = %s", revoked.key_id)


async def list_keys(database: TenantDatabase, tenant: str, user_id: str, now: datetime) -> Sequence[api.ApiKey]:
    """Those that have not expired, newest first: of one person, of everybody where `user_id` is empty."""
    rows = await database.fetch(
        "SELECT id, name, role, project_id, user_id, created_at, expires_at, last_used_at FROM api_keys "
        "WHERE tenant = %s AND (%s = '' OR user_id = %s) AND (expires_at IS NULL OR expires_at > %s) "
        "ORDER BY created_at DESC, id LIMIT %s",
        *(tenant, user_id, user_id, now, MOST),
    )
    return [
        api.ApiKey(
            id=id,
            name=name,
            role=role,
            project_id=project_id,
            user_id=owner,
            created_at=timestamp(created_at),
            expires_at=timestamp(expires_at) if expires_at else None,
            last_used_at=timestamp(last_used_at) if last_used_at else None,
        )
        for id, name, role, project_id, owner, created_at, expires_at, last_used_at in rows
    ]
