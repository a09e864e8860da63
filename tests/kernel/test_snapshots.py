"""A snapshot saves the reading of a stream from its beginning, and is never believed against the log or the code."""

import asyncio
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import LiteralString

import msgspec
import pytest
from google.protobuf.message import Message

from kernel import aggregate, snapshots
from kernel.aggregate import Aggregate
from kernel.database import Database
from kernel.errors import Unavailable
from kernel.log import ANY_VERSION, Append, Recorded, Write
from kernel.postgres_log import PostgresLog
from kernel.snapshots import Form, Snapshots, due
from neuralforge.workspace.v1.events_pb2 import MemberAdded
from neuralforge.workspace.v1.service_pb2 import CreateProjectResponse
from tests.kernel.conftest import TYPES

Team = tuple[str, ...]


def evolve(state: Team, event: Message) -> Team:
    assert isinstance(event, MemberAdded)
    return (*state, event.user_id)


FORM = Form(msgspec.json.encode, msgspec.json.Decoder(tuple[str, ...]).decode, (aggregate,))
QUERY = "SELECT stream, version FROM snapshots"


class ReadLog(PostgresLog):
    """Notes how many events each reading of a stream has brought."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, TYPES)
        self.read: list[int] = []

    async def read_stream(
        self, tenant: str, stream: str, *, after: int = 0, limit: int | None = None
    ) -> Sequence[Recorded]:
        events = await super().read_stream(tenant, stream, after=after, limit=limit)
        self.read.append(len(events))
        return events


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "EVERY", 10)


@pytest.fixture
def log(database: Database) -> ReadLog:
    return ReadLog(database)


def teams(log: PostgresLog, database: Database, form: Form[Team] = FORM) -> Aggregate[Team]:
    return Aggregate(log, "team", (), evolve, Snapshots(database, form))


async def append(log: PostgresLog, *users: str, stream: str = "team-t") -> None:
    await log.append(Append([Write("acme", stream, ANY_VERSION, [MemberAdded(user_id=user) for user in users])]))


async def kept(database: Database, version: int, stream: str = "team-t") -> None:
    """Returns once the stream has a snapshot at that version."""
    async with asyncio.timeout(30):
        while (stream, version) not in await database.fetch(QUERY):
            await asyncio.sleep(0.01)


def named(count: int, start: int = 0) -> list[str]:
    return [f"u{number}" for number in range(start, start + count)]


@pytest.fixture
async def snapshot(postgres_log: PostgresLog, database: Database) -> Team:
    """Of 25 members, behind which 5 more have joined."""
    await append(postgres_log, *named(25))
    await teams(postgres_log, database).load("acme", "t")
    await kept(database, 25)
    await append(postgres_log, *named(5, 25))
    return tuple(named(30))


async def test_a_cold_load_reads_what_came_after_the_snapshot(snapshot: Team, log: ReadLog, database: Database) -> None:
    loaded = await teams(log, database).load("acme", "t")
    assert (loaded.state, loaded.version) == (snapshot, 30)
    assert log.read == [1, 5]


def joining(user: str) -> Callable[[Team], list[Message]]:
    return lambda _: [MemberAdded(user_id=user)]


async def test_commands_make_snapshots_as_the_stream_grows(postgres_log: PostgresLog, database: Database) -> None:
    team = teams(postgres_log, database)
    for user in named(21):
        await team.handle("acme", "t", joining(user), lambda _: CreateProjectResponse())
    await kept(database, 20)
    assert (await teams(postgres_log, database).load("acme", "t")).state == tuple(named(21))


async def test_a_short_stream_has_none(postgres_log: PostgresLog, database: Database) -> None:
    await append(postgres_log, *named(9))
    await teams(postgres_log, database).load("acme", "t")
    await append(postgres_log, *named(25), stream="team-long")
    await teams(postgres_log, database).load("acme", "long")
    await kept(database, 25, "team-long")
    assert await database.fetch(QUERY) == [("team-long", 25)]


def changed(path: Path) -> ModuleType:
    path.write_text("the fold of another release")
    module = ModuleType("changed")
    module.__file__ = str(path)
    return module


async def test_other_code_passes_it_over_and_makes_its_own(
    snapshot: Team, log: ReadLog, database: Database, tmp_path: Path
) -> None:
    other = Form(FORM.encode, FORM.decode, (changed(tmp_path / "changed.py"),))
    assert (await teams(log, database, other).load("acme", "t")).state == snapshot
    assert log.read[0] == 30
    await kept(database, 30)
    log.read.clear()
    assert (await teams(log, database, other).load("acme", "t")).state == snapshot
    assert log.read == [1, 0]


@pytest.mark.parametrize(
    "loss",
    [
        "UPDATE events SET event_id = gen_random_uuid() WHERE version = 25",
        "DELETE FROM events WHERE version >= 25",
        "UPDATE snapshots SET state = 'x'",
        "UPDATE snapshots SET tenant = 'other'",
    ],
    ids=["another event stands there", "the log was restored from before", "damaged", "of another tenant"],
)
async def test_what_does_not_fit_the_log_is_passed_over(
    snapshot: Team, log: ReadLog, database: Database, loss: LiteralString
) -> None:
    await database.execute(loss)
    await database.execute("UPDATE snapshots SET state = %s WHERE state <> 'x'", b'["somebody else"]')
    assert (await teams(log, database).load("acme", "t")).state == snapshot[: 24 if "DELETE" in loss else 30]


async def test_commands_do_not_fail_with_their_snapshots(
    postgres_log: PostgresLog, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        failed.set()
        raise Unavailable("the database does not answer")

    failed = asyncio.Event()
    monkeypatch.setattr(Snapshots, "keep", fail)
    await append(postgres_log, *named(25))
    team = teams(postgres_log, database)
    assert (await team.load("acme", "t")).version == 25
    async with asyncio.timeout(30):
        await failed.wait()
    assert (await team.load("acme", "t")).state == tuple(named(25))


def test_all_snapshots_of_a_stream_together_are_a_few_times_its_last() -> None:
    versions = [0]
    for version in range(100_000):
        if due(version, versions[-1]):
            versions.append(version)
    assert sum(versions) < 12 * versions[-1]
    assert max(later - earlier for earlier, later in pairwise(versions)) <= 10_000
