"""What the log in KurrentDB makes of appends with one commit position, of lost answers and of a server that is away."""

from collections.abc import AsyncIterator

import pytest

from kernel.errors import StaleStream, Unavailable
from kernel.events import EventTypes, Upcast
from kernel.kurrent_log import KurrentLog
from kernel.log import ANY_VERSION, Append, Key, Write
from neuralforge.workspace.v1 import events_pb2
from neuralforge.workspace.v1.events_pb2 import EmailReserved
from tests.kernel.conftest import TYPES, opened_log
from tests.kernel.kurrent_server import Store, stand_in


@pytest.fixture
async def server() -> AsyncIterator[tuple[str, Store]]:
    async with stand_in() as found:
        yield found


@pytest.fixture
async def log(server: tuple[str, Store]) -> AsyncIterator[KurrentLog]:
    async with opened_log(server[0]) as opened:
        yield opened


def write(stream: str, expected: int, *users: str, tenant: str = "acme") -> Write:
    return Write(tenant, stream, expected, [EmailReserved(user_id=user) for user in users])


async def users(log: KurrentLog) -> list[str]:
    return [recorded.event.user_id for recorded in await log.read_all(after=0, limit=99)]  # type: ignore[attr-defined]


async def test_an_append_is_read_in_parts_without_loss(log: KurrentLog) -> None:
    """All its records may have one commit position, and a page may end between them."""
    await log.append(Append([write("email-a", 0, "u1", "u2", "u3"), write("email-b", 0, "u4", "u5")]))
    await log.append(Append([write("email-c", 0, "u6")]))
    seen, last = [], 0
    while part := await log.read_all(after=last, limit=2):
        last = part[-1].position
        seen += [recorded.event.user_id for recorded in part]  # type: ignore[attr-defined]
    assert seen == ["u1", "u2", "u3", "u4", "u5", "u6"]
    assert last == await log.head()


@pytest.mark.parametrize("expected", [0, ANY_VERSION])
@pytest.mark.parametrize("key", [None, Key("acme", "k", b"hash")])
async def test_a_lost_answer_is_found_out_and_nothing_doubled(
    log: KurrentLog, server: tuple[str, Store], expected: int, key: Key | None
) -> None:
    server[1].lose_answers = 1
    try:
        answered = await log.append(Append([write("email-a", expected, "u1", "u2")], key, b"answer"))
    except Unavailable:
        assert key, "without a key nobody can ask again"
        answered = await log.append(Append([write("email-a", expected, "u1", "u2")], key, b"answer"))
    assert (answered.position, answered.response) == (await log.head(), b"answer")
    assert await users(log) == ["u1", "u2"]


async def test_one_stream_may_be_named_twice(log: KurrentLog) -> None:
    await log.append(Append([write("email-a", 0, "u1"), write("email-b", 0, "u2"), write("email-a", 0, "u3")]))
    assert await users(log) == ["u1", "u3", "u2"]
    with pytest.raises(StaleStream):
        await log.append(Append([write("email-a", 1, "u4")]))


async def test_tenants_and_contexts_of_one_server_stay_apart(log: KurrentLog, server: tuple[str, Store]) -> None:
    await log.append(Append([write("email-a", 0, "u1", tenant="a:b")], Key("a:b", "k", b"hash")))
    await log.append(Append([write("b:email-a", 0, "u2", tenant="a")]))
    assert [(recorded.tenant, recorded.stream) for recorded in await log.read_all(after=0, limit=9)] == [
        ("a:b", "email-a"),
        ("a", "b:email-a"),
    ]
    for context in ("workspace2", "work"):
        async with opened_log(server[0], context) as other:
            assert (await other.head(), await other.read_all(after=0, limit=9)) == (0, [])


async def test_older_forms_are_brought_up_to_date(log: KurrentLog, server: tuple[str, Store]) -> None:
    await log.append(Append([write("email-a", 0, "ADA")]))
    lower = Upcast(
        "workspace.EmailReserved.v1",
        1,
        lambda data: EmailReserved(user_id=EmailReserved.FromString(data).user_id.lower()).SerializeToString(),
    )
    later = KurrentLog(server[0], "workspace", EventTypes(events_pb2, upcasts=[lower]))
    await later.open()
    await later.append(Append([write("email-a", 1, "BOB")]))
    assert await users(later) == ["ada", "BOB"]
    await later.close()


async def test_a_server_that_is_away_is_told_in_a_sentence() -> None:
    async with stand_in() as (uri, _):
        pass
    log = KurrentLog(uri, "workspace", TYPES)
    await log.open()
    with pytest.raises(Unavailable, match="KurrentDB does not answer"):
        await log.head()
    with pytest.raises(Unavailable, match="try again"):
        await log.append(Append([write("email-a", 0, "u1")]))
    await log.close()
