"""What the databases hold, read as the superuser and without the platform's code: logs, read models, checkpoints."""

import asyncio
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import psycopg
from psycopg import sql

from kernel.service import ServiceSpec
from kernel.settings import CONTEXTS

Tables = Mapping[str, Sequence[str]]
Rows = list[tuple[Any, ...]]
LOOK_SECONDS = 0.1


class Truth:
    """Use as an async context manager."""

    def __init__(self, admin: str) -> None:
        self._admin = admin

    async def __aenter__(self) -> "Truth":
        self._connection = await psycopg.AsyncConnection.connect(self._admin, autocommit=True)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._connection.close()

    async def rows(self, query: str, *values: object) -> Rows:
        return await (await self._connection.execute(query.encode(), values)).fetchall()

    async def one(self, query: str, *values: object) -> Any:
        """The first column of the only row."""
        ((value, *_),) = await self.rows(query, *values)
        return value

    async def heads(self) -> Mapping[str, int]:
        """The position of each log's newest event."""
        return {
            context: await self.one(f"SELECT coalesce(max(position), 0) FROM {context}.events") for context in CONTEXTS
        }

    async def read_models(self) -> Mapping[str, Tables]:
        """Every row of every table of every read model, as text, in the order of the text."""
        found: dict[str, Tables] = {}
        for context, spec in specs().items():
            found[context] = {table: await self._dumped(context, table) for table in spec.projection.tables}
        return found

    async def _dumped(self, context: str, table: str) -> Sequence[str]:
        query = sql.SQL("SELECT t::text FROM {} AS t ORDER BY 1").format(sql.Identifier(context, table))
        return [row[0] for row in await (await self._connection.execute(query)).fetchall()]

    async def empty_read_models(self) -> None:
        """As docs/operate.md has it: the tables emptied, the checkpoint set to 0."""
        for context, spec in specs().items():
            async with self._connection.transaction():
                for table in spec.projection.tables:
                    await self._connection.execute(sql.SQL("TRUNCATE {}").format(sql.Identifier(context, table)))
                await self.execute(f"UPDATE {context}.checkpoints SET position = 0 WHERE name = 'projection'")

    async def execute(self, statement: str) -> None:
        await self._connection.execute(statement.encode())

    async def streams(self) -> set[str]:
        """Which incarnation of its stream each relay publishes to."""
        found = set()
        for context in CONTEXTS:
            query = f"SELECT detail->>'created' FROM {context}.checkpoints WHERE name = 'relay'"
            found |= {f"{context} {created}" for (created,) in await self.rows(query)}
        return found

    async def quiet(self, seconds: float) -> None:
        """Returns when all that the logs hold is projected, published and heard; raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while await self.behind():
                await asyncio.sleep(LOOK_SECONDS)

    async def behind(self) -> Sequence[str]:
        """What has not caught up with the logs yet."""
        found = []
        for context in CONTEXTS:
            query = f"""SELECT name FROM {context}.checkpoints
                WHERE name IN ('relay', 'projection') AND position < (SELECT max(position) FROM {context}.events)"""
            found += [f"{name} of {context}" for (name,) in await self.rows(query)]
        projects = {row[0] for row in await self.rows("SELECT id FROM workspace.projects")}
        for context in ("graph", "dataset", "training", "export"):
            known = {row[0] for row in await self.rows(f"SELECT project_id FROM {context}.known_projects")}
            found += [f"{context} of projects"] if projects - known else []
        waiting = await self.one("SELECT count(*) FROM billing.holds WHERE waiting_since IS NOT NULL")
        found += ["billing of runs"] if waiting else []
        letters = await self.one("SELECT count(*) FROM workspace.letters_due")
        return [*found, "mails"] if letters else found


def specs() -> Mapping[str, ServiceSpec]:
    return {context: import_module(f"services.{context}.__main__").SPEC for context in CONTEXTS}
