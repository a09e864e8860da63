"""One service's corner of PostgreSQL: its own schema, its own role, its own connections."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, LiteralString

import msgspec
import psycopg
from psycopg import AsyncConnection, sql
from psycopg.conninfo import make_conninfo
from psycopg.rows import TupleRow
from psycopg.types.json import set_json_loads
from psycopg_pool import AsyncConnectionPool

from kernel.errors import Unavailable

Connection = AsyncConnection[TupleRow]
LOG_SCHEMA = Path(__file__).with_name("log.sql")
RETRY_SECONDS = 1.0
OPEN_SECONDS = 15.0

set_json_loads(msgspec.json.decode)  # every event read has a json column; the standard library takes six times as long


def lock_key(*words: str) -> int:
    """A signed 64-bit number for an advisory lock, stable across processes."""
    return int.from_bytes(hashlib.sha256("/".join(words).encode()).digest()[:8], "big", signed=True)


async def provision(admin_url: str, context: str, password: str) -> str:
    """Creates role and schema of a service where they are missing; returns the service's own URL."""
    role, schema = f"nf_{context}", context
    async with await AsyncConnection.connect(admin_url, autocommit=True) as connection:
        name = sql.Identifier(role)
        found = await (await connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,))).fetchone()
        verb = sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}" if found else "CREATE ROLE {} LOGIN PASSWORD {}")
        await connection.execute(verb.format(name, sql.Literal(password)))
        await connection.execute(
            sql.SQL("CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {}").format(sql.Identifier(schema), name)
        )
    return make_conninfo(admin_url, user=role, password=password)


class Database:
    """A pool of connections whose search path is the service's schema."""

    def __init__(self, url: str, schema: str, *, max_size: int = 4) -> None:
        self.schema = schema
        self.url = make_conninfo(url, options=f"-c search_path={schema}", application_name=f"neuralforge {schema}")
        self.pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            self.url, kwargs={"autocommit": True}, min_size=1, max_size=max_size, open=False, timeout=5
        )

    async def open(self, *schema_files: Path) -> None:
        """Opens the pool and brings the schema up to date, one process at a time; raises Unavailable."""
        try:
            await self.pool.open(wait=True, timeout=OPEN_SECONDS)
        except psycopg.OperationalError as error:
            raise unavailable(error) from error
        async with self.transaction() as connection:
            await connection.execute("SELECT pg_advisory_xact_lock(%s)", (lock_key(self.schema, "migrate"),))
            for path in (LOG_SCHEMA, *schema_files):
                await connection.execute(sql.SQL(path.read_text()))

    async def close(self) -> None:
        await self.pool.close(timeout=2)

    async def connect(self, *, autocommit: bool = True) -> Connection:
        """A connection outside the pool, for session locks, LISTEN and the appender.

        Cancelled half way it finishes first: a half-open connection would hold up the server for a minute.
        """
        opening = asyncio.ensure_future(AsyncConnection.connect(self.url, autocommit=autocommit))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            with contextlib.suppress(psycopg.Error):
                await (await opening).close()
            raise
        except psycopg.OperationalError as error:
            raise unavailable(error) from error

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A pooled connection in a transaction; raises Unavailable where the database does not answer."""
        async with self._pooled() as connection, connection.transaction():
            yield connection

    @asynccontextmanager
    async def _pooled(self) -> AsyncIterator[Connection]:
        """A pooled connection in autocommit: one statement, one round trip.

        Connections are not tried out before use, which would double that; those that a lost server leaves behind
        are replaced when the first of them fails.
        """
        try:
            async with self.pool.connection() as connection:
                yield connection
        except psycopg.OperationalError as error:
            with contextlib.suppress(psycopg.Error):
                await self.pool.check()
            raise unavailable(error) from error

    async def fetch(self, query: LiteralString, *values: object) -> list[TupleRow]:
        """All rows of one query, asked once more where the connection turned out to be lost."""
        try:
            return await self._fetch(query, values)
        except Unavailable:
            return await self._fetch(query, values)

    async def _fetch(self, query: LiteralString, values: Sequence[object]) -> list[TupleRow]:
        async with self._pooled() as connection:
            return await (await connection.execute(query, values)).fetchall()

    async def fetch_one(self, query: LiteralString, *values: object) -> TupleRow | None:
        """The first row of one query, or None."""
        rows = await self.fetch(query, *values)
        return rows[0] if rows else None

    async def execute(self, query: LiteralString, *values: Any) -> int:
        """Runs one statement in a transaction of its own; returns how many rows it touched."""
        async with self._pooled() as connection:
            return (await connection.execute(query, values)).rowcount


def unavailable(error: Exception) -> Unavailable:
    """The sentence for a database that does not answer."""
    detail = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return Unavailable(f"the database does not answer ({detail}); try again in a moment", retry_seconds=RETRY_SECONDS)
