"""Every field of the gateway by every principal, over HTTP and WebSocket as the studio asks."""

import asyncio
from collections.abc import Iterator
from typing import Any

import orjson
from websockets.exceptions import ConnectionClosed

from neuralforge.access.v1.access_pb2 import Role
from tests.gateway.web import Visitor
from tests.walls.documents import document, fields
from tests.walls.fields import FIELDS
from tests.walls.matrix import AT_ONCE, IN, Answer, Sees, told
from tests.walls.operations import Kind, Operation
from tests.walls.world import Principal, World

# The gateway passes grants on and checks none: variants of the others, and what no browser holds, ask over gRPC only.
ELSEWHERE = (
    "creator, a viewer now",
    "viewer's key",
    "visitor of another public project",
    "foreign job",
    "foreign service",
)
HIDDEN = ("NOT_FOUND", "DENIED", "UNAUTHENTICATED")


async def findings(world: World, nobody: Visitor, sees: Sees) -> list[str]:
    """What is wrong with the answers to every field, a line each."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def judged(name: str, principal: Principal) -> list[str]:
        async with slots:
            answer = await ask(world, nobody, name, principal)
        wrong = judge(world, FIELDS[name], principal, answer, sees)
        return [f"{name} as {principal.name}: {each}" for each in wrong]

    asking = [principal for principal in world.principals if principal.name not in ELSEWHERE]
    cells = [(name, principal) for name in FIELDS if name in fields() for principal in asking]
    ordered = sorted(cells, key=lambda cell: sees(cell[1]))  # who may change things comes last
    return [wrong for found in await asyncio.gather(*(judged(*cell) for cell in ordered)) for wrong in found]


async def ask(world: World, nobody: Visitor, name: str, principal: Principal) -> Answer:
    """The code of what went wrong, IN where nothing did, and the whole answer."""
    visitor = Visitor(nobody.base, nobody.http, {"access_token": principal.token("")})
    values = FIELDS[name].values(world.things)
    query = document(name, FIELDS[name].given)
    if name.startswith("Subscription."):
        answer = await first_answer(visitor, query, values)
    else:
        answer = (await visitor.send(query, values)).json()
    return Answer(code(answer), orjson.dumps(answer))


async def first_answer(visitor: Visitor, query: str, values: dict[str, Any]) -> dict[str, Any]:
    """What a subscriber is told first."""
    try:
        async with visitor.connected() as socket:
            await socket.subscribe("1", query, **values)
            message = await socket.next()
            payload: Any = message["payload"]
            return payload if message["type"] == "next" else {"errors": payload}
    except ConnectionClosed as closed:
        reason = closed.rcvd.reason if closed.rcvd else ""
        return {"errors": [{"message": reason, "extensions": {"code": "UNAUTHENTICATED"}}]}


def code(answer: dict[str, Any]) -> str:
    """The word for programs in an answer: of its first error, or of the refusal it is."""
    if errors := answer.get("errors"):
        found: str = errors[0]["extensions"]["code"]
        return found
    for value in answer["data"].values():
        if isinstance(value, dict) and value.get("__typename") == "Refusal":
            return str(value["code"])
    return IN


def judge(world: World, operation: Operation, principal: Principal, answer: Answer, sees: Sees) -> Iterator[str]:
    closed = operation.kind in (Kind.PROJECT, Kind.MANAGED) and not sees(principal)
    if answer.code in ("INTERNAL", "INVALID_REQUEST", "UNAVAILABLE", "LIMIT"):
        yield f"failed with {answer.code}: {answer.said[:300]!r}"
    elif operation.kind is Kind.OPEN and answer.code in HIDDEN[1:]:
        yield f"is for everybody, and refused with {answer.code}"
    elif operation.kind is not Kind.OPEN and not principal.role and answer.code != "UNAUTHENTICATED":
        yield f"was to ask for a grant, and says {answer.code}"
    elif closed and answer.code not in HIDDEN:
        yield f"was to be refused, and is {answer.code}"
    elif operation.kind is Kind.PROJECT and sees(principal) and answer.code in _never(principal):
        yield f"was to get in, and is refused with {answer.code}: {answer.said[:300]!r}"
    yield from told(world, operation, principal, answer, sees)


def _never(principal: Principal) -> tuple[str, ...]:
    """The refusals that may not meet somebody for whom the project exists; viewers and services may not do all."""
    everything = not principal.bound and Role.ROLE_MEMBER <= principal.role <= Role.ROLE_OWNER
    return HIDDEN if everything else ("NOT_FOUND", "UNAUTHENTICATED")
