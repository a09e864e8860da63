"""The services' databases, looked at from behind: what happened how often, and whether read models tell it right."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from psycopg import sql

from kernel.database import Database
from kernel.postgres_log import PostgresLog
from kernel.projection import Projector
from kernel.service import ServiceSpec
from tests.services.platform import Platform

Rows = Mapping[str, Sequence[str]]


@asynccontextmanager
async def opened(platform: Platform, context: str) -> AsyncIterator[Database]:
    database = platform.database(context)
    await database.pool.open()
    try:
        yield database
    finally:
        await database.close()


async def heads(platform: Platform) -> Mapping[str, int]:
    """The position of each context's newest event."""
    found = {}
    for context in platform.databases:
        async with opened(platform, context) as database:
            row = await database.fetch_one("SELECT coalesce(max(position), 0) FROM events")
            assert row
            found[context] = row[0]
    return found


async def event_counts(platform: Platform, tenant: str) -> Counter[str]:
    """How often each type of event happened to a tenant, in all logs."""
    counts: Counter[str] = Counter()
    for context in platform.databases:
        async with opened(platform, context) as database:
            rows = await database.fetch("SELECT type, count(*) FROM events WHERE tenant = %s GROUP BY type", tenant)
            counts.update(dict(rows))
    return counts


async def dead_letters(platform: Platform) -> Sequence[Any]:
    """What consumers could not take."""
    found: list[Any] = []
    for context in platform.databases:
        async with opened(platform, context) as database:
            found += await database.fetch("SELECT consumer, subject, position, error FROM dead_letters")
    return found


async def published(platform: Platform, context: str) -> bool:
    """Whether the relay has handed on everything that the context's log holds."""
    async with opened(platform, context) as database:
        row = await database.fetch_one(
            "SELECT coalesce(max(position), 0) <= (SELECT position FROM checkpoints WHERE name = 'relay') FROM events"
        )
    return bool(row and row[0])


async def require_rebuildable(platform: Platform) -> None:
    """Stops the services, rebuilds every read model from its log, and fails where one differs from what it was."""
    projected = {spec.context: spec for spec in platform.specs}
    for spec in projected.values():
        await _caught_up(platform, spec)
    await platform.rest()
    for spec in projected.values():
        async with opened(platform, spec.context) as database:
            before = await _rows(database, spec)
            assert any(before.values()), f"{spec.context} has nothing to rebuild"
            log = PostgresLog(database, spec.types)
            assert await Projector(log, database, spec.projection).rebuild() == await log.head()
            assert await _rows(database, spec) == before, spec.context


async def _caught_up(platform: Platform, spec: ServiceSpec) -> None:
    async with opened(platform, spec.context) as database:
        log = PostgresLog(database, spec.types)
        await Projector(log, database, spec.projection).reached(await log.head(), 10)


async def _rows(database: Database, spec: ServiceSpec) -> Rows:
    """Every row of every table as text, in the order of the text."""
    found = {}
    for table in spec.projection.tables:
        query = sql.SQL("SELECT t::text FROM {} AS t ORDER BY 1").format(sql.Identifier(table))
        async with database.transaction() as connection:
            found[table] = [row[0] for row in await (await connection.execute(query)).fetchall()]
    return found
