"""What could not be taken is taken again when an operator asks for it, once, and kept where it fails once more."""

import pytest
from nats.aio.client import Client

from kernel import dead_letters as graves
from kernel.database import Connection, Database
from kernel.log import Recorded
from kernel.postgres_log import PostgresLog
from tests.kernel.consuming import append, consuming, dead_letters, named, note, noted, running, until_passed

pytestmark = pytest.mark.usefixtures("quick", "effects")
ASK = "UPDATE dead_letters SET retry_requested_at = now() WHERE position = %s"


class Digestion:
    """A reaction that cannot take some events until it is mended."""

    def __init__(self, *bad: str) -> None:
        self.bad = set(bad)

    async def react(self, recorded: Recorded, connection: Connection) -> None:
        await note(recorded, connection)
        if named(recorded) in self.bad:
            raise ValueError(f"{named(recorded)} cannot be digested")


@pytest.fixture(autouse=True)
def looks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graves, "LOOK_SECONDS", 0.0)


async def test_a_dead_letter_is_taken_again_once_its_cause_is_mended(
    postgres_log: PostgresLog, database: Database, broker: Client, relaying: None
) -> None:
    digestion = Digestion("u2", "u3")
    last = await append(postgres_log, "u1", "u2", "u3", "u4")
    consumer = consuming(database, broker, digestion.react)
    async with running(consumer.run):
        assert await until_passed(database, last) == ["u1", "u4"]
        digestion.bad = {"u3"}
        for position in (2, 3):
            await database.execute(ASK, position)
        await database.execute("UPDATE dead_letters SET error = 'old'")
        while await database.fetch("SELECT 1 FROM dead_letters WHERE retry_requested_at IS NOT NULL"):
            await append(postgres_log, "u5")
        await until_passed(database, await append(postgres_log, "u6"))
    taken = [name for name in await noted(database) if name != "u5"]
    assert taken.count("u2") == 1
    assert sorted(taken) == ["u1", "u2", "u4", "u6"]
    assert await dead_letters(database) == [("graph-from-workspace", 3, "ValueError('u3 cannot be digested')")]
    assert await database.fetch("SELECT retries FROM dead_letters") == [(1,)]


async def test_what_nobody_asks_for_stays(
    postgres_log: PostgresLog, database: Database, broker: Client, relaying: None
) -> None:
    digestion = Digestion("u1")
    last = await append(postgres_log, "u1", "u2")
    async with running(consuming(database, broker, digestion.react).run):
        await until_passed(database, last)
        digestion.bad = set()
        assert await until_passed(database, await append(postgres_log, "u3")) == ["u2", "u3"]
    assert len(await dead_letters(database)) == 1
