"""A schema is brought up to date once; who comes after finds it so, and holds up nobody who works with its tables."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kernel.database import Database, provision
from tests.conftest import RunningServers
from tests.databases import fresh_database

SECONDS = 60.0
EARLIER = "CREATE TABLE IF NOT EXISTS members (tenant text NOT NULL, name text NOT NULL);"
LATER = f"{EARLIER} ALTER TABLE members ADD COLUMN IF NOT EXISTS age integer NOT NULL DEFAULT 0;"
WALLED = "SELECT relname FROM pg_class WHERE relname = 'members' AND relrowsecurity AND relforcerowsecurity"


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    path = tmp_path / "schema.sql"
    path.write_text(LATER)
    return path


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    path = tmp_path / "earlier.sql"
    path.write_text(EARLIER)
    return path


@pytest.fixture
async def url(servers: RunningServers) -> AsyncIterator[str]:
    async with fresh_database(servers.addresses) as admin:
        yield await provision(admin, "workspace", "secret")


async def test_a_replica_starts_while_others_work_with_every_table(url: str, schema: Path):
    one, two = Database(url, "workspace"), Database(url, "workspace")
    await one.open(schema)
    try:
        async with one.transaction() as working, asyncio.timeout(SECONDS):
            for table in ("members", "known_projects", "dead_letters", "events", "checkpoints"):
                await working.execute(f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE".encode())
            await two.open(schema)  # an ALTER TABLE would wait here, and all others behind it
            assert await two.fetch("SELECT * FROM known_projects") == []
    finally:
        await two.close()
        await one.close()


async def test_what_a_later_release_brings_is_added(url: str, earlier: Path, schema: Path):
    await (await opened(url, earlier)).close()
    database = await opened(url, schema, "INSERT INTO members (tenant, name, age) VALUES ('acme', 'ada', 36)")
    assert await database.fetch("SELECT age FROM members") == [(36,)]
    await database.close()


@pytest.mark.parametrize(
    "damage",
    [
        "DROP TABLE members",
        "ALTER TABLE members DROP COLUMN age",
        "ALTER TABLE members DISABLE ROW LEVEL SECURITY",
    ],
)
async def test_what_is_not_there_any_more_is_made_again(url: str, schema: Path, damage: str):
    await (await opened(url, schema, damage)).close()
    database = await opened(url, schema)
    assert await database.fetch("SELECT age FROM members") == []
    assert await database.fetch(WALLED) == [("members",)]
    await database.close()


async def opened(url: str, schema: Path, *statements: str) -> Database:
    """A database opened with the schema, on which the statements were carried out."""
    database = Database(url, "workspace")
    await database.open(schema)
    for statement in statements:
        async with database.transaction() as connection:
            await connection.execute(statement.encode())
    return database
