"""A web client of the tests: signs in, sends GraphQL over HTTP and WebSocket."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.services.platform import PASSWORD, Platform

CLIENT = {"x-nf-client": "tests"}


@dataclass
class Visitor:
    """Somebody at one gateway; `register` gives them an account."""

    base: str
    http: httpx.AsyncClient
    session: dict[str, Any] = field(default_factory=dict)
    platform: Platform = field(init=False)

    @property
    def bearer(self) -> dict[str, str]:
        token = self.session.get("access_token")
        return {"authorization": f"Bearer {token}"} if token else {}

    async def register(self, name: str) -> httpx.Response:
        email = f"{name}-{secrets.token_hex(4)}@example.com"
        answer = await self.post("/auth/register", {"email": email, "password": PASSWORD, "name": name})
        assert answer.status_code == 200, answer.text
        self.session = answer.json()
        return answer

    async def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return await self.http.post(path, json=body, headers=headers)

    async def send(self, query: str, variables: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
        """The raw answer to a GraphQL request."""
        body = {"query": query, "variables": variables or {}}
        return await self.http.post("/graphql", json=body, headers=CLIENT | self.bearer | headers)

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer without errors."""
        answer = (await self.send(query, variables)).json()
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    @asynccontextmanager
    async def socket(self, protocol: str = "graphql-transport-ws") -> AsyncIterator[ClientConnection]:
        address = self.base.replace("http", "ws") + "/graphql"
        async with connect(address, subprotocols=[Subprotocol(protocol)], proxy=None) as socket:
            yield socket

    @asynccontextmanager
    async def connected(self) -> AsyncIterator["Socket"]:
        """A socket that has been let in."""
        async with self.socket() as socket:
            client = Socket(socket)
            await client.send(type="connection_init", payload=self.bearer)
            assert await client.next() == {"type": "connection_ack"}
            yield client


@dataclass
class Socket:
    """JSON messages over one WebSocket."""

    socket: ClientConnection

    async def send(self, **message: Any) -> None:
        await self.socket.send(orjson.dumps(message).decode())

    async def next(self) -> dict[str, Any]:
        message: dict[str, Any] = orjson.loads(await self.socket.recv())
        return message

    async def subscribe(self, name: str, query: str, **variables: Any) -> None:
        await self.send(id=name, type="subscribe", payload={"query": query, "variables": variables})
