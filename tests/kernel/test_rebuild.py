"""A read model is rebuilt while it is read and written to: nobody notices, and then it is what the log says."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from kernel import rebuild as rebuilding
from kernel.database import Database, provision
from kernel.errors import Conflict
from kernel.log import ANY_VERSION, Append, Recorded, Write
from kernel.postgres_log import PostgresLog
from kernel.projection import Projection, Projector, Statements
from kernel.rebuild import Difference, Rebuild, same
from neuralforge.workspace.v1.events_pb2 import MemberAdded
from tests.conftest import RunningServers
from tests.databases import fresh_database
from tests.kernel.conftest import TYPES
from tests.kernel.consuming import running

SCHEMA = """
    CREATE TABLE IF NOT EXISTS members (tenant text, position bigint, name text, PRIMARY KEY (tenant, position));
    CREATE INDEX IF NOT EXISTS members_by_name ON members (tenant, name);
    CREATE TABLE IF NOT EXISTS counts (tenant text PRIMARY KEY, members integer);
    CREATE TABLE IF NOT EXISTS curves (tenant text, value integer);
    DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'counts'::regclass AND attname = 'later') THEN
            ALTER TABLE counts ADD COLUMN later integer;
            TRUNCATE counts, members, curves;
            UPDATE checkpoints SET position = 0 WHERE name = 'projection';
        END IF;
    END $$;
"""
COUNT = """
    INSERT INTO counts (tenant, members) VALUES (%s, 1) ON CONFLICT (tenant) DO UPDATE SET members = counts.members + 1
"""
INDEXES = (
    "SELECT indexname FROM pg_indexes WHERE schemaname = 'workspace' AND tablename IN ('members', 'counts') ORDER BY 1"
)
SCHEMAS = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'workspace_%%'"
GRANTS = "SELECT relname, relacl::text, relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = 'members'"


def project(recorded: Recorded, execute: Statements) -> None:
    assert isinstance(recorded.event, MemberAdded)
    values = (recorded.tenant, recorded.position, recorded.event.user_id)
    execute("INSERT INTO members (tenant, position, name) VALUES (%s, %s, %s)", *values)
    execute(COUNT, recorded.tenant)


PROJECTION = Projection(project, ("members", "counts"))


@dataclass
class Served:
    """A service's database, its log and its projector, and the administrator who rebuilds."""

    database: Database
    log: PostgresLog
    projector: Projector
    admin: psycopg.AsyncConnection
    schema: Path
    url: str

    async def join(self, *users: str) -> int:
        events = [MemberAdded(user_id=user) for user in users]
        return (await self.log.append(Append([Write("acme", "team-t", ANY_VERSION, events)]))).position

    async def catch_up(self) -> None:
        while await self.projector.advance():
            pass

    def rebuild(self, admin: psycopg.AsyncConnection | None = None) -> Rebuild:
        return Rebuild("workspace", PROJECTION, self.schema, self.log, admin or self.admin)

    async def members(self) -> list[str]:
        """As a call of the tenant sees them."""
        rows = await self.database.fetch_of("acme", "SELECT name FROM members ORDER BY position")
        return [row[0] for row in rows]

    async def check(self, users: list[str]) -> None:
        assert await self.members() == users
        assert await self.database.fetch("SELECT tenant, members FROM counts") == [("acme", len(users))]


def quiet(position: int, target: int) -> None:
    pass


@pytest.fixture
async def served(servers: RunningServers, tmp_path: Path) -> AsyncIterator[Served]:
    (schema := tmp_path / "schema.sql").write_text(SCHEMA)
    async with fresh_database(servers.addresses) as url:
        database = Database(await provision(url, "workspace", "secret"), "workspace")
        await database.open(schema)
        log = PostgresLog(database, TYPES)
        await log.open()
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as admin:
            yield Served(database, log, Projector(log, database, PROJECTION), admin, schema, url)
        await log.close()
        await database.close()


@pytest.fixture
async def damaged(served: Served, monkeypatch: pytest.MonkeyPatch) -> Served:
    """120 members, of whom some are lost, one is wrong and the count is not right."""
    monkeypatch.setattr("kernel.projection.BATCH", 50)
    monkeypatch.setattr(rebuilding, "BATCH", 50)
    await served.join(*(f"u{number}" for number in range(120)))
    await served.catch_up()
    await served.database.execute("DELETE FROM members WHERE position > 117")
    await served.database.execute("UPDATE members SET name = 'damaged' WHERE position = 5")
    await served.database.execute("UPDATE counts SET members = 7")
    await served.database.execute("INSERT INTO curves VALUES ('acme', 1)")
    return served


async def forever(step: Callable[[], Awaitable[object]], until: asyncio.Event) -> int:
    steps = 0
    while not until.is_set():
        await step()
        steps += 1
    return steps


