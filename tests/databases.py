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
    name = sql.Identifier(f"test_{secrets.token_hex(6)}")
    async with await psycopg.AsyncConnection.connect(addresses.postgres, autocommit=True) as connection:
        await connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            yield make_conninfo(addresses.postgres, dbname=name.as_string(connection).strip('"'))
        finally:
            await connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


async def empty_broker(addresses: Addresses) -> None:
    """Deletes every JetStream stream, and with it what earlier tests published."""
    client = await nats.connect(addresses.nats)
    jetstream = client.jetstream()
    for stream in await jetstream.streams_info():
        await jetstream.delete_stream(stream.config.name)
    await client.close()
