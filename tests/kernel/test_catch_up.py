"""A projection far behind reads on while it applies: every event once and in order, whatever fails on the way."""

import asyncio

import psycopg
import pytest

from kernel import projection
from kernel.database import Database
from kernel.log import ANY_VERSION, Append, Recorded, Write
from kernel.postgres_log import PostgresLog
from kernel.projection import Projection, Projector, Statements
from neuralforge.workspace.v1.events_pb2 import MemberAdded
from tests.kernel.consuming import running

COUNT = """
    INSERT INTO counts (tenant, events) SELECT tenant, count(*) FROM jsonb_to_recordset(%s) AS row (tenant text)
    GROUP BY tenant ON CONFLICT (tenant) DO UPDATE SET events = counts.events + excluded.events
"""
LATEST = """
    INSERT INTO latest (stream, member)
    SELECT DISTINCT ON (stream) stream, member
    FROM jsonb_to_recordset(%s) AS row (position bigint, stream text, member text) ORDER BY stream, position DESC
    ON CONFLICT (stream) DO UPDATE SET member = excluded.member
"""


def project(recorded: Recorded, execute: Statements) -> None:
    assert isinstance(recorded.event, MemberAdded)
    execute.together(COUNT, tenant=recorded.tenant)
    execute.together(LATEST, position=recorded.position, stream=recorded.stream, member=recorded.event.user_id)


@pytest.fixture
async def projector(postgres_log: PostgresLog, database: Database, monkeypatch: pytest.MonkeyPatch) -> Projector:
    monkeypatch.setattr(projection, "BATCH", 10)
    await database.execute("CREATE TABLE counts (tenant text PRIMARY KEY, events integer CHECK (events <> 30))")
    await database.execute("CREATE TABLE latest (stream text PRIMARY KEY, member text)")
    for number in range(45):
        joined = MemberAdded(user_id=f"u{number}")
        await postgres_log.append(Append([Write("acme", f"team-{number % 3}", ANY_VERSION, [joined])]))
    return Projector(postgres_log, database, Projection(project, ("counts", "latest")))


async def test_a_batch_that_fails_is_applied_again_and_none_is_passed_over(
    database: Database, projector: Projector
) -> None:
    assert [await projector.advance() for _ in range(2)] == [10, 10]
    for _ in range(2):
        with pytest.raises(psycopg.errors.CheckViolation):
            await projector.advance()
    assert await database.fetch("SELECT events FROM counts") == [(20,)]
    await database.execute("ALTER TABLE counts DROP CONSTRAINT counts_events_check")
    assert [await projector.advance() for _ in range(4)] == [10, 10, 5, 0]
    await reads_everything(database)


async def test_a_rebuild_in_the_middle_starts_from_the_beginning(database: Database, projector: Projector) -> None:
    await database.execute("ALTER TABLE counts DROP CONSTRAINT counts_events_check")
    await projector.advance()
    await projector.rebuild()
    await reads_everything(database)


async def test_stopping_in_the_middle_leaves_rows_and_checkpoint_together(
    database: Database, projector: Projector
) -> None:
    advancing = asyncio.create_task(projector.advance())
    await asyncio.sleep(0)
    advancing.cancel()
    await asyncio.gather(advancing, return_exceptions=True)
    await database.execute("ALTER TABLE counts DROP CONSTRAINT counts_events_check")
    while await projector.advance():
        pass
    await reads_everything(database)


async def reads_everything(database: Database) -> None:
    assert await database.fetch("SELECT tenant, events FROM counts") == [("acme", 45)]
    latest = await database.fetch("SELECT stream, member FROM latest ORDER BY stream")
    assert latest == [("team-0", "u42"), ("team-1", "u43"), ("team-2", "u44")]


async def test_a_new_term_does_not_apply_what_an_earlier_one_had_read(
    postgres_log: PostgresLog, database: Database, projector: Projector
) -> None:
    """Between two terms of one process another has led, and gone on."""
    await database.execute("ALTER TABLE counts DROP CONSTRAINT counts_events_check")
    await projector.advance()  # and reads on
    other = Projector(postgres_log, database, Projection(project, ("counts", "latest")))
    other.position = projector.position
    while await other.advance():
        pass
    async with running(projector.run):
        joined = MemberAdded(user_id="late")
        last = await postgres_log.append(Append([Write("acme", "team-9", ANY_VERSION, [joined])]))
        await other.reached(last.position, 30)
    assert await database.fetch("SELECT events FROM counts") == [(46,)]