async def test_it_is_read_and_written_to_while_it_is_replaced(damaged: Served) -> None:
    users, done = [f"u{number}" for number in range(120)], asyncio.Event()
    before = await damaged.database.fetch(INDEXES), await damaged.database.fetch(GRANTS)

    async def write() -> None:
        users.append(f"u{len(users)}")
        position = await damaged.join(users[-1])
        await damaged.projector.reached(position, 10)
        assert (await damaged.members())[-1] == users[-1], "who has written reads it"

    async def read() -> None:
        seen = await damaged.members()
        assert len(seen) >= 117, "nobody sees a read model that is short"

    async with running(damaged.projector.run):
        tasks = [asyncio.create_task(forever(step, done)) for step in (write, read, read)]
        try:
            for _ in range(3):
                async with damaged.rebuild().opened() as rebuild:
                    await rebuild.replay(quiet)
                    assert await rebuild.swap() >= 120
        finally:
            done.set()
        steps = await asyncio.gather(*tasks)
        await damaged.projector.reached(await damaged.log.head(), 30)
    assert all(steps)
    await damaged.check(users)
    assert (await damaged.database.fetch(INDEXES), await damaged.database.fetch(GRANTS)) == before
    assert await damaged.database.fetch(SCHEMAS) == []
    assert await damaged.database.fetch("SELECT value FROM curves") == [(1,)], "what is no read model stays"


async def test_a_difference_to_the_log_is_told_and_nothing_is_touched(damaged: Served) -> None:
    async with damaged.rebuild().opened() as rebuild:
        await rebuild.replay(quiet)
        found = await rebuild.compare()
    assert found == {"members": Difference(117, missing=4, surplus=1), "counts": Difference(1, 1, 1)}
    assert not same(found)
    assert len(await damaged.members()) == 117
    assert await damaged.database.fetch(SCHEMAS) == []


async def test_after_a_rebuild_nothing_differs(damaged: Served) -> None:
    async with damaged.rebuild().opened() as rebuild:
        await rebuild.replay(quiet)
        assert await rebuild.swap() == 120
    async with damaged.rebuild().opened() as rebuild:
        await rebuild.replay(quiet)
        assert same(await rebuild.compare())
    await damaged.check([f"u{number}" for number in range(120)])
    await damaged.database.open(damaged.schema)  # the next start finds everything as it should be
    assert len(await damaged.database.fetch(INDEXES)) == 3


async def test_a_column_that_came_later_is_no_difference(damaged: Served) -> None:
    async with damaged.rebuild().opened() as rebuild:
        await rebuild.replay(quiet)
        await rebuild.swap()
    await damaged.database.execute("ALTER TABLE members DROP COLUMN name")
    await damaged.database.execute("ALTER TABLE members ADD COLUMN name text")
    await damaged.database.execute("UPDATE members SET name = 'u' || position - 1")
    damaged.schema.write_text(SCHEMA.replace("position bigint, name text", "name text, position bigint"))
    async with damaged.rebuild().opened() as rebuild:
        await rebuild.replay(quiet)
        assert same(await rebuild.compare())


async def test_it_stands_where_the_old_one_stood(damaged: Served) -> None:
    """Without a projector that goes on, the events behind its checkpoint stay for it."""
    await damaged.join("late")
    async with damaged.rebuild().opened() as rebuild:
        await rebuild.replay(quiet)
        assert await rebuild.swap() == 120
    await damaged.check([f"u{number}" for number in range(120)])
    await damaged.catch_up()
    await damaged.check([*(f"u{number}" for number in range(120)), "late"])


async def test_whoever_reads_for_long_is_waited_for_and_holds_up_nobody_else(damaged: Served) -> None:
    async with damaged.rebuild().opened() as rebuild:
        await rebuild.replay(quiet)
        async with damaged.database.transaction() as reading:
            await reading.execute("SELECT count(*) FROM members")
            swapping = asyncio.create_task(rebuild.swap())
            for _ in range(20):
                assert len(await damaged.members()) == 117
                await asyncio.sleep(0.03)
            assert not swapping.done()
        assert await swapping == 120
    await damaged.check([f"u{number}" for number in range(120)])


async def test_two_at_a_time_are_refused_and_one_that_broke_off_is_no_obstacle(damaged: Served) -> None:
    lost = await psycopg.AsyncConnection.connect(damaged.url, autocommit=True)
    async with damaged.rebuild().opened() as rebuild:
        with pytest.raises(Conflict, match="being rebuilt already"):
            async with damaged.rebuild(lost).opened():
                pass
        await rebuild.replay(quiet)
    async with damaged.rebuild(lost).opened() as rebuild:
        await rebuild.replay(quiet)
        await lost.close()
    assert await damaged.database.fetch(SCHEMAS) == [("workspace_rebuild",)]
    async with damaged.rebuild().opened() as rebuild:
        await rebuild.replay(quiet)
        await rebuild.swap()
    await damaged.check([f"u{number}" for number in range(120)])
    assert await damaged.database.fetch(SCHEMAS) == []
