"""The walls taken down one by one, for tests that ask which of them still stands."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import psycopg
import pytest
from psycopg import sql

from kernel import interceptor, projects
from kernel.projects import ProjectDirectory
from services.workspace import projects as workspace_projects
from tests.services.platform import Platform

TENANT = re.compile(r"(\w+\.)?\btenant = %s")


def without_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every role may call everything, and every project is open to everybody."""
    monkeypatch.setattr(interceptor, "require", lambda grant, roles, method: None)
    monkeypatch.setattr(interceptor, "_require_reach", lambda grant, rpc: None)
    for module in (projects, workspace_projects):
        monkeypatch.setattr(module, "may_touch", lambda *what, **more: True)
    open_to_all(monkeypatch)


def open_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """The directory of projects lets everybody in."""

    async def shows(self: ProjectDirectory, project_id: str) -> bool:
        return True

    async def require(self: ProjectDirectory, tenant: str, project_id: str) -> None:
        return None

    monkeypatch.setattr(ProjectDirectory, "shows", shows)
    monkeypatch.setattr(ProjectDirectory, "require", require)


def without_conditions(monkeypatch: pytest.MonkeyPatch) -> None:
    """What serves calls asks for every tenant's rows: its conditions on the tenant hold for all of them."""
    execute = cast(Any, psycopg.AsyncConnection.execute)

    async def toothless(self: Any, query: Any, *values: Any, **more: Any) -> Any:
        confined = "role=nf_" in self.info.get_parameters().get("options", "")
        if confined and isinstance(query, str):
            query = TENANT.sub("%s::text IS NOT NULL", query)
        return await execute(self, query, *values, **more)

    monkeypatch.setattr(psycopg.AsyncConnection, "execute", toothless)


@asynccontextmanager
async def without_row_security(platform: Platform, context: str) -> AsyncIterator[None]:
    """The policies of one service let everything through."""
    database = platform.database(context)
    await database.pool.open()
    query = "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relrowsecurity"
    tables = [name for (name,) in await database.fetch(query, context)]

    async def let(condition: str) -> None:
        async with database.transaction() as connection:
            for table in tables:
                alter = sql.SQL("ALTER POLICY own_tenant ON {} USING (" + condition + ")")
                await connection.execute(alter.format(sql.Identifier(table)))

    await let("true")
    try:
        yield
    finally:
        await let("tenant = current_setting('nf.tenant', true)")
        await database.pool.close()
