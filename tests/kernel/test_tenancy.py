"""Row-level security: through the pools a service sees the rows of the tenant it acts for, whatever its SQL says."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from importlib import import_module
from pathlib import Path

import psycopg
import pytest

from kernel.aggregate import Aggregate
from kernel.call import Call, enter
from kernel.database import Database, provision, tenant_role
from kernel.errors import Rejected
from kernel.events import EventTypes
from kernel.grants import Grant
from kernel.log import Append, Write
from kernel.postgres_log import PostgresLog
from kernel.settings import CONTEXTS
from kernel.tenancy import TenantDatabase, acting_for
from neuralforge.access.v1.access_pb2 import Role
from neuralforge.workspace.v1 import events_pb2
from neuralforge.workspace.v1.events_pb2 import EmailReserved
from tests.conftest import RunningServers
from tests.databases import fresh_database

SCHEMA = (
    "CREATE TABLE IF NOT EXISTS things (tenant text NOT NULL, id text PRIMARY KEY, size integer NOT NULL DEFAULT 0);"
)
WITHOUT_TENANT = "CREATE TABLE IF NOT EXISTS secrets (id text);"
WITHOUT_A_TENANT = {"sessions", "ended_sessions", "totals"}  # of persons, who are in no organisation; of all together
FORGETFUL = "SELECT id FROM things ORDER BY id"


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    path = tmp_path / "schema.sql"
    path.write_text(SCHEMA + WITHOUT_TENANT)
    return path


@pytest.fixture
async def served(servers: RunningServers, schema: Path) -> AsyncIterator[TenantDatabase]:
    """Things of two tenants."""
    async with fresh_database(servers.addresses) as admin:
        database = Database(await provision(admin, "graph", "secret"), "graph", max_size=2)
        await database.open(schema)
        await database.execute("INSERT INTO things VALUES ('acme', 'a1'), ('acme', 'a2'), ('other', 'o1')")
        yield TenantDatabase(database)
        await database.close()


@pytest.fixture(autouse=True)
def no_call() -> Iterator[None]:
    yield
    enter(Call(method="background"))


def called_by(tenant: str) -> None:
    enter(Call("Test", Grant("ada", tenant, Role.ROLE_OWNER, 0)))


async def test_a_query_that_forgets_the_tenant_finds_the_callers_rows_only(served: TenantDatabase) -> None:
    called_by("acme")
    assert await served.fetch(FORGETFUL) == [("a1",), ("a2",)]
    called_by("other")
    assert await served.fetch_one(FORGETFUL) == ("o1",)
    async with served.transaction() as connection:
        assert await (await connection.execute(FORGETFUL)).fetchall() == [("o1",)]
    assert len(await served.every_tenant.fetch(FORGETFUL)) == 3


async def test_a_statement_that_forgets_the_tenant_changes_the_callers_rows_only(served: TenantDatabase) -> None:
    with acting_for("acme"):
        assert await served.execute("UPDATE things SET size = 1") == 2
        assert await served.execute("DELETE FROM things WHERE id = 'o1'") == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await served.execute("INSERT INTO things VALUES ('other', 'o2')")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await served.execute("UPDATE things SET tenant = 'other'")
    assert await served.every_tenant.fetch("SELECT id, size FROM things ORDER BY id") == [
        ("a1", 1),
        ("a2", 1),
        ("o1", 0),
    ]


async def test_no_tenant_stays_behind_on_a_connection_of_the_pool(served: TenantDatabase) -> None:
    async def ask(tenant: str) -> list[tuple[str, ...]]:
        with acting_for(tenant):
            return await served.fetch(FORGETFUL)

    answers = await asyncio.gather(*(ask(tenant) for tenant in ["acme", "other", "nobody"] * 20))
    assert [len(found) for found in answers] == [2, 1, 0] * 20
    with acting_for("acme"):
        with pytest.raises(psycopg.errors.DivisionByZero):
            await served.fetch("SELECT 1 / 0 FROM things")
        with pytest.raises(RuntimeError):
            async with served.transaction():
                raise RuntimeError("in the middle")
    for _ in range(4):
        async with served.every_tenant.tenant_pool.connection() as connection:
            cursor = await connection.execute("SELECT current_setting('nf.tenant', true), count(*) FROM things")
            assert await cursor.fetchone() in (("", 0), (None, 0))


async def test_code_that_acts_for_nobody_is_told_so(served: TenantDatabase) -> None:
    with pytest.raises(RuntimeError, match="acts for no tenant"):
        await served.fetch(FORGETFUL)


async def test_what_is_stated_goes_before_who_calls(served: TenantDatabase) -> None:
    called_by("acme")
    with acting_for("other"):
        assert await served.fetch(FORGETFUL) == [("o1",)]
    assert len(await served.fetch(FORGETFUL)) == 2


async def test_a_table_without_a_tenant_is_closed_to_calls(served: TenantDatabase) -> None:
    with acting_for("acme"):
        for table in ("secrets", "checkpoints", "dead_letters"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await served.fetch(f"SELECT * FROM {table}")


async def test_calls_can_not_write_the_log(served: TenantDatabase) -> None:
    with acting_for("acme"):
        for table in ("events", "streams", "commands"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await served.execute(f"DELETE FROM {table}")


async def test_a_stream_of_another_tenant_is_no_ones_by_mistake(served: TenantDatabase) -> None:
    """Not even its state that is remembered from an earlier call of that tenant."""
    log = PostgresLog(served.every_tenant, EventTypes(events_pb2))
    await log.open()
    holders: Aggregate[str] = Aggregate(log, "email", "", lambda state, event: event.user_id)  # type: ignore[attr-defined]
    await log.append(Append([Write("acme", "email-a", 0, [EmailReserved(user_id="ada")])]))
    called_by("acme")
    assert (await holders.load("acme", "a")).state == "ada"
    called_by("other")
    with pytest.raises(RuntimeError, match="another tenant than its caller's"):
        await holders.load("acme", "a")
    await log.close()


async def test_tables_of_an_earlier_release_get_their_walls(servers: RunningServers, schema: Path) -> None:
    async with fresh_database(servers.addresses) as admin:
        url = await provision(admin, "graph", "secret")
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            await connection.execute("SET search_path = graph")
            await connection.execute(SCHEMA.encode())
            await connection.execute("INSERT INTO things VALUES ('acme', 'a1'), ('other', 'o1')")
        for _ in range(2):  # the second time there is nothing to do
            database = Database(url, "graph")
            await database.open(schema)
            with acting_for("acme"):
                assert await TenantDatabase(database).fetch(FORGETFUL) == [("a1",)]
            await database.close()


async def test_a_missing_role_is_named_with_what_mends_it(servers: RunningServers, schema: Path) -> None:
    async with fresh_database(servers.addresses) as admin:
        async with await psycopg.AsyncConnection.connect(admin, autocommit=True) as connection:
            await connection.execute("CREATE SCHEMA unheard_of")
        database = Database(admin, "unheard_of")
        with pytest.raises(Rejected, match="CREATE ROLE nf_unheard_of_tenant; GRANT nf_unheard_of_tenant TO postgres"):
            await database.open(schema)
        await database.close()


@pytest.mark.parametrize("context", CONTEXTS)
async def test_every_table_of_every_service_has_its_walls(servers: RunningServers, context: str) -> None:
    spec = import_module(f"services.{context}.__main__").SPEC
    async with fresh_database(servers.addresses) as admin:
        database = Database(await provision(admin, context, "secret"), context)
        await database.open(spec.schema)
        tables = await database.fetch(
            "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity, "
            "(SELECT array_agg(polname::text ORDER BY polname) FROM pg_policy WHERE polrelid = c.oid), "
            "pg_get_userbyid(c.relowner), "
            "EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'tenant'), "
            "has_table_privilege(%s, c.oid, 'SELECT') "
            "FROM pg_class c WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'p')",
            tenant_role(context),
            context,
        )
        await database.close()
    walled = {name for name, *_, of_a_tenant, _ in tables if of_a_tenant}
    assert {"events", "commands", "known_projects", *spec.projection.tables} - walled <= WITHOUT_A_TENANT
    for name, raised, policies, owner, of_a_tenant, shown in tables:
        assert owner != tenant_role(context)
        if of_a_tenant:
            assert (name, raised, policies, shown) == (name, True, ["every_tenant", "own_tenant"], True)
        else:
            assert (name, shown) == (name, False)
