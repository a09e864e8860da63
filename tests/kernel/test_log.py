"""The contract of the event log, held by every adapter."""

import asyncio

import pytest

from kernel.errors import KeyReused, StaleStream
from kernel.log import ANY_VERSION, Append, EventLog, Key, Write
from neuralforge.workspace.v1.events_pb2 import EmailReserved, ProjectNameReserved


def write(stream: str, expected: int, *ids: str, tenant: str = "acme") -> Write:
    return Write(tenant, stream, expected, [EmailReserved(user_id=id) for id in ids])


def key(name: str, request: bytes = b"request") -> Key:
    return Key("acme", name, request)


async def users(log: EventLog, stream: str, tenant: str = "acme") -> list[str]:
    return [recorded.event.user_id for recorded in await log.read_stream(tenant, stream)]  # type: ignore[attr-defined]


async def test_appended_events_are_read_back_in_order(log: EventLog) -> None:
    await log.append(Append([write("email-a", 0, "u1", "u2")], meta={"actor": "me"}))
    events = await log.read_stream("acme", "email-a")
    assert [(e.version, e.type, e.event.user_id, e.meta["actor"]) for e in events] == [  # type: ignore[attr-defined]
        (1, "workspace.EmailReserved.v1", "u1", "me"),
        (2, "workspace.EmailReserved.v1", "u2", "me"),
    ]


async def test_a_stream_is_read_in_parts(log: EventLog) -> None:
    await log.append(Append([Write("acme", "email-a", 0, [EmailReserved(user_id=each) for each in "abcde"])]))
    read = [await log.read_stream("acme", "email-a", after=after, limit=2) for after in (0, 2, 4, 5)]
    assert [[recorded.version for recorded in part] for part in read] == [[1, 2], [3, 4], [5], []]


async def test_answers_the_position_of_the_last_event(log: EventLog) -> None:
    appended = await log.append(Append([write("email-a", 0, "u1"), write("email-b", 0, "u2", "u3")]))
    events = await log.read_all(after=0, limit=10)
    assert appended.position == events[-1].position == await log.head()
    assert [e.stream for e in events] == ["email-a", "email-b", "email-b"]


async def test_rejected_at_another_version_than_expected(log: EventLog) -> None:
    await log.append(Append([write("email-a", 0, "u1")]))
    for expected in (0, 2):
        with pytest.raises(StaleStream, match="email-a"):
            await log.append(Append([write("email-a", expected, "u2")]))
    assert await users(log, "email-a") == ["u1"]


async def test_any_version_appends_wherever_the_stream_is(log: EventLog) -> None:
    await log.append(Append([write("email-a", ANY_VERSION, "u1")]))
    await log.append(Append([write("email-a", ANY_VERSION, "u2")]))
    assert await users(log, "email-a") == ["u1", "u2"]


async def test_several_streams_are_written_together_or_not_at_all(log: EventLog) -> None:
    await log.append(Append([write("email-a", 0, "u1")]))
    with pytest.raises(StaleStream):
        await log.append(Append([write("email-b", 0, "u2"), write("email-a", 0, "u2")]))
    assert await users(log, "email-b") == []


async def test_tenants_do_not_see_each_other(log: EventLog) -> None:
    await log.append(Append([write("email-a", 0, "u1", tenant="acme")]))
    await log.append(Append([write("email-a", 0, "u2", tenant="other")]))
    assert await users(log, "email-a", "other") == ["u2"]


async def test_a_key_takes_effect_once_and_answers_the_same(log: EventLog) -> None:
    first = await log.append(Append([write("email-a", 0, "u1")], key("k"), b"answer"))
    again = await log.append(Append([write("email-a", 0, "u1")], key("k"), b"another answer"))
    assert (again.position, again.response, again.replayed) == (first.position, b"answer", True)
    assert (await log.replay(key("k"))) == again
    assert await users(log, "email-a") == ["u1"]


async def test_an_unused_key_replays_nothing(log: EventLog) -> None:
    assert await log.replay(key("unused")) is None


async def test_rejected_when_a_key_returns_with_another_request(log: EventLog) -> None:
    await log.append(Append([write("email-a", 0, "u1")], key("k")))
    with pytest.raises(KeyReused, match="'k'"):
        await log.append(Append([write("email-a", 1, "u2")], key("k", b"another request")))
    with pytest.raises(KeyReused):
        await log.replay(key("k", b"another request"))
    assert await users(log, "email-a") == ["u1"]


async def test_a_key_can_remember_that_there_was_nothing_to_do(log: EventLog) -> None:
    await log.append(Append([write("email-a", 0, "u1")]))
    appended = await log.append(Append([], key("k"), b"nothing"))
    assert appended.position == await log.head()
    assert (await log.append(Append([], key("k"), b"?"))).response == b"nothing"


async def test_one_winner_among_racing_writers(log: EventLog) -> None:
    answers = await asyncio.gather(
        *(log.append(Append([write("email-a", 0, f"u{n}")])) for n in range(20)), return_exceptions=True
    )
    assert sum(isinstance(answer, StaleStream) for answer in answers) == 19
    assert len(await users(log, "email-a")) == 1


async def test_readers_by_position_miss_nothing_while_many_write(log: EventLog) -> None:
    async def append(number: int) -> None:
        for step in range(5):
            await log.append(Append([write(f"email-{number}", step, f"{number}/{step}")]))

    async def follow() -> list[str]:
        seen: list[str] = []
        last, watch = 0, log.watch()
        while len(seen) < 100:
            events = await log.read_all(after=last, limit=7)
            if events:
                last = events[-1].position
                seen += [event.event.user_id for event in events]  # type: ignore[attr-defined]
            else:
                await watch.wait(1)
        return seen

    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        following = group.create_task(follow())
        for number in range(20):
            group.create_task(append(number))
    seen = following.result()
    assert sorted(seen) == sorted(f"{number}/{step}" for number in range(20) for step in range(5))


async def test_a_watch_rings_for_an_append_between_read_and_wait(log: EventLog) -> None:
    watch = log.watch()
    await log.append(Append([write("email-a", 0, "u1")]))
    async with asyncio.timeout(2):
        await watch.wait(60)


async def test_events_of_several_types_share_a_stream(log: EventLog) -> None:
    events = [EmailReserved(user_id="u1"), ProjectNameReserved(project_id="p1")]
    await log.append(Append([Write("acme", "mixed-1", 0, events)]))
    assert [recorded.event for recorded in await log.read_stream("acme", "mixed-1")] == events
