"""Brings a service's schema up to date, and touches nothing where it is.

ALTER TABLE and CREATE INDEX lock their table until the transaction ends, also where IF NOT EXISTS finds everything
there. A replica that starts must not hold up those that serve: so what was done last is remembered with what came of
it, and done again only where either is another.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from psycopg import AsyncConnection, sql
from psycopg.rows import TupleRow

FOUND = """
    SELECT coalesce(string_agg(
        concat_ws(' ', relname, relkind, columns, relrowsecurity, relforcerowsecurity), ', ' ORDER BY relname
    ), '') FROM pg_class CROSS JOIN LATERAL (
        SELECT count(*) AS columns FROM pg_attribute WHERE attrelid = pg_class.oid AND NOT attisdropped
    ) AS attributes WHERE relnamespace = current_schema()::regnamespace"""
REMEMBERED = "CREATE TABLE IF NOT EXISTS migrated (latest boolean PRIMARY KEY CHECK (latest), digest text NOT NULL)"
REMEMBER = """
    INSERT INTO migrated (latest, digest) VALUES (true, %s) ON CONFLICT (latest) DO UPDATE SET digest = excluded.digest
"""


async def migrate(connection: AsyncConnection[TupleRow], paths: Sequence[Path]) -> None:
    """Runs the files in order, in the connection's transaction, unless these very files have made what is there."""
    texts = [path.read_text() for path in paths]
    if await _remembered(connection) == await _digest(connection, texts):
        return
    for text in (*texts, REMEMBERED):
        await connection.execute(sql.SQL(text))
    await connection.execute(REMEMBER, (await _digest(connection, texts),))


async def _remembered(connection: AsyncConnection[TupleRow]) -> str:
    there = await (await connection.execute("SELECT to_regclass('migrated') IS NOT NULL")).fetchone()
    if not (there and there[0]):
        return ""
    row = await (await connection.execute("SELECT digest FROM migrated")).fetchone()
    return row[0] if row else ""


async def _digest(connection: AsyncConnection[TupleRow], texts: Sequence[str]) -> str:
    """Of the files and of what stands in the schema now: tables, their columns, indexes, walls."""
    row = await (await connection.execute(FOUND)).fetchone()
    return hashlib.sha256("\0".join([*texts, str(row)]).encode()).hexdigest()
