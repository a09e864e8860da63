"""How one run event is taken: once per event, and never about a hold that was not placed."""

from uuid import uuid4

import pytest
from google.protobuf.message import Message

from kernel.aggregate import Aggregate
from kernel.errors import NotFound
from kernel.events import EventTypes, type_name
from kernel.log import Append, Recorded, Write
from kernel.memory_log import MemoryLog
from neuralforge.billing.v1 import events_pb2 as events
from neuralforge.training.v1 import events_pb2 as training
from services.billing.domain import Account, evolve
from services.billing.process import RunFollower
from tests.services.billing.examples import NOW, PLANS, confirmed, placed, settled


class Books:
    """A follower on a log of its own."""

    def __init__(self) -> None:
        self.log = MemoryLog(EventTypes(events))
        accounts = Aggregate(self.log, "account", Account(), evolve)
        self._follower = RunFollower(accounts, PLANS, lambda: NOW)

    async def given(self, *history: Message) -> None:
        await self.log.append(Append([Write("org", "account-org", 0, history)]))

    async def when(self, recorded: Recorded) -> None:
        await self._follower.react(recorded, None)  # type: ignore[arg-type]  # the follower only uses the log

    async def history(self) -> list[Message]:
        return [recorded.event for recorded in await self.log.read_stream("org", "account-org")]


def heard(event: Message) -> Recorded:
    return Recorded(1, "org", "run-run-1", 1, uuid4(), type_name(event), event, {}, NOW)


async def test_the_same_event_twice_takes_effect_once() -> None:
    books = Books()
    await books.given(placed())
    for event in (training.RunQueued(run_id="run-1"), training.RunFailed(run_id="run-1", device_milliseconds=5)):
        recorded = heard(event)
        await books.when(recorded)
        await books.when(recorded)
    assert await books.history() == [placed(), confirmed(), settled(placed(), 5)]


async def test_a_second_end_of_a_run_changes_nothing() -> None:
    books = Books()
    await books.given(placed(), confirmed(), settled(placed(), 5))
    await books.when(heard(training.RunCancelled(run_id="run-1", device_milliseconds=9)))
    assert (await books.history())[3:] == []


async def test_other_events_of_a_run_change_nothing() -> None:
    books = Books()
    await books.given(placed())
    await books.when(heard(training.AttemptLost(run_id="run-1", device_milliseconds=9)))
    assert await books.history() == [placed()]


@pytest.mark.parametrize("event", [training.RunQueued(run_id="ghost"), training.RunCompleted(run_id="ghost")])
async def test_a_run_without_a_hold_is_a_fault(event: Message) -> None:
    books = Books()
    await books.given(placed())
    with pytest.raises(NotFound, match="there is no hold 'ghost'; a hold has the id of the run it was placed for"):
        await books.when(heard(event))
    assert await books.history() == [placed()]
