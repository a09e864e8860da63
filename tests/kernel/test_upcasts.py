"""Older forms of events: brought up to date one version after the other, in the log as they were written."""

import pytest

from kernel.database import Database
from kernel.events import EventTypes, UnknownEvent, Upcast
from kernel.log import Append, EventLog, Write
from kernel.memory_log import MemoryLog
from kernel.postgres_log import PostgresLog
from neuralforge.workspace.v1 import events_pb2
from neuralforge.workspace.v1.events_pb2 import EmailReserved, ProjectNameReserved


def lower(data: bytes) -> bytes:
    return EmailReserved(user_id=EmailReserved.FromString(data).user_id.lower()).SerializeToString()


def prefix(data: bytes) -> bytes:
    return EmailReserved(user_id=f"user-{EmailReserved.FromString(data).user_id}").SerializeToString()


UPCASTS = (
    Upcast("workspace.EmailReserved.v1", 2, prefix),
    Upcast("workspace.EmailReserved.v1", 1, lower),
    Upcast("workspace.AddressTaken.v1", 1, lambda data: data, renamed_to="workspace.EmailReserved.v1"),
)
TYPES = EventTypes(events_pb2, upcasts=UPCASTS)


def stored(user: str) -> bytes:
    return EmailReserved(user_id=user).SerializeToString()


@pytest.mark.parametrize(
    ("name", "version", "reads"),
    [
        ("workspace.EmailReserved.v1", 1, "user-ada"),
        ("workspace.EmailReserved.v1", 2, "user-ADA"),
        ("workspace.EmailReserved.v1", 3, "ADA"),
        ("workspace.AddressTaken.v1", 1, "user-ada"),
        ("workspace.EmailReserved.v1", None, "ADA"),
    ],
)
def test_an_event_takes_every_step_from_where_it_was_written(name: str, version: int | None, reads: str) -> None:
    assert TYPES.decode(name, stored("ADA"), version) == EmailReserved(user_id=reads)


@pytest.mark.parametrize(
    ("name", "version"),
    [("workspace.EmailReserved.v1", 4), ("workspace.ProjectNameReserved.v1", 2), ("workspace.AddressTaken.v1", None)],
)
def test_a_form_of_the_future_or_a_name_of_the_past_is_not_read_as_the_present(name: str, version: int | None) -> None:
    with pytest.raises(UnknownEvent, match=name.split(".")[1]):
        TYPES.decode(name, stored("ADA"), version)


def test_a_chain_with_a_gap_is_refused_when_it_is_registered() -> None:
    with pytest.raises(KeyError):
        EventTypes(events_pb2, upcasts=[Upcast("workspace.X.v1", 1, lower, renamed_to="workspace.NoSuchEvent.v1")])


def test_a_name_of_the_past_is_not_written() -> None:
    assert "workspace.AddressTaken.v1" not in TYPES
    assert [TYPES.schema_version(type_) for type_ in ("workspace.EmailReserved.v1", "workspace.MemberAdded.v1")] == [
        3,
        1,
    ]


async def test_the_log_keeps_what_was_written_and_reads_it_as_it_is_now(
    database: Database, postgres_log: PostgresLog
) -> None:
    """`postgres_log` is the service before it knew of the upcasts."""
    await postgres_log.append(Append([Write("acme", "email-a", 0, [EmailReserved(user_id="ADA")])]))
    log = PostgresLog(database, TYPES)
    await log.open()
    try:
        events = [EmailReserved(user_id="BOB"), ProjectNameReserved(project_id="P")]
        await log.append(Append([Write("acme", "email-a", 1, events)]))
        for found in (await log.read_stream("acme", "email-a"), await log.read_all(after=0, limit=9)):
            assert [recorded.event for recorded in found] == [EmailReserved(user_id="user-ada"), *events]
    finally:
        await log.close()
    rows = await database.fetch("SELECT schema_version, data FROM events ORDER BY position")
    assert rows == [
        (1, stored("ADA")),
        (3, stored("BOB")),
        (1, ProjectNameReserved(project_id="P").SerializeToString()),
    ]
    with pytest.raises(UnknownEvent, match="schema version 3"):
        await postgres_log.read_all(after=0, limit=9)


async def test_what_is_written_now_needs_no_upcast() -> None:
    log: EventLog = MemoryLog(TYPES)
    await log.append(Append([Write("acme", "email-a", 0, [EmailReserved(user_id="ADA")])]))
    assert [recorded.event for recorded in await log.read_all(after=0, limit=9)] == [EmailReserved(user_id="ADA")]
