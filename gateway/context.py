"""One request's view of the services: who asks, and what has been answered already."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

import grpc
import strawberry
from google.protobuf.message import Message
from starlette.requests import HTTPConnection

from gateway.batches import Batches
from gateway.links import Links
from gateway.live import Live
from gateway.looks import Looks
from gateway.positions import Positions
from gateway.rates import Rates
from gateway.stubs import Stubs
from kernel.call import Call, enter
from kernel.client import Neighbours
from kernel.errors import Exhausted, Unauthenticated
from kernel.grants import Grant, Verifier
from kernel.ids import new_id

MOST_READS = 100
MOST_ROWS = 1_000
ROWS_UNSAID = 100  # a page without a size: 50 of most things, 200 lines of a log
MOST_AT_ONCE = 16
Request = TypeVar("Request", bound=Message)
Answer = TypeVar("Answer", bound=Message)


@dataclass(frozen=True, slots=True)
class Backend:
    """What all requests share."""

    neighbours: Neighbours
    stubs: Stubs
    verifier: Verifier
    positions: Positions
    live: Live
    links: Links
    rates: Rates
    looks: Looks = field(default_factory=Looks)


@dataclass(frozen=True, slots=True)
class Caller:
    """A verified grant and the token it came in; both empty for somebody unknown."""

    token: str = ""
    grant: Grant | None = None


async def authenticate(backend: Backend, header: str) -> Caller:
    """The caller behind an `authorization` header, nobody for an empty one; raises Unauthenticated."""
    if not header:
        return Caller()
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("send the grant as `authorization: Bearer <grant>`")
    return Caller(token, await backend.verifier.verify(token))


class Context:
    """One GraphQL operation.

    Each different read goes out once, those of one kind together in one call, MOST_AT_ONCE calls side by side; no more
    than MOST_READS of them, nor of more than MOST_ROWS rows in pages: aliases multiply both.
    """

    def __init__(self, backend: Backend, caller: Caller) -> None:
        self.backend = backend
        self.stubs = backend.stubs
        self.links = backend.links
        self._caller = caller
        self._reads: dict[tuple[str, bytes], asyncio.Task[Any]] = {}
        self._batches = Batches(backend.neighbours, self._call)
        self._asked = self._rows = 0
        self._slots = asyncio.Semaphore(MOST_AT_ONCE)

    def enter(self) -> None:
        """Makes this operation the current call of this task."""
        enter(Call("graphql", self._caller.grant, self._caller.token))

    @property
    def caller(self) -> Grant:
        """Who asks; raises Unauthenticated for nobody."""
        if self._caller.grant is None:
            raise Unauthenticated("log in and send the grant as `authorization: Bearer <grant>`")
        return self._caller.grant

    async def ask(
        self, method: "grpc.UnaryUnaryMultiCallable[Request, Answer]", request: Request, *, again: bool = False
    ) -> Answer:
        """Calls a reading RPC, once per request however many fields need it; `again` forgets all that was read."""
        if again:
            self.forget()
        self._count_rows(request)
        place = request.DESCRIPTOR.full_name, request.SerializeToString(deterministic=True)
        if place not in self._reads:
            self._count_read()
            self._reads[place] = asyncio.create_task(self._read(method, request))
        answer: Answer = await self._reads[place]
        return answer

    def _count_rows(self, request: Message) -> None:
        """Of a page that has been read already as well: it is answered once more."""
        self._rows += max(0, getattr(request, "page_size", 0)) or (ROWS_UNSAID if hasattr(request, "page_size") else 0)
        if self._rows > MOST_ROWS:
            sentence = f"the request asks for more than {MOST_ROWS} rows in all its pages; ask for smaller pages"
            raise Exhausted(sentence, reason="LIMIT")

    def _count_read(self) -> None:
        self._asked += 1
        if self._asked > MOST_READS:
            sentence = f"the request reads more than {MOST_READS} things one by one; ask for a smaller page"
            raise Exhausted(sentence, reason="LIMIT")

    def forget(self) -> None:
        """What is asked for from here on is read again, and counted anew."""
        self._reads.clear()
        self._asked = self._rows = 0

    async def _read(self, method: "grpc.UnaryUnaryMultiCallable[Request, Answer]", request: Request) -> Any:
        return await self._batches.read(method, request)

    async def _call(self, context: str, method: Any, request: Message) -> Any:
        after = self.backend.positions.after(self._session, context)
        async with self._slots:
            return await self.backend.neighbours.call(method, request, token=self._caller.token, after=after)

    async def command(
        self, method: "grpc.UnaryUnaryMultiCallable[Request, Answer]", request: Request, key: str | None
    ) -> Answer:
        """Calls a changing RPC under the idempotency key and remembers its position for this session's reads."""
        answer: Any = await self.backend.neighbours.call(
            method, request, token=self._caller.token, key=key or f"gateway-{new_id()}"
        )
        self.backend.positions.saw(self._session, context_of(request), answer.position)
        self._reads.clear()
        return answer  # type: ignore[no-any-return]

    @property
    def _session(self) -> str:
        return self._caller.grant.subject if self._caller.grant else ""


def context_of(request: Message) -> str:
    """`neuralforge.training.v1.GetRunRequest` goes to `training`."""
    return request.DESCRIPTOR.full_name.split(".")[1]


def backend_of(connection: HTTPConnection) -> Backend:
    """The shared parts, which the application's lifespan has opened."""
    backend = connection.app.state.backend
    assert isinstance(backend, Backend)
    return backend


Info: TypeAlias = strawberry.Info[Context, None]
