"""What the log in PostgreSQL keeps of its promises while its connections, its server and its process go away."""

import asyncio
import itertools
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial

import psycopg
import pytest

from kernel.database import Database, lock_key
from kernel.errors import StaleStream, Unavailable
from kernel.log import ANY_VERSION, Append, Appended, Key, Write
from kernel.postgres_log import PostgresLog
from neuralforge.graph.v1.events_pb2 import VersionSaved
from neuralforge.workspace.v1.events_pb2 import EmailReserved
from tests.conftest import RunningServers
from tests.kernel.conftest import TYPES

KILL_APPENDERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%append_many%'"
)


def request(stream: str, *ids: str, expected: int = 0, key: str = "") -> Append:
    events = [EmailReserved(user_id=id) for id in ids]
    return Append([Write("acme", stream, expected, events)], Key("acme", key, b"hash") if key else None)


async def everything(log: PostgresLog) -> list[str]:
    events = await log.read_all(after=0, limit=10_000)
    return [recorded.event.user_id for recorded in events]  # type: ignore[attr-defined]


async def patiently(append: Callable[[], Awaitable[Appended]]) -> Appended:
    """As a client would: asks again where it was told that asking again may succeed."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await append()
            except Unavailable:
                await asyncio.sleep(0.05)


async def eventually(probe: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(10):
        while not await probe():
            await asyncio.sleep(0.02)


@pytest.fixture
async def logs(database: Database) -> AsyncIterator[Sequence[PostgresLog]]:
    """Three logs with connections of their own on one database, as three processes would have."""
    databases = [Database(database.url, database.schema) for _ in range(3)]
    opened = [PostgresLog(each, TYPES) for each in databases]
    for each, log in zip(databases, opened, strict=True):
        await each.open()
        await log.open()
    yield opened
    for each, log in zip(databases, opened, strict=True):
        await log.close()
        await each.close()


@pytest.fixture
async def admin(database: Database) -> AsyncIterator[psycopg.AsyncConnection]:
    async with await psycopg.AsyncConnection.connect(database.url, autocommit=True) as connection:
        yield connection


async def test_appends_take_effect_once_while_their_connections_are_killed(
    postgres_log: PostgresLog, admin: psycopg.AsyncConnection
) -> None:
    async def append(number: int) -> Appended:
        await asyncio.sleep(number * 0.004)
        return await patiently(partial(postgres_log.append, request(f"email-{number}", f"u{number}", key=f"k{number}")))

    killed = 0

    async def kill() -> None:
        nonlocal killed
        while True:
            killed += len(await (await admin.execute(KILL_APPENDERS)).fetchall())
            await asyncio.sleep(0.03)

    killer = asyncio.create_task(kill())
    answers = await asyncio.gather(*(append(number) for number in range(200)))
    killer.cancel()
    events = await postgres_log.read_all(after=0, limit=1000)
    assert killed > 3
    assert {event.stream: event.position for event in events} == {
        f"email-{number}": answer.position for number, answer in enumerate(answers)
    }
    assert len(events) == 200


async def test_an_append_without_a_key_is_not_doubled_by_a_lost_answer(
    postgres_log: PostgresLog, admin: psycopg.AsyncConnection
) -> None:
    """The network fails while the statement waits in the server, which carries it out all the same."""
    await postgres_log.append(request("email-a", "u1"))
    await admin.execute("SELECT pg_advisory_lock(%s)", (lock_key("workspace", "append"),))
    waiting = asyncio.create_task(postgres_log.append(request("email-a", "u2", expected=1)))
    await eventually(lambda: backends_that_wait(admin))
    cut_connection(postgres_log)
    await eventually(lambda: backends_that_wait(admin, at_least=2))
    await admin.execute("SELECT pg_advisory_unlock(%s)", (lock_key("workspace", "append"),))
    assert (await waiting).position == await postgres_log.head()
    assert await everything(postgres_log) == ["u1", "u2"]


async def backends_that_wait(admin: psycopg.AsyncConnection, at_least: int = 1) -> bool:
    query = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    row = await (await admin.execute(query)).fetchone()
    return bool(row and row[0] >= at_least)


def cut_connection(log: PostgresLog) -> None:
    """Only the client's side notices, as where a firewall forgets the connection."""
    connection = log._connection
    assert connection
    line = socket.socket(fileno=os.dup(connection.pgconn.socket))
    line.shutdown(socket.SHUT_RD)
    line.close()


