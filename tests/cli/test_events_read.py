"""`neuralforge events` and `dead-letters` on a log at a URL: what they choose, follow, print and refuse."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kernel.database import Database, provision
from kernel.log import ANY_VERSION, Append, Write
from kernel.postgres_log import PostgresLog
from kernel.projection import Projector
from neuralforge.workspace.v1.events_pb2 import EmailReserved, ProjectCreated, ProjectNameReserved
from services.workspace.__main__ import SPEC
from tests.conftest import RunningServers
from tests.databases import fresh_database
from tests.flow.commands import Command

BURY = (
    "INSERT INTO dead_letters (consumer, subject, position, headers, data, error) "
    "VALUES ('workspace-from-graph', 'nf.graph.x', %s, '{\"ce-type\": \"graph.VersionSaved.v1\"}', '', 'KeyError()')"
)


class Stored:
    """A workspace log whose database is named by a URL."""

    def __init__(self, url: str, database: Database, log: PostgresLog, folder: Path) -> None:
        self.url = url
        self.database = database
        self.log = log
        self.folder = folder

    async def reserve(self, *users: str, stream: str = "email-a") -> None:
        await self.log.append(Append([Write("acme", stream, ANY_VERSION, [EmailReserved(user_id=u) for u in users])]))

    def command(self, *arguments: str) -> Command:
        return Command(self.folder / "data", *arguments, "--database", self.url)

    async def said(self, *arguments: str) -> tuple[int, str]:
        async with self.command(*arguments) as command:
            return await command.ended(), command.output

    async def users(self, *arguments: str) -> list[str]:
        code, output = await self.said("events", "--json", *arguments)
        assert code == 0, output
        return [json.loads(line)["event"].get("user_id", "") for line in output.splitlines()]


@pytest.fixture
async def stored(servers: RunningServers, tmp_path: Path) -> AsyncIterator[Stored]:
    async with fresh_database(servers.addresses) as admin:
        database = Database(await provision(admin, "workspace", "secret"), "workspace")
        await database.open(SPEC.schema)
        log = PostgresLog(database, SPEC.types)
        await log.open()
        yield Stored(admin, database, log, tmp_path)
        await log.close()
        await database.close()


async def test_events_are_chosen_by_stream_type_position_and_number(stored: Stored) -> None:
    await stored.reserve("u1", "u2")
    await stored.reserve("u3", stream="email-b")
    await stored.log.append(Append([Write("acme", "project_name-x", 0, [ProjectNameReserved(project_id="p")])]))
    assert await stored.users() == ["u1", "u2", "u3", ""]
    assert await stored.users("--stream", "email-b") == ["u3"]
    assert await stored.users("--type", "EmailReserved", "--limit", "2") == ["u1", "u2"]
    assert await stored.users("--type", "workspace.ProjectNameReserved.v1") == [""]
    assert await stored.users("--context", "workspace", "--after", "1", "--limit", "2") == ["u2", "u3"]
    code, output = await stored.said("events", "--after", "1")
    assert (code, "say which with --context" in output) == (2, True)


async def test_an_event_that_cannot_be_read_is_shown_as_it_lies_there(stored: Stored) -> None:
    await stored.reserve("u1")
    await stored.database.execute("UPDATE events SET type = 'workspace.TeamMerged.v9'")
    code, output = await stored.said("events", "--json")
    line = json.loads(output)
    assert (code, line["type"], line["data"]) == (0, "workspace.TeamMerged.v9", "CgJ1MQ==")
    assert "newer version" in line["unreadable"]


async def test_new_events_are_followed_until_ctrl_c(stored: Stored) -> None:
    await stored.reserve("before")
    async with stored.command("events", "--follow", "--context", "workspace") as command:
        number = 0
        while not command.lines:  # until it listens
            await stored.reserve(f"u{number}")
            number += 1
            await asyncio.sleep(0.1)
        await stored.reserve("last")
        await command.says('"last"')
        assert "before" not in command.output
        command.send(signal.SIGINT)
        assert await command.ended() == 0
    assert all(line.startswith("workspace ") and line.endswith("\n") for line in command.lines)


async def test_following_from_a_position_misses_nothing(stored: Stored) -> None:
    await stored.reserve("u1", "u2", "u3")
    code, output = await stored.said(
        "events", "--follow", "--context", "workspace", "--after", "1", "--limit", "2", "--json"
    )
    assert code == 0
    assert [json.loads(line)["event"]["user_id"] for line in output.splitlines()] == ["u2", "u3"]


async def test_dead_letters_are_listed_dropped_and_refused(stored: Stored) -> None:
    for position in (7, 9):
        await stored.database.execute(BURY, position)
    code, output = await stored.said("dead-letters", "list", "--json")
    assert (code, [json.loads(line)["position"] for line in output.splitlines()]) == (0, [7, 9])
    code, output = await stored.said("dead-letters", "list", "--context", "workspace")
    assert "workspace-from-graph  graph.VersionSaved.v1 @7  KeyError()" in output.splitlines()[0]
    for arguments, reason in [
        (("drop", "workspace", "1", "5"), "has no dead letter 5"),
        (("drop", "workspace"), "name the dead letters by their ids"),
        (("retry", "graph", "1"), "graph has no data here yet"),
        (("retry", "nope", "--all"), "there is no context 'nope'"),
    ]:
        code, output = await stored.said("dead-letters", *arguments)
        assert (code, reason in output) == (2, True), output
    assert len(await stored.database.fetch("SELECT 1 FROM dead_letters")) == 2
    assert await stored.said("dead-letters", "drop", "workspace", "1") == (0, "1 dropped\n")
    assert await stored.database.fetch("SELECT id FROM dead_letters") == [(2,)]


async def test_whoever_asks_for_a_retry_is_told_what_became_of_it(stored: Stored) -> None:
    """The consumer is played here: it takes the first and refuses the second."""
    for position in (7, 9):
        await stored.database.execute(BURY, position)
    async with stored.command("dead-letters", "retry", "workspace", "--all") as command:
        while await stored.database.fetch("SELECT 1 FROM dead_letters WHERE retry_requested_at IS NULL"):
            await asyncio.sleep(0.05)
        await stored.database.execute("DELETE FROM dead_letters WHERE position = 7")
        await stored.database.execute("UPDATE dead_letters SET retry_requested_at = NULL, error = 'ValueError()'")
        assert await command.ended() == 1
    assert command.output == "2 could not be taken: ValueError()\n1 of 2 taken\n"


async def test_a_read_model_is_compared_with_its_log_and_replaced(stored: Stored) -> None:
    created = ProjectCreated(project_id="p1", name="vision", created_by="ada")
    created.at.GetCurrentTime()
    await stored.log.append(Append([Write("acme", "project-p1", 0, [created])]))
    projector = Projector(stored.log, stored.database, SPEC.projection)
    while await projector.advance():
        pass
    code, output = await stored.said("events", "replay", "workspace")
    assert (code, "projects: 1 rows, as its log" in output) == (0, True), output
    await stored.database.execute("UPDATE projects SET name = 'damaged'")
    code, output = await stored.said("events", "replay", "workspace")
    assert (code, "projects: 1 rows, 1 missing, 1 too many" in output) == (1, True), output
    code, output = await stored.said("events", "rebuild", "workspace")
    assert (code, "replaced at position 1" in output) == (0, True), output
    assert await stored.database.fetch("SELECT name FROM projects") == [("vision",)]
    for context, reason in [("graph", "graph has no data here yet"), ("nope", "there is no context 'nope'")]:
        code, output = await stored.said("events", "rebuild", context)
        assert (code, reason in output) == (2, True), output
