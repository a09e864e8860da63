"""Every operation by every principal: what each should be answered, by rules written down here once more, and is."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import grpc
from google.protobuf.message import Message
from google.rpc.code_pb2 import Code
from google.rpc.status_pb2 import Status

from kernel.batch import BATCH
from kernel.grants import PERSONS
from kernel.methods import Method, method
from kernel.settings import CONTEXTS
from neuralforge.access.v1.access_pb2 import Role
from neuralforge.batch.v1.service_pb2 import ReadRequest, ReadResponse
from tests.walls.operations import Kind, Operation
from tests.walls.rpcs import RPCS
from tests.walls.world import MARK, Principal, Things, World

AT_ONCE = 8
IN = "in"
REFUSALS = ("UNAUTHENTICATED", "PERMISSION_DENIED", "NOT_FOUND")
FAULTS = ("INTERNAL", "UNKNOWN", "UNAVAILABLE", "DEADLINE_EXCEEDED")
Sees = Callable[[Principal], bool]


@dataclass(frozen=True)
class Cell:
    """One operation asked for by one principal, and what is to come of it."""

    name: str
    operation: Operation
    principal: Principal
    wanted: str


@dataclass(frozen=True)
class Answer:
    """The status code, and everything that was said."""

    code: str
    said: bytes


Ask = Callable[[World, str, Message, str], Awaitable[Answer]]


@cache
def paths() -> dict[str, str]:
    """The path of every RPC there is, by context.Service.Method, from the descriptors."""
    found = {}
    for context in CONTEXTS:
        contract = import_module(f"neuralforge.{context}.v1.service_pb2").DESCRIPTOR
        for service in contract.services_by_name.values():
            for each in service.methods:
                found[f"{context}.{service.name}.{each.name}"] = f"/{service.full_name}/{each.name}"
    return found


def rpc(name: str) -> Method:
    found = method(paths()[name])
    assert found
    return found


def cells(world: World, sees: Sees) -> Sequence[Cell]:
    """The whole matrix, where `sees` says for whom the closed project exists."""
    return [
        Cell(name, operation, principal, wanted(rpc(name), operation.kind, principal, sees(principal)))
        for name, operation in RPCS.items()
        if name in paths()
        for principal in world.principals
    ]


def wanted(rpc: Method, kind: Kind, principal: Principal, sees: bool) -> str:
    """IN, or the code it has to be refused with."""
    if Role.ROLE_PUBLIC in rpc.roles:
        return IN
    if not principal.role:
        return "UNAUTHENTICATED"
    if not _covered(rpc.roles, principal.role):
        return "PERMISSION_DENIED"
    if principal.bound and (not rpc.within_project or principal.role < rpc.within_project):
        return "PERMISSION_DENIED"
    hidden = (kind in (Kind.PROJECT, Kind.MANAGED) and not sees) or (kind is Kind.JOB and principal.foreign)
    return "NOT_FOUND" if hidden else IN


def _covered(roles: Sequence[int], role: int) -> bool:
    least = min((each for each in roles if each in PERSONS), default=None)
    return role in roles or (role in PERSONS and least is not None and role >= least)


async def send(world: World, path: str, request: Message, token: str) -> Answer:
    """Asks over real gRPC, and takes everything that comes back, refusals too."""
    call: Any = world.platform.channel.unary_unary(path, request_serializer=lambda message: message.SerializeToString())
    metadata = [("authorization", f"Bearer {token}")] if token else []
    try:
        return Answer(IN, await call(request, metadata=metadata, timeout=60))
    except grpc.aio.AioRpcError as error:
        trailers = b"".join(
            value if isinstance(value, bytes) else value.encode() for _, value in error.trailing_metadata()
        )
        return Answer(error.code().name, (error.details() or "").encode() + trailers)


async def send_in_batch(world: World, path: str, request: Message, token: str) -> Answer:
    """The same as one read of a batch."""
    batch = ReadRequest(method=path, requests=[request.SerializeToString()])
    answer = await send(world, BATCH, batch, token)
    if answer.code != IN:
        return answer
    (outcome,) = ReadResponse.FromString(answer.said).outcomes
    if not outcome.status:
        return Answer(IN, outcome.response)
    status = Status.FromString(outcome.status)
    return Answer(Code.Name(status.code), outcome.status)


async def findings(world: World, asked: Sequence[Cell], sees: Sees, ask: Ask = send) -> list[str]:
    """What is wrong with the answers to those cells, a line each."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def judged(cell: Cell) -> list[str]:
        found = rpc(cell.name)
        request = found.request(**cell.operation.values(world.things))
        async with slots:
            answer = await ask(world, paths()[cell.name], request, cell.principal.token(found.context))
        return [f"{cell.name} as {cell.principal.name}: {wrong}" for wrong in judge(world, cell, answer, sees)]

    return [wrong for found in await asyncio.gather(*map(judged, asked)) for wrong in found]


def judge(world: World, cell: Cell, answer: Answer, sees: Sees) -> Iterator[str]:
    if answer.code == "UNIMPLEMENTED":
        return
    if answer.code in FAULTS:
        yield f"failed with {answer.code}: {answer.said[:200]!r}"
    elif cell.wanted != IN and answer.code != cell.wanted:
        yield f"was to be refused with {cell.wanted}, and is {answer.code}"
    elif cell.wanted == IN and cell.operation.kind is Kind.PROJECT and answer.code in REFUSALS:
        yield f"was to get in, and is refused with {answer.code}: {answer.said[:200]!r}"
    yield from told(world, cell.operation, cell.principal, answer, sees)


def told(world: World, operation: Operation, principal: Principal, answer: Answer, sees: Sees) -> Iterator[str]:
    """What the answer should not have said."""
    for secret in sorted(_secrets(world, operation, principal, sees)):
        if secret.encode() in answer.said:
            yield f"is told {secret}"


def _secrets(world: World, operation: Operation, principal: Principal, sees: Sees) -> set[str]:
    """What must not be in the answer, besides what was in the question."""
    things = world.things
    if sees(principal) or (principal.role == Role.ROLE_JOB and not principal.foreign):
        return set()
    known = {MARK}
    if principal.foreign or not principal.role:
        known |= things.ids | {things.tenant, things.person, world.ada.email}
    elif operation.kind is not Kind.ORGANISATION:  # its ledger names runs
        known |= things.ids
    if principal.role == Role.ROLE_JOB:  # its grant names them
        known -= {things.dataset, things.run, things.export}
    return known - set(strings(operation, things))


def strings(operation: Operation, things: Things) -> Iterator[str]:
    """The texts in a request."""
    for value in operation.values(things).values():
        texts = value if isinstance(value, list) else [value]
        yield from (text for text in texts if isinstance(text, str))