async def test_acknowledged_appends_survive_a_crash_of_the_server(
    postgres_log: PostgresLog, servers: RunningServers
) -> None:
    acknowledged: list[str] = []
    stop = asyncio.Event()

    async def write(number: int) -> None:
        for step in itertools.count():
            if stop.is_set():
                return
            name = f"{number}/{step}"
            await patiently(partial(postgres_log.append, request(f"email-{name}", name, key=name)))
            acknowledged.append(name)

    writers = [asyncio.create_task(write(number)) for number in range(8)]
    while len(acknowledged) < 100:
        await asyncio.sleep(0.01)
    await servers.kill("postgres")
    before = len(acknowledged)
    await servers.restart("postgres")
    while len(acknowledged) < before + 50:
        await asyncio.sleep(0.01)
    stop.set()
    await asyncio.gather(*writers)
    assert sorted(await everything(postgres_log)) == sorted(acknowledged)


async def test_a_reader_by_position_misses_nothing_of_three_processes(logs: Sequence[PostgresLog]) -> None:
    async def write(log: PostgresLog, name: str) -> list[int]:
        return [(await log.append(request(f"email-{name}", str(step), expected=step))).position for step in range(40)]

    async def follow() -> list[int]:
        seen: list[int] = []
        watch = logs[0].watch()
        while len(seen) < 3 * 5 * 40:
            found = [event.position for event in await logs[0].read_all(after=seen[-1] if seen else 0, limit=50)]
            seen += found
            if not found:
                await watch.wait(1)
        return seen

    writers = [write(log, f"{process}-{number}") for process, log in enumerate(logs) for number in range(5)]
    async with asyncio.timeout(60):
        seen, *written = await asyncio.gather(follow(), *writers)
    assert seen == sorted(itertools.chain(*written))
    for positions in written:
        assert positions == sorted(positions), "an append is acknowledged after the one before it"


async def test_an_append_in_another_process_wakes_a_reader(logs: Sequence[PostgresLog]) -> None:
    watch = logs[1].watch()
    await watch.wait(0.5)  # until the second log listens
    async with asyncio.timeout(5):
        while True:
            await logs[0].append(request("email-a", "u1", expected=ANY_VERSION))
            waited = asyncio.get_running_loop().time()
            await watch.wait(60)
            assert asyncio.get_running_loop().time() - waited < 60
            return


async def test_three_hundred_requests_in_one_go_are_answered_each(postgres_log: PostgresLog) -> None:
    requests = [request(f"email-{number}", f"u{number}") for number in range(299)]
    answers = await asyncio.gather(*map(postgres_log.append, [*requests, requests[0]]), return_exceptions=True)
    assert isinstance(answers.pop(), StaleStream)
    assert [answer.position for answer in answers if isinstance(answer, Appended)] == list(range(1, 300))
    assert await everything(postgres_log) == [f"u{number}" for number in range(299)]


async def test_an_event_of_many_megabytes_is_kept(postgres_log: PostgresLog) -> None:
    text = "x" * 12_000_000
    await postgres_log.append(request("email-a", text))
    assert await everything(postgres_log) == [text]


async def test_a_request_that_cannot_be_written_harms_no_other(postgres_log: PostgresLog) -> None:
    bad = [request("email-\0", "u1"), request("email-\ud800", "u2")]
    good = [request(f"email-{number}", f"u{number}") for number in range(3)]
    answers = await asyncio.gather(*map(postgres_log.append, [*bad, *good]), return_exceptions=True)
    assert [isinstance(answer, Exception) for answer in answers] == [True, True, False, False, False]
    async with asyncio.timeout(5):
        await postgres_log.append(request("email-later", "later"))
    assert await everything(postgres_log) == ["u0", "u1", "u2", "later"]


async def test_an_event_of_another_context_is_refused(log: PostgresLog) -> None:
    """Written, it would stop every reader of the log for ever."""
    foreign = Append([Write("acme", "mixed-1", 0, [EmailReserved(user_id="u1"), VersionSaved()])])
    with pytest.raises(Exception, match=r"graph\.VersionSaved\.v1"):
        await log.append(foreign)
    assert await everything(log) == []


async def test_closing_refuses_what_waits(database: Database, admin: psycopg.AsyncConnection) -> None:
    log = PostgresLog(database, TYPES)
    await log.open()
    await admin.execute("SELECT pg_advisory_lock(%s)", (lock_key("workspace", "append"),))
    under_way = asyncio.create_task(log.append(request("email-a", "u1")))
    await eventually(lambda: backends_that_wait(admin))
    queued = asyncio.create_task(log.append(request("email-b", "u2")))
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await log.close()
        for waiting in (under_way, queued):
            with pytest.raises(Unavailable, match="try again"):
                await waiting


async def test_a_closed_log_refuses_appends(database: Database) -> None:
    log = PostgresLog(database, TYPES)
    await log.open()
    await log.close()
    async with asyncio.timeout(5):
        with pytest.raises(Unavailable, match="try again"):
            await log.append(request("email-a", "u1"))
