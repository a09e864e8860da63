"""Commands on streams: each takes effect once, however many are given at the same time."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import count

import pytest
from google.protobuf.message import Message

from kernel import aggregate
from kernel.aggregate import Aggregate
from kernel.call import Call, enter
from kernel.errors import KeyReused, Rejected, StaleStream
from kernel.grants import Grant
from kernel.log import Append, EventLog, Key, Write
from neuralforge.access.v1.access_pb2 import Role
from neuralforge.workspace.v1.events_pb2 import MemberAdded, OrganisationCreated, ProjectNameReserved
from neuralforge.workspace.v1.service_pb2 import CreateProjectResponse


@dataclass(frozen=True)
class Team:
    members: tuple[str, ...] = ()


def evolve(team: Team, event: Message) -> Team:
    match event:
        case MemberAdded():
            return replace(team, members=(*team.members, event.user_id))
        case OrganisationCreated():
            return team
    raise TypeError(f"unknown event {event}")


def add(user_id: str) -> Callable[[Team], Sequence[Message]]:
    return lambda team: [] if user_id in team.members else [MemberAdded(user_id=user_id)]


def answer(team: Team) -> CreateProjectResponse:
    response = CreateProjectResponse()
    response.project.name = ",".join(team.members)
    return response


def teams(log: EventLog) -> Aggregate[Team]:
    return Aggregate(log, "team", Team(), evolve)


def key(name: str, request: bytes = b"request") -> Key:
    return Key("acme", name, request)


async def members(log: EventLog, id: str = "t", tenant: str = "acme") -> list[str]:
    return list((await teams(log).load(tenant, id)).state.members)


async def test_writes_alongside_are_made_of_what_was_decided_in_the_end(log: EventLog) -> None:
    def beside(before: Team, events: Sequence[Message]) -> Sequence[Write]:
        names = ",".join((*before.members, *(event.user_id for event in events)))  # type: ignore[attr-defined]
        return [Write("acme", f"seen-{names}", 0, [ProjectNameReserved(project_id=names)])] if events else []

    await asyncio.gather(
        *(teams(log).handle("acme", "t", add(name), answer, alongside=beside) for name in ("ada", "bob", "ada"))
    )
    everybody = await members(log)
    assert sorted(everybody) == ["ada", "bob"]
    for names in (everybody[0], ",".join(everybody)):
        assert len(await log.read_stream("acme", f"seen-{names}")) == 1
    assert len(await log.read_all(after=0, limit=9)) == 4


async def test_fifty_writers_on_one_stream_all_take_effect_once(log: EventLog) -> None:
    team = teams(log)
    answers = await asyncio.gather(*(team.handle("acme", "t", add(f"u{n}"), answer) for n in range(50)))
    assert sorted(await members(log)) == sorted(f"u{n}" for n in range(50))
    places = sorted(response.position for response in answers)
    assert places == [recorded.position for recorded in await log.read_all(after=0, limit=99)]
    for response in answers:  # each is answered from the state that its own event led to
        assert places[len(response.project.name.split(",")) - 1] == response.position


async def test_writers_in_three_processes_all_take_effect_once(log: EventLog) -> None:
    async def patiently(team: Aggregate[Team], user: str) -> None:
        try:
            await team.handle("acme", "t", add(user), answer)
        except StaleStream:
            await patiently(team, user)

    processes = [teams(log) for _ in range(3)]
    await asyncio.gather(*(patiently(team, f"{p}/{n}") for n in range(5) for p, team in enumerate(processes)))
    assert sorted(await members(log)) == sorted(f"{p}/{n}" for n in range(5) for p in range(3))


async def test_decides_again_on_what_another_process_wrote(log: EventLog) -> None:
    team, seen = teams(log), []
    await team.handle("acme", "t", add("u1"), answer)

    async def decide(state: Team) -> Sequence[Message]:
        seen.append(state.members)
        if len(seen) == 1:
            await teams(log).handle("acme", "t", add("u2"), answer)
        return [MemberAdded(user_id="u3")]

    response = await team.handle("acme", "t", decide, answer)
    assert seen == [("u1",), ("u1", "u2")]
    assert response.project.name == "u1,u2,u3"


async def test_the_stale_stream_surfaces_when_others_are_always_faster(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aggregate, "MOST_ATTEMPTS", 3)
    rival, numbers = teams(log), count()

    async def decide(state: Team) -> Sequence[Message]:
        await rival.handle("acme", "t", add(f"rival {next(numbers)}"), answer)
        return [MemberAdded(user_id="late")]

    with pytest.raises(StaleStream, match="team-t"):
        await teams(log).handle("acme", "t", decide, answer)
    assert await members(log) == ["rival 0", "rival 1", "rival 2"]


async def test_one_tenant_never_sees_the_state_of_another(log: EventLog) -> None:
    team = teams(log)
    await team.handle("acme", "t", add("u1"), answer)
    assert (await team.load("other", "t")).version == 0
    await team.handle("other", "t", add("u2"), answer)
    assert [(await team.load(tenant, "t")).state.members for tenant in ("acme", "other")] == [("u1",), ("u2",)]
    assert await members(log, tenant="other") == ["u2"]


async def test_a_cache_that_overflows_loses_nothing(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aggregate, "MOST_CACHED", 2)
    team = teams(log)
    for user in ("a", "b"):
        for id in ("t1", "t2", "t3"):
            await team.handle("acme", id, add(user), answer)
    assert [(await team.load("acme", id)).state.members for id in ("t1", "t2", "t3")] == [("a", "b")] * 3


async def test_nothing_to_do_writes_nothing_and_says_where_to_read(log: EventLog) -> None:
    team = teams(log)
    first = await team.handle("acme", "t", add("u1"), answer)
    again = await team.handle("acme", "t", add("u1"), answer)
    assert await log.head() == first.position
    assert again == first, "whoever repeats a command reads its effect as well"


async def test_a_key_replays_the_first_answer(log: EventLog) -> None:
    team = teams(log)
    first = await team.handle("acme", "t", add("u1"), answer, key=key("k"))
    await team.handle("acme", "t", add("u2"), answer)
    assert await team.handle("acme", "t", add("u3"), answer, key=key("k")) == first
    assert await members(log) == ["u1", "u2"]
    assert (await team.load("acme", "t")).state.members == ("u1", "u2"), "the replay is not remembered as new state"


async def test_a_key_is_taken_from_the_call(log: EventLog) -> None:
    enter(Call("Teams.Add", Grant("ada", "acme", Role.ROLE_OWNER, 0), key=key("k")))
    for user in ("u1", "u2"):
        await teams(log).handle("acme", "t", add(user), answer)
    assert [(event.event.user_id, event.meta["actor"]) for event in await log.read_all(after=0, limit=9)] == [  # type: ignore[attr-defined]
        ("u1", "ada")
    ]


async def test_a_key_remembers_that_there_was_nothing_to_do(log: EventLog) -> None:
    team = teams(log)
    await team.handle("acme", "t", add("u1"), answer)
    idle = await team.handle("acme", "t", add("u1"), answer, key=key("k"))
    assert await team.handle("acme", "t", add("u2"), answer, key=key("k")) == idle
    assert await members(log) == ["u1"]


async def test_rejected_when_a_key_returns_with_another_request(log: EventLog) -> None:
    await teams(log).handle("acme", "t", add("u1"), answer, key=key("k"))
    with pytest.raises(KeyReused, match="'k'"):
        await teams(log).handle("acme", "t", add("u2"), answer, key=key("k", b"another"))
    assert await members(log) == ["u1"]


async def test_racing_commands_of_one_key_take_effect_once(log: EventLog) -> None:
    processes = [teams(log) for _ in range(4)]
    answers = await asyncio.gather(
        *(team.handle("acme", "t", add(f"u{n}"), answer, key=key("k")) for n, team in enumerate(processes))
    )
    assert len(await members(log)) == 1
    assert [response == answers[0] for response in answers] == [True] * 4


async def test_what_is_written_alongside_happens_with_the_command_or_not_at_all(log: EventLog) -> None:
    name = Write("acme", "project_name-x", 0, [ProjectNameReserved(project_id="p")])
    await teams(log).handle("acme", "t", add("u1"), answer, alongside=[name])
    with pytest.raises(StaleStream, match="project_name-x"):
        await teams(log).handle("acme", "t", add("u2"), answer, alongside=[name])
    assert await members(log) == ["u1"]
    assert len(await log.read_stream("acme", "project_name-x")) == 1


async def test_a_refusal_writes_nothing_and_leaves_the_stream_usable(log: EventLog) -> None:
    def refuse(state: Team) -> Sequence[Message]:
        raise Rejected("the team is full")

    team = teams(log)
    with pytest.raises(Rejected, match="full"):
        await team.handle("acme", "t", refuse, answer)
    await team.handle("acme", "t", add("u1"), answer)
    assert await members(log) == ["u1"]


async def test_a_cancelled_command_leaves_the_stream_usable(log: EventLog) -> None:
    team = teams(log)

    async def hang(state: Team) -> Sequence[Message]:
        await asyncio.sleep(60)
        return []

    hanging = asyncio.create_task(team.handle("acme", "t", hang, answer))
    waiting = asyncio.create_task(team.handle("acme", "t", add("u1"), answer))
    await asyncio.sleep(0.05)
    hanging.cancel()
    async with asyncio.timeout(5):
        await waiting
    assert await members(log) == ["u1"]


async def test_history_that_cannot_be_understood_is_not_passed_over(log: EventLog) -> None:
    await log.append(Append([Write("acme", "team-t", 0, [ProjectNameReserved(project_id="p")])]))
    with pytest.raises(TypeError, match="unknown event"):
        await teams(log).handle("acme", "t", add("u1"), answer)
