"""A fresh PostgreSQL database for a test, and a broker without leftovers."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import nats
import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from kernel.embedded import Addresses


@asynccontextmanager
async def fresh_database(addresses: Addresses) -> AsyncIterator[str]:
    """The superuser URL of a new, empty database; dropped afterwards."""
    name = f"test_{secrets.token_hex(6)}"
    await _run(addresses, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield make_conninfo(addresses.postgres, dbname=name)
    finally:
        await _run(addresses, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@asynccontextmanager
async def read_only(admin: str) -> AsyncIterator[None]:
    """Every transaction of every session is read-only meanwhile, as on a standby or by an operator's switch."""
    async with await psycopg.AsyncConnection.connect(admin, autocommit=True) as connection:
        await connection.execute("ALTER SYSTEM SET default_transaction_read_only = on")
        await connection.execute("SELECT pg_reload_conf()")
        try:
            yield
        finally:
            await connection.execute("ALTER SYSTEM RESET default_transaction_read_only")
            await connection.execute("SELECT pg_reload_conf()")


async def _run(addresses: Addresses, statement: sql.Composed) -> None:
    async with await psycopg.AsyncConnection.connect(addresses.postgres, autocommit=True) as connection:
        await connection.execute(statement)


async def empty_broker(addresses: Addresses) -> None:
    """Deletes every JetStream stream, and with it what earlier tests published."""
    client = await nats.connect(addresses.nats)
    jetstream = client.jetstream()
    for stream in await jetstream.streams_info():
        await jetstream.delete_stream(str(stream.config.name))
    await client.close()
