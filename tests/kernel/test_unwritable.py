"""A database that reads and does not write, and one that accepts and says nothing: told in a sentence, never hung."""

import asyncio
import itertools

import pytest
from psycopg.conninfo import make_conninfo

from kernel.database import SILENCE, Database
from kernel.errors import Unavailable
from kernel.log import Append, Key, Write
from kernel.postgres_log import PostgresLog
from neuralforge.workspace.v1.events_pb2 import EmailReserved
from tests.conftest import RunningServers
from tests.databases import read_only
from tests.kernel.conftest import TYPES


def request(stream: str) -> Append:
    return Append([Write("acme", stream, 0, [EmailReserved(user_id="ada")])], Key("acme", stream, b"hash"))


async def test_a_read_only_database_refuses_changes_in_a_sentence_and_takes_them_afterwards(
    database: Database, servers: RunningServers
):
    log = PostgresLog(database, TYPES)
    await log.open()
    try:
        await log.append(request("email-a"))
        async with read_only(servers.addresses.postgres):
            lost = await until(log, "the database takes no changes now")
            assert await log.read_stream("acme", lost) == []
            assert len(await log.read_all(after=0, limit=10)) >= 1
            with pytest.raises(Unavailable, match="the database takes no changes now"):
                await database.execute("DELETE FROM commands")
        assert len(await log.read_stream("acme", await until(log, ""))) == 1
    finally:
        await log.close()


async def refused(log: PostgresLog, stream: str) -> str:
    """What an append is told; nothing where it was carried out."""
    try:
        await log.append(request(stream))
    except Unavailable as error:
        return str(error)
    return ""


async def until(log: PostgresLog, words: str) -> str:
    """The first stream whose append is told so: the switch reaches a session with a later statement, not at once."""
    async with asyncio.timeout(30):
        for number in itertools.count():
            stream = f"email-{bool(words)}-{number}"
            told = await refused(log, stream)
            if words in told and bool(words) == bool(told):
                return stream
    raise AssertionError("unreachable: time ends the loop")


async def test_a_server_that_accepts_and_says_nothing_is_given_up(database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(SILENCE, "connect_timeout", 2)
    silent = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    dead = Database(make_conninfo(database.url, host="127.0.0.1", port=port), database.schema)
    async with asyncio.timeout(60):
        with pytest.raises(Unavailable, match="the database does not answer"):
            await dead.connect()
    silent.close()
