"""Rebuilds a read model beside the one that serves, and puts it in its place when both stand for the same event.

The tables are made and filled in a schema of their own. Meanwhile the old ones are read and go on; the new ones follow
their checkpoint, and never pass it. The swap waits for the projector's transaction, takes in what is missing, and
exchanges the tables in one transaction of its own. So nobody sees a read model that is short or stands still.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

from kernel.database import LOG_SCHEMA, Connection, lock_key
from kernel.errors import Conflict, Unavailable
from kernel.log import EventLog
from kernel.projection import BATCH, Projection, execute, read_batch
from kernel.table_access import copy_access

LOCK_MILLISECONDS = 200
MOST_SWAPS = 300
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Difference:
    """How one table differs from what the log says: its rows, those it lacks, those it should not have."""

    rows: int
    missing: int
    surplus: int


class Rebuild:
    """Of one context. `connection` is the database administrator's, in autocommit; use as a context manager."""

    def __init__(
        self, context: str, projection: Projection, schema: Path, log: EventLog, connection: Connection
    ) -> None:
        self._context = context
        self._projection = projection
        self._schema = schema
        self._log = log
        self._connection = connection
        self._beside = f"{context}_rebuild"
        self._replaced = f"{context}_replaced"
        self.position = 0

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["Rebuild"]:
        """Makes the tables beside, and does away with what is left of them; raises Conflict where another is at it."""
        lock = lock_key(self._context, "rebuild")
        row = await (await self._connection.execute("SELECT pg_try_advisory_lock(%s)", (lock,))).fetchone()
        if not (row and row[0]):
            raise Conflict(f"the {self._context} read model is being rebuilt already; wait until that is done")
        try:
            await self._drop()
            await self._make()
            yield self
        finally:
            with suppress(psycopg.OperationalError):  # the next one drops what a lost connection leaves behind
                await self._drop()
                await self._connection.execute("SELECT pg_advisory_unlock(%s)", (lock,))

    async def _make(self) -> None:
        beside, owner = sql.Identifier(self._beside), sql.Identifier(f"nf_{self._context}")
        async with self._connection.transaction():
            await self._run("CREATE SCHEMA {} AUTHORIZATION {}", beside, owner)
            await self._run("SET LOCAL ROLE {}", owner)
            await self._run("SET LOCAL search_path = {}", beside)
            for path in (LOG_SCHEMA, self._schema):  # which may refer to the log's tables, but not touch the real ones
                await self._connection.execute(sql.SQL(path.read_text()))
            await self._drop_all_but_the_read_model()
        async with self._connection.transaction():
            for table in self._projection.tables:
                await copy_access(self._connection, table, self._context, self._beside)

    async def _drop_all_but_the_read_model(self) -> None:
        cursor = await self._connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = %s AND tablename <> ALL(%s)",
            (self._beside, list(self._projection.tables)),
        )
        for (table,) in await cursor.fetchall():
            await self._run("DROP TABLE {} CASCADE", sql.Identifier(self._beside, table))

    async def replay(self, progress: Progress) -> None:
        """Fills the tables beside until they have nearly caught up with those that serve."""
        target = await self._checkpoint()
        while target - self.position > BATCH or self.position == 0 < target:
            async with self._connection.transaction():
                await self._advance(target)
            progress(self.position, target)
            target = await self._checkpoint()

    async def _advance(self, until: int) -> None:
        """One batch, in the connection's transaction."""
        batch = await read_batch(self._log, self._projection, self.position, until)
        await self._run("SET LOCAL search_path = {}, {}", *map(sql.Identifier, (self._beside, self._context)))
        await execute(self._connection, batch.statements)
        self.position = batch.position if batch.events else until

    async def compare(self) -> Mapping[str, Difference]:
        """What those that serve differ in, by table, at one moment; holds nobody up."""
        async with self._connection.transaction():
            await self._connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            await self._reach(await self._checkpoint())
            return {table: await self._difference(table) for table in self._projection.tables}

    async def _reach(self, target: int) -> None:
        while self.position < target:
            await self._advance(target)

    async def _difference(self, table: str) -> Difference:
        old, new = await self._rows(self._context, table), await self._rows(self._beside, table)
        query = sql.SQL(
            "SELECT (SELECT count(*) FROM ({old}) AS o), (SELECT count(*) FROM ({new} EXCEPT ALL {old}) AS n), "
            "(SELECT count(*) FROM ({old} EXCEPT ALL {new}) AS s)"
        ).format(old=old, new=new)
        row = await (await self._connection.execute(query)).fetchone()
        assert row
        return Difference(*row)

    async def _rows(self, schema: str, table: str) -> sql.Composed:
        """A query for the rows of a table as texts; columns by name, as an older table has them in another order."""
        cursor = await self._connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped "
            "ORDER BY attname",
            (f'"{self._beside}"."{table}"',),
        )
        columns = sql.SQL(", ").join([sql.Identifier(row[0]) for row in await cursor.fetchall()])
        return sql.SQL("SELECT ROW({})::text FROM {}").format(columns, sql.Identifier(schema, table))

    async def swap(self) -> int:
        """Puts the new tables in place of the old; returns the position they stand for. Raises Unavailable."""
        for _ in range(MOST_SWAPS):
            before = self.position
            try:
                async with self._connection.transaction():
                    await self._swap()
                return self.position
            except psycopg.errors.LockNotAvailable:  # somebody reads for long; let those behind us pass first
                self.position = before
                await asyncio.sleep(LOCK_MILLISECONDS / 1000)
        raise Unavailable(f"the {self._context} read model is being read without a pause; rebuild it at another time")

    async def _swap(self) -> None:
        context, replaced = sql.Identifier(self._context), sql.Identifier(self._replaced)
        await self._run("SET LOCAL lock_timeout = {}", sql.Literal(f"{LOCK_MILLISECONDS}ms"))
        tables = [sql.Identifier(self._context, table) for table in self._projection.tables]
        await self._run("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", sql.SQL(", ").join(tables))
        await self._reach(await self._checkpoint())
        await self._run("CREATE SCHEMA {}", replaced)
        for table in self._projection.tables:
            await self._run("ALTER TABLE {} SET SCHEMA {}", sql.Identifier(self._context, table), replaced)
            await self._run("ALTER TABLE {} SET SCHEMA {}", sql.Identifier(self._beside, table), context)

    async def _checkpoint(self) -> int:
        """Where those that serve stand."""
        query = sql.SQL("SELECT position FROM {}.checkpoints WHERE name = 'projection'")
        row = await (await self._connection.execute(query.format(sql.Identifier(self._context)))).fetchone()
        return int(row[0]) if row else 0

    async def _drop(self) -> None:
        for schema in (self._beside, self._replaced):
            await self._run("DROP SCHEMA IF EXISTS {} CASCADE", sql.Identifier(schema))

    async def _run(self, statement: LiteralString, *values: sql.Composable) -> None:
        await self._connection.execute(sql.SQL(statement).format(*values))


def same(differences: Mapping[str, Difference]) -> bool:
    return not any(each.missing or each.surplus for each in differences.values())
