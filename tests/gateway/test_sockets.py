"""graphql-transport-ws over a real WebSocket: who is let in, and how a connection ends."""

import time
from contextlib import AbstractAsyncContextManager

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from kernel.grants import Grant
from neuralforge.access.v1.access_pb2 import Role
from tests.gateway.test_graphql import signed
from tests.gateway.test_limits import HOSTILE
from tests.gateway.web import Socket, Visitor

ME = "{ me { user { id } } }"


async def closed(socket: ClientConnection) -> tuple[int, str]:
    """The code and the reason the server ends the connection with."""
    with pytest.raises(ConnectionClosed) as end:
        while True:
            await socket.recv()
    assert end.value.rcvd
    return end.value.rcvd.code, end.value.rcvd.reason


async def first(opening: AbstractAsyncContextManager[ClientConnection], *texts: str | bytes) -> tuple[int, str]:
    """How a connection ends on which these messages are sent."""
    async with opening as socket:
        for text in texts:
            await socket.send(text)
        return await closed(socket)


async def test_the_legacy_protocol_is_refused(visitor: Visitor) -> None:
    ended = await first(visitor.socket("graphql-ws"))
    assert ended == (4406, "speak the WebSocket subprotocol graphql-transport-ws")


async def test_who_says_nothing_is_sent_away(visitor: Visitor) -> None:
    assert await first(visitor.socket()) == (4408, "send connection_init within 5 s")


PROTOCOL_ERRORS: dict[str, tuple[str | bytes, int, str]] = {
    "no grant": ('{"type": "connection_init"}', 4403, "send connection_init with"),
    "a forged grant": (
        '{"type": "connection_init", "payload": {"authorization": "Bearer a.b.c"}}',
        4403,
        "the grant was not signed here",
    ),
    "too early": (
        '{"type": "subscribe", "id": "1", "payload": {"query": "{ a }"}}',
        4401,
        "send connection_init first",
    ),
    "binary": (b"{}", 4400, "a message must be text"),
    "no JSON": ("{", 4400, "a message must be JSON"),
    "no object": ("[]", 4400, "a message must be a JSON object"),
    "no type": ('{"type": "start"}', 4400, "a message needs a type"),
    "too large": ('"' + "x" * 100_001 + '"', 1009, ""),
}


@pytest.mark.parametrize("name", PROTOCOL_ERRORS)
async def test_who_breaks_the_protocol_is_told_how(visitor: Visitor, name: str) -> None:
    text, code, reason = PROTOCOL_ERRORS[name]
    ended = await first(visitor.socket(), text)
    assert ended[0] == code
    assert ended[1].startswith(reason)


async def test_queries_run_side_by_side_on_one_connection(ada: Visitor) -> None:
    async with ada.connected() as client:
        await client.send(type="ping")
        assert await client.next() == {"type": "pong"}
        for id in ("a", "b"):
            await client.subscribe(id, ME)
        messages = [await client.next() for _ in range(4)]
        for id in ("a", "b"):
            mine = [message for message in messages if message["id"] == id]
            assert [message["type"] for message in mine] == ["next", "complete"]
            assert mine[0]["payload"]["data"]["me"]["user"]["id"] == ada.session["user"]["id"]


async def test_limits_hold_on_a_connection_too(ada: Visitor) -> None:
    async with ada.connected() as client:
        for name in ("tokens", "nesting", "aliases"):
            document, sentence = HOSTILE[name]
            await client.subscribe(name, document)
            message = await client.next()
            assert (message["type"], message["id"]) == ("error", name)
            assert sentence in message["payload"][0]["message"]


async def test_an_id_in_use_closes_the_connection(ada: Visitor) -> None:
    async with ada.connected() as client:
        await client.subscribe("a", ME)
        await client.subscribe("a", ME)
        assert (await closed(client.socket))[0] == 4409


async def test_a_connection_ends_with_its_grant(ada: Visitor) -> None:
    grant = Grant(ada.session["user"]["id"], ada.session["organisation"]["id"], Role.ROLE_OWNER, time.time() + 2)
    async with ada.socket() as socket:
        client = Socket(socket)
        await client.send(type="connection_init", payload={"authorization": f"Bearer {signed(ada, grant)}"})
        assert await client.next() == {"type": "connection_ack"}
        assert await closed(socket) == (4403, "the grant has expired; refresh the session and connect again")
