"""One request's view of the services: who asks, and what has been answered already."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

import grpc
import strawberry
from google.protobuf.message import Message
from starlette.requests import HTTPConnection

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

    The contracts have no batch RPCs, so reads asked for in a loop go out side by side, each different one once, and
    no more than MOST_READS of them.
    """

    def __init__(self, backend: Backend, caller: Caller) -> None:
        self.backend = backend
        self.stubs = backend.stubs
        self.links = backend.links
        self._caller = caller
        self._reads: dict[tuple[str, bytes], asyncio.Task[Any]] = {}
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
        place = request.DESCRIPTOR.full_name, request.SerializeToString(deterministic=True)
        if place not in self._reads:
            if len(self._reads) >= MOST_READS:
                raise Exhausted(
                    f"the request reads more than {MOST_READS} things one by one; ask for a smaller page",
                    reason="LIMIT",
                )
            self._reads[place] = asyncio.create_task(self._read(method, request))
        answer: Answer = await self._reads[place]
        return answer

    def forget(self) -> None:
        """What is asked for from here on is read again."""
        self._reads.clear()

    async def _read(self, method: "grpc.UnaryUnaryMultiCallable[Request, Answer]", request: Request) -> Any:
        after = self.backend.positions.after(self._session, context_of(request))
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
