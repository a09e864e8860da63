"""One service's corner of PostgreSQL: its own schema, its own role, its own connections."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, LiteralString

import msgspec
import psycopg
from psycopg import AsyncConnection, AsyncCursor, sql
from psycopg.conninfo import make_conninfo
from psycopg.rows import TupleRow
from psycopg.types.json import set_json_loads
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from kernel.errors import Rejected, Unavailable
from kernel.migration import migrate

Connection = AsyncConnection[TupleRow]
Pool = AsyncConnectionPool[Connection]
LOG_SCHEMA = Path(__file__).with_name("log.sql")
WALLS = Path(__file__).with_name("walls.sql")
RETRY_SECONDS = 1.0
OPEN_SECONDS = 15.0
POOL_SECONDS = 5.0
# Without these a connection to a server that went without a word waits for hours. libpq's names; seconds, the last ms.
SILENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
WRITES_REFUSED = (psycopg.errors.ReadOnlySqlTransaction, psycopg.errors.DiskFull)
CONFINE = "SELECT set_config('nf.tenant', %s, true)"  # SET LOCAL, with a parameter

set_json_loads(msgspec.json.decode)  # every event read has a json column; the standard library takes six times as long


def lock_key(*words: str) -> int:
    """A signed 64-bit number for an advisory lock, stable across processes."""
    return int.from_bytes(hashlib.sha256("/".join(words).encode()).digest()[:8], "big", signed=True)


async def provision(admin_url: str, context: str, password: str) -> str:
    """Creates roles and schema of a service where they are missing; returns the service's own URL.

    The service's role owns its tables and may become the other one, which owns nothing and sees one tenant at a time.
    """
    role, schema = f"nf_{context}", context
    name, confined = sql.Identifier(role), sql.Identifier(tenant_role(schema))
    async with await AsyncConnection.connect(admin_url, autocommit=True) as connection:
        await _ensure_role(connection, role, sql.SQL("LOGIN PASSWORD {}").format(sql.Literal(password)))
        await _ensure_role(connection, tenant_role(schema), sql.SQL("NOLOGIN"))
        await connection.execute(sql.SQL("GRANT {} TO {}").format(confined, name))
        await connection.execute(
            sql.SQL("CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {}").format(sql.Identifier(schema), name)
        )
    return make_conninfo(admin_url, user=role, password=password)


async def _ensure_role(connection: Connection, role: str, attributes: sql.Composable) -> None:
    found = await (await connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,))).fetchone()
    verb = sql.SQL("ALTER ROLE {} {}" if found else "CREATE ROLE {} {}")
    await connection.execute(verb.format(sql.Identifier(role), attributes))


class Database:
    """A service's pools, whose search path is its schema. What has no tenant in its name sees the rows of all.

    What has one runs as a role that owns nothing and sees the rows of that tenant only, by the policies in `walls.sql`,
    whatever the statement says. Services are given `kernel.tenancy.TenantDatabase`, which knows the tenant.
    """

    def __init__(self, url: str, schema: str, *, max_size: int = 4) -> None:
        self.schema = schema
        self.url = _within(url, schema)
        self.pool = _pool(self.url, max_size)
        self.tenant_pool = _pool(_within(url, schema, tenant_role(schema)), max_size)

    async def open(self, *schema_files: Path) -> None:
        """Opens the pools and brings the schema up to date, one process at a time.

        Raises Unavailable where the database does not answer, Rejected where a role is missing.
        """
        await _open(self.pool)
        async with self.transaction() as connection:
            await self._require_tenant_role(connection)
            await connection.execute("SELECT pg_advisory_xact_lock(%s)", (lock_key(self.schema, "migrate"),))
            await migrate(connection, (LOG_SCHEMA, *schema_files, WALLS))
        await _open(self.tenant_pool)

    async def _require_tenant_role(self, connection: Connection) -> None:
        role, user = tenant_role(self.schema), connection.info.user
        found = await connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,))
        if not await found.fetchone():
            mend = f"CREATE ROLE {role}; GRANT {role} TO {user};"
            raise Rejected(f"the role {role}, which keeps tenants apart, is missing; as administrator: {mend}")

    async def close(self) -> None:
        await self.pool.close(timeout=2)
        await self.tenant_pool.close(timeout=2)

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
        async with _pooled(self.pool) as connection, connection.transaction():
            yield connection

    @asynccontextmanager
    async def transaction_of(self, tenant: str) -> AsyncIterator[Connection]:
        """A pooled connection in a transaction that sees the rows of one tenant."""
        async with _pooled(self.tenant_pool) as connection, connection.transaction():
            await connection.execute(CONFINE, (tenant,))
            yield connection

    async def fetch(self, query: LiteralString, *values: object) -> list[TupleRow]:
        """All rows of one query, asked once more where the connection turned out to be lost."""
        return await _twice(lambda: self._fetch(query, values))

    async def _fetch(self, query: LiteralString, values: Sequence[object]) -> list[TupleRow]:
        async with _pooled(self.pool) as connection:
            return await (await connection.execute(query, values)).fetchall()

    async def fetch_of(self, tenant: str, query: LiteralString, *values: object) -> list[TupleRow]:
        """`fetch` among the rows of one tenant."""
        return await _twice(lambda: self._fetch_of(tenant, query, values))

    async def _fetch_of(self, tenant: str, query: LiteralString, values: Sequence[object]) -> list[TupleRow]:
        async with _pooled(self.tenant_pool) as connection:
            return await (await _confined(connection, tenant, query, values)).fetchall()

    async def fetch_one(self, query: LiteralString, *values: object) -> TupleRow | None:
        """The first row of one query, or None."""
        return first(await self.fetch(query, *values))

    async def execute(self, query: LiteralString, *values: Any) -> int:
        """Runs one statement in a transaction of its own; returns how many rows it touched."""
        async with _pooled(self.pool) as connection:
            return (await connection.execute(query, values)).rowcount

    async def execute_of(self, tenant: str, query: LiteralString, *values: Any) -> int:
        """`execute` among the rows of one tenant."""
        async with _pooled(self.tenant_pool) as connection:
            return (await _confined(connection, tenant, query, values)).rowcount


def tenant_role(schema: str) -> str:
    """The role that sees one tenant at a time."""
    return f"nf_{schema}_tenant"


def first(rows: Sequence[TupleRow]) -> TupleRow | None:
    return rows[0] if rows else None


def _within(url: str, schema: str, role: str = "") -> str:
    options = f"-c search_path={schema}" + (f" -c role={role}" if role else "")
    return make_conninfo(url, options=options, application_name=f"neuralforge {schema}", **SILENCE)


def _pool(url: str, max_size: int) -> Pool:
    """By default a pool looks for a lost server ever more seldom, and sees one that was away for a minute up to another
    minute late; this one gives up after OPEN_SECONDS, and looks anew for the next who asks."""
    return AsyncConnectionPool(
        url,
        kwargs={"autocommit": True},
        min_size=1,
        max_size=max_size,
        open=False,
        timeout=POOL_SECONDS,
        reconnect_timeout=OPEN_SECONDS,
    )


async def _open(pool: Pool) -> None:
    try:
        await pool.open(wait=True, timeout=OPEN_SECONDS)
    except psycopg.OperationalError as error:
        raise unavailable(error) from error


@asynccontextmanager
async def _pooled(pool: Pool) -> AsyncIterator[Connection]:
    """A pooled connection in autocommit: one statement, one round trip.

    Connections are not tried out before use, which would double that; those that a lost server leaves behind
    are replaced when the first of them fails.
    """
    try:
        async with pool.connection() as connection:
            yield connection
    except WRITES_REFUSED as error:
        raise unwritable(error) from error
    except psycopg.OperationalError as error:
        with contextlib.suppress(psycopg.Error):
            await pool.check()
        raise unavailable(error) from error


async def _confined(
    connection: Connection, tenant: str, query: LiteralString, values: Sequence[object]
) -> AsyncCursor[TupleRow]:
    """One statement among the rows of one tenant, still in one round trip.

    What a pipeline sends is one transaction, at whose end PostgreSQL forgets the tenant.
    """
    async with connection.pipeline():
        await connection.execute(CONFINE, (tenant,))
        return await connection.execute(query, values)


async def _twice(ask: Callable[[], Awaitable[list[TupleRow]]]) -> list[TupleRow]:
    """Not where no connection was to be had for POOL_SECONDS: that would double the wait, and callers ask again too."""
    try:
        return await ask()
    except Unavailable as error:
        if isinstance(error.__cause__, PoolTimeout):
            raise
        return await ask()


def unavailable(error: Exception) -> Unavailable:
    """The sentence for a database that does not answer."""
    sentence = f"the database does not answer ({_first_line(error)}); try again in a moment"
    return Unavailable(sentence, retry_seconds=RETRY_SECONDS)


def unwritable(error: Exception) -> Unavailable:
    """The sentence for a database that reads and does not write: an operator's switch, a standby, a full disk."""
    sentence = f"the database takes no changes now ({_first_line(error)}); reading goes on, try again later"
    return Unavailable(sentence, retry_seconds=RETRY_SECONDS)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
