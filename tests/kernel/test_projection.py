"""Read models: never ahead of or behind their checkpoint, in the order of each stream, the same when rebuilt."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import leader
from kernel.database import Database
from kernel.errors import Unavailable
from kernel.log import ANY_VERSION, Append, Recorded, Write
from kernel.postgres_log import PostgresLog
from kernel.projection import Projection, Projector, Statements
from neuralforge.workspace.v1.events_pb2 import EmailReserved, MemberAdded, OrganisationCreated, ProjectNameReserved


def project(recorded: Recorded, execute: Statements) -> None:
    stream = f"{recorded.tenant}/{recorded.stream}"
    match recorded.event:
        case OrganisationCreated():
            execute("INSERT INTO teams (stream, name) VALUES (%s, %s)", stream, recorded.event.name)
        case MemberAdded():
            execute("UPDATE teams SET members = members || %s WHERE stream = %s", [recorded.event.user_id], stream)
            execute(
                "INSERT INTO counts (tenant, members) VALUES (%s, 1) "
                "ON CONFLICT (tenant) DO UPDATE SET members = counts.members + 1",
                recorded.tenant,
            )
        case ProjectNameReserved():
            execute("UPDATE teams SET name = %s WHERE stream = %s", recorded.event.project_id, stream)
        case EmailReserved():
            execute("INSERT INTO teams (stream, name) VALUES (%s, 1 / 0)", stream)


PROJECTION = Projection(project, tables=("teams", "counts"))


@pytest.fixture
async def tables(database: Database) -> None:
    await database.execute("CREATE TABLE teams (stream text PRIMARY KEY, name text, members text[] DEFAULT '{}')")
    await database.execute("CREATE TABLE counts (tenant text PRIMARY KEY, members integer)")


@pytest.fixture
def projector(postgres_log: PostgresLog, database: Database, tables: None) -> Projector:
    return Projector(postgres_log, database, PROJECTION)


@pytest.fixture
async def another(database: Database, tables: None, postgres_log: PostgresLog) -> AsyncIterator[Projector]:
    """The projector of another process."""
    second = Database(database.url, database.schema)
    await second.open()
    yield Projector(postgres_log, second, PROJECTION)
    await second.close()


@pytest.fixture
def quick_terms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leader, "RETRY_SECONDS", 0.05)
    monkeypatch.setattr(leader, "HOLD_SECONDS", 0.1)


async def append(log: PostgresLog, team: str, *events: Any, tenant: str = "acme") -> int:
    return (await log.append(Append([Write(tenant, f"team-{team}", ANY_VERSION, events)]))).position


def created(name: str) -> OrganisationCreated:
    return OrganisationCreated(name=name)


def joined(*users: str) -> list[MemberAdded]:
    return [MemberAdded(user_id=user) for user in users]


async def rows(database: Database) -> tuple[Any, ...]:
    """(teams, counts, checkpoint)"""
    teams = await database.fetch("SELECT stream, name, members FROM teams ORDER BY stream")
    counts = await database.fetch("SELECT tenant, members FROM counts ORDER BY tenant")
    checkpoint = await database.fetch_one("SELECT position FROM checkpoints WHERE name = 'projection'")
    return teams, counts, checkpoint and checkpoint[0]


async def catch_up(projector: Projector) -> None:
    while await projector.advance():
        pass


async def test_rows_and_checkpoint_move_together(
    postgres_log: PostgresLog, database: Database, projector: Projector
) -> None:
    await append(postgres_log, "a", created("A"), *joined("u1", "u2"))
    last = await append(postgres_log, "b", created("B"), *joined("u3"), tenant="other")
    await catch_up(projector)
    assert await rows(database) == (
        [("acme/team-a", "A", ["u1", "u2"]), ("other/team-b", "B", ["u3"])],
        [("acme", 2), ("other", 1)],
        last,
    )


async def test_a_failing_statement_leaves_neither_rows_nor_checkpoint(
    postgres_log: PostgresLog, database: Database, projector: Projector
) -> None:
    first = await append(postgres_log, "a", created("A"))
    await catch_up(projector)
    await append(postgres_log, "a", *joined("u1", "u2"))
    await append(postgres_log, "b", created("B"))
    await append(postgres_log, "c", EmailReserved())
    await append(postgres_log, "d", created("D"))
    for _ in range(2):
        with pytest.raises(psycopg.errors.DivisionByZero):
            await projector.advance()
        assert await rows(database) == ([("acme/team-a", "A", [])], [], first)
    assert projector.position == first


async def test_a_type_nobody_knows_stops_the_projector(
    postgres_log: PostgresLog, database: Database, projector: Projector, quick_terms: None
) -> None:
    position = await append(postgres_log, "a", created("A"))
    await append(postgres_log, "a", *joined("u1"))
    await append(postgres_log, "b", created("B"))
    await database.execute("UPDATE events SET type = 'workspace.TeamMerged.v1' WHERE position = %s", position + 1)
    leading = asyncio.create_task(projector.run())
    with pytest.raises(Unavailable, match="position 2"):
        await projector.reached(position + 1, 0.5)
    assert await rows(database) == ([], [], None)
    await database.execute("UPDATE events SET type = 'workspace.MemberAdded.v1' WHERE position = %s", position + 1)
    await projector.reached(position + 2, 10)  # a newer version of the service goes on where this one stopped
    leading.cancel()
    assert (await rows(database))[1] == [("acme", 1)]


async def test_reached_waits_for_the_leader(
    postgres_log: PostgresLog, database: Database, projector: Projector, another: Projector
) -> None:
    position = await append(postgres_log, "a", created("A"))
    waiting = [asyncio.create_task(each.reached(position, 30)) for each in (projector, another)]
    await asyncio.sleep(0.1)
    assert not any(each.done() for each in waiting)
    leading = asyncio.create_task(projector.run())
    await asyncio.gather(*waiting)
    assert (await rows(database))[0] == [("acme/team-a", "A", [])]
    leading.cancel()


async def test_unavailable_when_the_read_model_does_not_get_there(
    postgres_log: PostgresLog, projector: Projector
) -> None:
    position = await append(postgres_log, "a", created("A"))
    with pytest.raises(Unavailable, match=f"position {position}") as error:
        await projector.reached(position, 0.1)
    assert error.value.reason == "PROJECTION_BEHIND"
    assert error.value.retry_seconds > 0


async def test_a_second_projector_goes_on_where_a_dead_one_stopped(
    postgres_log: PostgresLog, database: Database, projector: Projector, another: Projector, quick_terms: None
) -> None:
    async def write() -> int:
        last = await append(postgres_log, "a", created("A"))
        for number in range(60):
            last = await append(postgres_log, "a", *joined(f"u{number}"))
        return last

    leading = asyncio.create_task(projector.run())
    writing = asyncio.create_task(write())
    await projector.reached(10, 10)
    following = asyncio.create_task(another.run())
    leading.cancel()
    await another.reached(await writing, 20)
    following.cancel()
    teams, counts, _ = await rows(database)
    assert teams == [("acme/team-a", "A", [f"u{number}" for number in range(60)])]
    assert counts == [("acme", 60)]


async def test_two_projectors_that_both_believe_to_lead_apply_nothing_twice(
    postgres_log: PostgresLog, database: Database, projector: Projector, another: Projector
) -> None:
    """As after the session that held the lock was lost: the old leader may be at work for some seconds more."""
    last = await append(postgres_log, "a", created("A"), *joined(*"abcdefgh"))
    answers = await asyncio.gather(projector.advance(), another.advance(), return_exceptions=True)
    assert sorted(isinstance(answer, Exception) for answer in answers) == [False, True]
    assert await rows(database) == ([("acme/team-a", "A", [*"abcdefgh"])], [("acme", 8)], last)


async def test_a_leader_whose_session_ends_is_replaced(
    postgres_log: PostgresLog, database: Database, projector: Projector, another: Projector, quick_terms: None
) -> None:
    leading = [asyncio.create_task(each.run()) for each in (projector, another)]
    position = await append(postgres_log, "a", created("A"), *joined("u0"))
    for number in range(1, 5):
        await projector.reached(position, 10)
        await database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = "
            "(SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid()"
        )
        position = await append(postgres_log, "a", *joined(f"u{number}"))
    await projector.reached(position, 10)
    for task in leading:
        task.cancel()
    assert (await rows(database))[:2] == ([("acme/team-a", "A", [f"u{n}" for n in range(5)])], [("acme", 5)])


async def test_rebuilt_rows_are_the_same(postgres_log: PostgresLog, database: Database, projector: Projector) -> None:
    for number in range(30):
        await append(postgres_log, f"{number % 7}", *([created(f"T{number}")] if number < 7 else []))
        await append(postgres_log, f"{number % 7}", *joined(f"u{number}"), ProjectNameReserved(project_id=f"N{number}"))
        if number % 4 == 0:
            await catch_up(projector)
    await catch_up(projector)
    before = await rows(database)
    await database.execute("UPDATE teams SET name = 'damaged', members = '{}'")
    assert await projector.rebuild() == await postgres_log.head()
    assert await rows(database) == before


QUERIES = ("insert", "update", "append", "count")
Row = dict[str, list[object]]


def interpret(rows: Row, query: str, stream: str, value: int) -> None:
    """Statements as databases know them: blind inserts, updates of what is there, and sums that commute."""
    match query:
        case "insert":
            rows.setdefault(stream, [value])
        case "update":
            if stream in rows:
                rows[stream] = [value]
        case "append":
            rows.get(stream, []).append(value)
        case "count":
            rows.setdefault("count", [Counter()])[0][value] += 1  # type: ignore[index]


def of_stream(stream: str) -> Recorded:
    return Recorded(1, "acme", stream, 1, uuid4(), "workspace.X.v1", MemberAdded(), {}, datetime.now(UTC))


@given(st.lists(st.tuples(st.sampled_from("abc"), st.lists(st.sampled_from(QUERIES), max_size=4)), max_size=40))
def test_grouped_statements_do_what_they_would_have_done_one_by_one(events: list[tuple[str, list[str]]]) -> None:
    statements, one_by_one, grouped = Statements(), Row(), Row()
    for value, (stream, queries) in enumerate(events):
        execute: Callable[..., None] = statements.of(of_stream(stream))
        for query in queries:
            execute(query, stream, value)
            interpret(one_by_one, query, stream, value)
    for query, values in statements.groups:
        for row in values:
            interpret(grouped, query, str(row[0]), int(str(row[1])))
    assert grouped == one_by_one


def test_equal_statements_of_many_streams_are_sent_together() -> None:
    statements = Statements()
    for number in range(100):
        execute = statements.of(of_stream(f"s{number}"))
        execute("insert", number)
        execute("update", number)
    assert [(query, len(values)) for query, values in statements.groups] == [("insert", 100), ("update", 100)]
