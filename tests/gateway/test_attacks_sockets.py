"""Attacks on a WebSocket: floods, messages out of order, ids and payloads that cost; each ends in a sentence."""

import asyncio
from typing import Any

import orjson
import pytest

from gateway.context import Context
from gateway.rates import Rates
from gateway.sockets import MOST_OPERATIONS
from kernel.rates import Rate
from tests.gateway.conftest import Opened
from tests.gateway.hostile import BODIES, DOCUMENTS
from tests.gateway.test_sockets import closed
from tests.gateway.web import Socket, Visitor

WATCH = "subscription($id: ID!) { architectureEdits(architectureId: $id) { __typename } }"
ME = "{ me { user { id } } }"


async def test_one_subscription_too_many_is_refused_and_the_rest_go_on(
    ada: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No read is answered, so that all are there at once."""
    begun = asyncio.Semaphore(0)

    async def waiting(*given: object, **named: object) -> None:
        begun.release()
        await asyncio.Event().wait()

    monkeypatch.setattr(Context, "ask", waiting)
    async with ada.connected() as client:
        for number in range(MOST_OPERATIONS):
            await client.subscribe(f"s{number}", ME)
        for _ in range(MOST_OPERATIONS):
            await begun.acquire()
        for number in range(100):
            await client.subscribe(f"more{number}", ME)
            refused = await client.next()
            assert (refused["id"], refused["type"]) == (f"more{number}", "error")
            assert refused["payload"][0]["message"] == "a connection runs at most 30 operations; end one first"
        await client.send(id="s0", type="complete")
        await client.send(type="ping")
        assert await client.next() == {"type": "pong"}
        await client.subscribe("again", ME)
        await begun.acquire()


async def test_operations_on_sockets_are_counted_like_requests(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(requests_per_minute=0) as visitor:
        await visitor.register("ada")
        monkeypatch.setattr(Rates, "count_request", Spent().count_request)
        sockets = [visitor.connected() for _ in range(3)]
        clients = [await socket.__aenter__() for socket in sockets]
        for number in range(10):
            await clients[number % 3].subscribe(str(number), ME)
        answers = [await clients[number % 3].next() for number in range(10)]
        for socket in sockets:
            await socket.__aexit__(None, None, None)
    refused = [answer for answer in answers if answer["type"] == "error"]
    assert len(refused) >= 2
    assert "requests" in refused[0]["payload"][0]["message"]


class Spent:
    """A budget of three operations, whoever asks."""

    def __init__(self) -> None:
        self._rate = Rate("3 per hour", "requests")

    def count_request(self, connection: object, caller: object) -> None:
        self._rate.count("everybody")


async def test_sockets_that_say_nothing_are_closed_and_others_go_on(ada: Visitor) -> None:
    async with asyncio.TaskGroup() as group:
        silent = [group.create_task(_silence(ada)) for _ in range(40)]
        async with ada.connected() as client:
            await client.subscribe("a", ME)
            assert (await client.next())["type"] == "next"
    assert {task.result() for task in silent} == {(4408, "send connection_init within 5 s")}


async def _silence(visitor: Visitor) -> tuple[int, str]:
    async with visitor.socket() as socket:
        await socket.send('{"type": "pong"}')
        return await closed(socket)


OUT_OF_ORDER: dict[str, tuple[dict[str, Any], int, str]] = {
    "twice": ({"type": "connection_init"}, 4429, "send connection_init once"),
    "ack from a client": ({"type": "connection_ack"}, 4400, "a message needs a type"),
    "next from a client": ({"type": "next", "id": "a"}, 4400, "a message needs a type"),
    "a type that is an object": ({"type": {"a": 1}}, 4400, "a message needs a type"),
    "no id": ({"type": "subscribe", "payload": {"query": ME}}, 4400, "subscribe needs an id of 1 to 100 characters"),
    "a long id": (
        {"type": "subscribe", "id": "a" * 101, "payload": {"query": ME}},
        4400,
        "subscribe needs an id of 1 to 100 characters",
    ),
    "an id that is no text": ({"type": "subscribe", "id": ["a"]}, 4400, "subscribe needs an id of 1 to 100 characters"),
    "no payload": ({"type": "subscribe", "id": "a"}, 4400, 'send {"query": text'),
    "a batch": ({"type": "subscribe", "id": "a", "payload": [{"query": ME}]}, 4400, 'send {"query": text'),
}


@pytest.mark.parametrize("name", OUT_OF_ORDER)
async def test_a_message_out_of_order_ends_the_connection(ada: Visitor, name: str) -> None:
    message, code, reason = OUT_OF_ORDER[name]
    async with ada.connected() as client:
        await client.send(**message)
        ended = await closed(client.socket)
    assert ended[0] == code
    assert ended[1].startswith(reason)


async def test_bytes_that_are_no_text_end_the_connection(ada: Visitor) -> None:
    async with ada.connected() as client:
        await client.socket.send(b"\xff\xfe", text=True)
        assert (await closed(client.socket))[0] == 1007


async def test_to_complete_what_does_not_run_costs_nothing(ada: Visitor) -> None:
    async with ada.connected() as client:
        for id in ("nothing", None, 7, {"a": "b"}):
            await client.send(type="complete", id=id)
        await client.socket.send('{"type":"complete","id":' + "[" * 900 + "]" * 900 + "}")
        await client.send(type="ping")
        assert await client.next() == {"type": "pong"}


async def test_attacks_by_document_are_refused_on_a_socket_too(ada: Visitor) -> None:
    async with ada.connected() as client:
        for name in ("fragment bomb", "circular fragments", "alias overload", "introspection", "unknown fields"):
            await client.subscribe(name, DOCUMENTS[name])
            message = await client.next()
            assert (message["type"], message["id"]) == ("error", name)
            assert len(message["payload"]) <= 6


async def test_variables_out_of_bounds_are_refused_on_a_socket_too(ada: Visitor) -> None:
    async with ada.connected() as client:
        await client.subscribe("many", WATCH, id=["x"] * 9_000)
        assert (await client.next())["payload"][0]["message"].startswith(
            "the fields are given more than 6200 values by variables"
        )
        deep = orjson.loads(BODIES["deep JSON in a variable"])["variables"]["v"]
        payload = b'{"query":"%s","variables":{"id":"x","deep":%s}}' % (WATCH.encode(), _text(deep))
        await client.socket.send(b'{"id":"deep","type":"subscribe","payload":%s}' % payload, text=True)
        message = await client.next()
        assert message["payload"][0]["message"].startswith("the variables cannot be written as JSON")


def _text(deep: object) -> bytes:
    """Nested lists, written without recursion."""
    depth = 0
    while isinstance(deep, list):
        depth, deep = depth + 1, deep[0] if deep else None
    return b"[" * depth + b"]" * depth


async def test_a_flood_of_pings_is_answered_in_order(ada: Visitor) -> None:
    async with ada.connected() as client:
        sending = asyncio.create_task(_pings(client, 2_000))
        assert [await client.next() for _ in range(2_000)] == [{"type": "pong"}] * 2_000
        await sending


async def _pings(client: Socket, count: int) -> None:
    for _ in range(count):
        await client.send(type="ping")
