"""A GraphQL client as the web client is one: `/auth/*` for sessions, `/graphql` by HTTP and graphql-transport-ws."""

import asyncio
import contextlib
import json
import secrets
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from types import TracebackType
from typing import Any

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from cli.failures import Failure

HEADERS = {"X-NF-Client": "neuralforge-cli"}
RENEW_SECONDS = 60
DRAWN_OUT_SECONDS = 60
PATIENCE_SECONDS = 300
AGAIN_SECONDS = 0.2
GRANT_EXPIRED = 4403


class Client:
    """One person's session with a platform at `url`. Use as an async context manager."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._http = httpx.AsyncClient(base_url=url, headers=HEADERS, timeout=DRAWN_OUT_SECONDS, trust_env=False)
        self._session: dict[str, Any] = {}
        self._renew_at = 0.0

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def sign_in(self, email: str, password: str, name: str) -> bool:
        """Logs in, or registers where there is no such account; returns whether it registered."""
        login = await self._http.post("/auth/login", json={"email": email, "password": password})
        if login.status_code == 200:
            self._open(login)
            return False
        answer = await self._http.post("/auth/register", json={"email": email, "password": password, "name": name})
        if answer.status_code == 409:
            raise Failure(f"cannot sign in: {login.json()['error']['message']}")
        self._open(answer)
        return True

    def _open(self, answer: httpx.Response) -> None:
        body = answer.json()
        if answer.status_code != 200:
            raise Failure(f"cannot sign in: {body['error']['message']}")
        self._session = body
        self._renew_at = time.monotonic() + body["expires_in"] - RENEW_SECONDS

    async def _token(self) -> str:
        if time.monotonic() > self._renew_at:
            body = {"refresh_token": self._session["refresh_token"]}
            self._open(await self._http.post("/auth/refresh", json=body))
        return f"Bearer {self._session['access_token']}"

    async def ask(self, document: str, /, **variables: Any) -> Any:
        """The one field a query or mutation asks for; a Refusal becomes a Failure with its sentence."""
        headers = {"Authorization": await self._token()}
        body = {"query": document, "variables": variables}
        answer = (await self._http.post("/graphql", json=body, headers=headers)).json()
        if errors := answer.get("errors"):
            raise Failure(errors[0]["message"])
        (value,) = answer["data"].values()
        if isinstance(value, dict) and value.get("__typename") == "Refusal":
            raise Failure(value["message"])
        return value

    async def until(self, document: str, done: Callable[[Any], bool], /, *, what: str, **variables: Any) -> Any:
        """Asks again until the answer is `done`; raises Failure naming `what` when that takes too long."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not done(answer := await self.ask(document, **variables)):
            if time.monotonic() > deadline:
                raise Failure(f"{what} did not end within {PATIENCE_SECONDS} s; see the logs in the data folder")
            await asyncio.sleep(AGAIN_SECONDS)
        return answer

    async def subscribe(self, document: str, /, **variables: Any) -> AsyncGenerator[Any, None]:
        """The values of the one field a subscription asks for, until the server completes it.

        A connection ends with its grant; the next one begins again with the present value.
        """
        while True:
            try:
                async with contextlib.aclosing(self._subscribe(document, variables)) as values:
                    async for value in values:
                        yield value
                return
            except ConnectionClosed as closed:
                if closed.rcvd is None or closed.rcvd.code != GRANT_EXPIRED:
                    raise Failure("the platform ended the connection; see its log") from closed

    async def _subscribe(self, document: str, variables: Mapping[str, Any]) -> AsyncGenerator[Any, None]:
        address = self._url.replace("http", "ws", 1) + "/graphql"
        protocols = [Subprotocol("graphql-transport-ws")]
        async with connect(address, subprotocols=protocols, proxy=None, max_size=None) as socket:
            await socket.send(_frame("connection_init", payload={"authorization": await self._token()}))
            id = secrets.token_hex(4)
            while True:
                message = json.loads(await socket.recv())
                match message["type"]:
                    case "connection_ack":
                        payload = {"query": document, "variables": variables}
                        await socket.send(_frame("subscribe", id=id, payload=payload))
                    case "ping":
                        await socket.send(_frame("pong"))
                    case "next":
                        if errors := message["payload"].get("errors"):
                            raise Failure(errors[0]["message"])
                        (value,) = message["payload"]["data"].values()
                        yield value
                    case "error":
                        raise Failure(message["payload"][0]["message"])
                    case "complete":
                        return

    async def download(self, url: str) -> bytes:
        """A file of the platform, by the address an answer gave."""
        answer = await self._http.get(url)
        if answer.status_code != 200:
            raise Failure(f"a file could not be downloaded (status {answer.status_code})")
        return answer.content


def _frame(type: str, **rest: Any) -> str:
    return json.dumps({"type": type, **rest})
