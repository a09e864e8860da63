"""Fan-out: what a slow subscriber loses and what never, and that one subscription serves all."""

from collections.abc import AsyncIterator, Sequence

import nats
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from gateway.live import Frame, Live, Mailbox, Topic
from gateway.metrics import FRAMES_DROPPED
from tests.conftest import RunningServers


class Text(Frame):
    def __init__(self, text: str) -> None:
        self.text = text


class Point(Text):
    expendable = True


def text(message: Msg) -> Sequence[Frame]:
    return [Text(message.data.decode())]


def broken(message: Msg) -> Sequence[Frame]:
    raise ValueError("no such message")


def names(frames: Sequence[Frame]) -> list[str]:
    return [frame.text for frame in frames if isinstance(frame, Text)]


async def test_a_slow_subscriber_loses_the_oldest_expendable_frames_and_it_is_counted() -> None:
    mailbox, before = Mailbox(most=3), FRAMES_DROPPED._value.get()
    mailbox.put([Text("log"), Point("1"), Point("2"), Point("3"), Point("4")])
    frames, changed = await mailbox.take(1)
    assert names(frames) == ["log", "3", "4"]
    assert not changed
    assert FRAMES_DROPPED._value.get() - before == 2
    assert (mailbox.missed(), mailbox.missed()) == (2, 0)


async def test_a_mailbox_is_bounded_in_bytes_too_and_keeps_at_least_the_newest() -> None:
    mailbox = Mailbox(most_bytes=100)
    for number in range(3):
        mailbox.put([Point(str(number)), Text("log")], 80)
    assert names(mailbox.frames()) == ["log", "log"]
    assert mailbox.missed() == 4
    mailbox.put([Point("large")], 1000)
    assert names(mailbox.frames()) == ["large"]


async def test_a_change_is_remembered_however_much_is_dropped() -> None:
    mailbox = Mailbox(most=2)
    mailbox.put(None)
    mailbox.put([Point(str(number)) for number in range(100)])
    frames, changed = await mailbox.take(1)
    assert (names(frames), changed) == (["98", "99"], True)
    assert await mailbox.take(0) == ((), False)


async def test_to_lose_what_cannot_be_had_again_is_a_change() -> None:
    mailbox = Mailbox(most=1)
    mailbox.put([Text("a"), Text("b")])
    frames, changed = await mailbox.take(1)
    assert (names(frames), changed) == (["b"], True)


@pytest.fixture
async def broker(servers: RunningServers) -> AsyncIterator[Client]:
    client = await nats.connect(servers.addresses.nats)
    yield client
    await client.close()


async def test_one_subscription_serves_all_and_goes_with_the_last(broker: Client) -> None:
    live, topic = Live(broker), Topic("live.one", text)
    async with live.watch(topic) as first:
        async with live.watch(topic) as second:
            assert len(broker._subs) == 1
            await broker.publish("live.one", b"hello")
            assert names((await first.take(5))[0]) == ["hello"]
            assert names((await second.take(5))[0]) == ["hello"]
        assert len(broker._subs) == 1
    assert not broker._subs


async def test_events_reach_only_those_who_watch_their_tenant_and_stream(broker: Client) -> None:
    live = Live(broker)
    mine, theirs = (Topic("live.events.>", text, tenant, "run-1") for tenant in ("mine", "theirs"))
    async with live.watch(mine) as ada, live.watch(theirs) as eve:
        for tenant, stream in (("theirs", "run-1"), ("mine", "run-2"), ("mine", "run-1")):
            headers = {"ce-tenant": tenant, "ce-subject": stream}
            await broker.publish("live.events.x", f"{tenant} {stream}".encode(), headers=headers)
        await broker.publish("live.events.x", b"of nobody")
        assert names((await ada.take(5))[0]) == ["mine run-1"]
        assert names((await eve.take(5))[0]) == ["theirs run-1"]


async def test_a_message_that_cannot_be_read_is_passed_over(broker: Client) -> None:
    live = Live(broker)
    async with live.watch(Topic("live.broken", broken)) as mailbox:
        await broker.publish("live.broken", b"x")
        assert await mailbox.take(0.2) == ((), False)
