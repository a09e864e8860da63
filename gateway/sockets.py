"""GraphQL over WebSocket: the protocol graphql-transport-ws, one connection per signed-in client.

A connection lives as long as the grant it began with; a client then connects again with a fresh one.
"""

import asyncio
import contextlib
import time
from typing import Any

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from gateway.context import Caller, Context, authenticate, backend_of
from gateway.endpoint import read_asked
from gateway.errors import unexpected
from gateway.operations import Asked, Operations, Unanswerable
from gateway.tracing import annotate_operation, operation_span
from kernel.errors import DomainError, Exhausted

PROTOCOL = "graphql-transport-ws"
INIT_SECONDS = 5.0
MOST_OPERATIONS = 30
LONGEST_ID = 100
MOST_REASON_BYTES = 120


class Closing(Exception):
    """The connection ends with this code, and this reason for people."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode()[:MOST_REASON_BYTES].decode(errors="ignore")


class Sockets:
    """The WebSocket side of GraphQL."""

    def __init__(self, operations: Operations, *, init_seconds: float = INIT_SECONDS) -> None:
        self._operations = operations
        self._init_seconds = init_seconds

    async def serve(self, socket: WebSocket) -> None:
        offered = PROTOCOL in socket.scope["subprotocols"]
        await socket.accept(subprotocol=PROTOCOL if offered else None)
        if not offered:
            await socket.close(4406, f"speak the WebSocket subprotocol {PROTOCOL}")
            return
        await Connection(socket, self._operations).serve(self._init_seconds)


class Connection:
    """One client: first `connection_init` with its grant, then operations side by side."""

    def __init__(self, socket: WebSocket, operations: Operations) -> None:
        self._socket = socket
        self._operations = operations
        self._backend = backend_of(socket)
        self._caller: Caller | None = None
        self._running: dict[str, asyncio.Task[None]] = {}

    async def serve(self, init_seconds: float) -> None:
        """Until the client leaves, breaks the protocol, or its grant ends."""
        try:
            async with asyncio.timeout(init_seconds) as deadline:
                while True:
                    await self._take(_message(await self._text()), deadline)
        except Closing as closing:
            await self._close(closing)
        except TimeoutError:
            await self._close(
                Closing(4403, "the grant has expired; refresh the session and connect again")
                if self._caller
                else Closing(4408, f"send connection_init within {init_seconds:g} s")
            )
        except WebSocketDisconnect:
            return  # the client has left: there is nobody to tell
        finally:
            await self._stop()

    async def _text(self) -> str:
        try:
            return await self._socket.receive_text()
        except KeyError as error:
            raise Closing(4400, "a message must be text, not binary") from error

    async def _take(self, message: dict[str, Any], deadline: asyncio.Timeout) -> None:
        match message.get("type"):
            case "connection_init":
                await self._begin(message.get("payload"), deadline)
            case "ping":
                await self._send({"type": "pong"})
            case "pong":
                pass
            case "subscribe":
                await self._subscribe(message)
            case "complete":
                id = message.get("id")
                if isinstance(id, str) and (task := self._running.get(id)):
                    task.cancel()
            case _:
                raise Closing(4400, "a message needs a type of the protocol graphql-transport-ws")

    async def _begin(self, payload: Any, deadline: asyncio.Timeout) -> None:
        if self._caller:
            raise Closing(4429, "send connection_init once")
        given = payload.get("authorization") if isinstance(payload, dict) else None
        if not isinstance(given, str) or not given:
            raise Closing(4403, 'send connection_init with {"authorization": "Bearer <grant>"}')
        try:
            self._caller = await authenticate(self._backend, given)
        except DomainError as error:
            raise Closing(4403, error.message) from error
        assert self._caller.grant
        left = self._caller.grant.expires - time.time()
        deadline.reschedule(asyncio.get_running_loop().time() + left)
        await self._send({"type": "connection_ack"})

    async def _subscribe(self, message: dict[str, Any]) -> None:
        id = message.get("id")
        if self._caller is None:
            raise Closing(4401, "send connection_init first")
        if not isinstance(id, str) or not 1 <= len(id) <= LONGEST_ID:  # each frame repeats it
            raise Closing(4400, f"subscribe needs an id of 1 to {LONGEST_ID} characters")
        if id in self._running:
            raise Closing(4409, f"there is a subscriber with the id {id} already")
        try:
            asked = read_asked(message.get("payload"))
            self._within_bounds()
        except ValueError as error:
            raise Closing(4400, str(error)) from error
        except Exhausted as error:
            payload = [{"message": error.message, "extensions": {"code": error.reason}}]
            await self._send({"id": id, "type": "error", "payload": payload})
            return
        context = Context(self._backend, self._caller)
        self._running[id] = asyncio.create_task(self._run(id, asked, context))

    def _within_bounds(self) -> None:
        """Raises Exhausted for one operation too many at once, or within a minute."""
        assert self._caller
        if len(self._running) >= MOST_OPERATIONS:
            raise Exhausted(f"a connection runs at most {MOST_OPERATIONS} operations; end one first", reason="LIMIT")
        self._backend.rates.count_request(self._socket, self._caller)

    async def _run(self, id: str, asked: Asked, context: Context) -> None:
        with operation_span(self._socket):
            await self._answer(id, asked, context)

    async def _answer(self, id: str, asked: Asked, context: Context) -> None:
        context.enter()
        head = b'{"id":' + orjson.dumps(id) + b',"type":"next","payload":'
        try:
            prepared = self._operations.prepare(asked)
            annotate_operation(prepared)
            async with contextlib.aclosing(self._operations.stream(prepared, asked.variables, context)) as answers:
                async for answer in answers:
                    await self._socket.send_text((head + answer + b"}").decode())
            end: dict[str, Any] = {"id": id, "type": "complete"}
        except Unanswerable as error:
            end = {"id": id, "type": "error", "payload": error.errors}
        except (WebSocketDisconnect, asyncio.CancelledError):
            return
        except Exception as error:
            end = {"id": id, "type": "error", "payload": [{"message": unexpected(error)}]}
        finally:
            self._running.pop(id, None)
        await self._send(end)

    async def _send(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(WebSocketDisconnect):
            await self._socket.send_text(orjson.dumps(message).decode())

    async def _close(self, closing: Closing) -> None:
        if self._socket.application_state is WebSocketState.CONNECTED:
            await self._socket.close(closing.code, closing.reason)

    async def _stop(self) -> None:
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _message(text: str) -> dict[str, Any]:
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Closing(4400, "a message must be JSON") from error
    if not isinstance(message, dict):
        raise Closing(4400, "a message must be a JSON object")
    return message
