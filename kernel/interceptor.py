"""What happens around every RPC: grant, role, deadline, replay of commands, waiting for reads, errors, one log line."""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import grpc
import structlog
from google.protobuf.message import DecodeError, Message

from kernel.batch import BATCH, batch_handler
from kernel.call import Call, enter, with_position
from kernel.errors import Denied, DomainError, Rejected, Unauthenticated
from kernel.grants import PERSONS, Grant, Verifier, require
from kernel.log import EventLog, Key
from kernel.methods import Method, method
from kernel.metrics import REQUEST_SECONDS
from kernel.projection import Projector
from kernel.status import code_of, to_status
from kernel.trace import SERVER, annotate, failed, identifiers, span
from neuralforge.access.v1.access_pb2 import Role

DEFAULT_DEADLINE_SECONDS = 30.0
READ_WAIT_SECONDS = 1.0
MOST_REQUEST_BYTES = 16 * 1024 * 1024
MOST_KEY_CHARACTERS = 200
FAULTS = ("UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS")  # not the caller's
logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Room:
    """What the interceptor needs of the service behind an RPC."""

    log: EventLog
    projector: Projector | None


ServicerContext = grpc.aio.ServicerContext[Any, Any]
Handle = Callable[[Any, ServicerContext], Awaitable[Message]]


class Interceptor(grpc.aio.ServerInterceptor):
    """Enforces the contracts' method options; there is no other way into a service."""

    def __init__(self, rooms: Mapping[str, Room], verifier: Verifier) -> None:
        self._rooms = rooms
        self._verifier = verifier

    async def intercept_service(self, continuation: Any, details: grpc.HandlerCallDetails) -> Any:
        if details.method == BATCH:
            return batch_handler(lambda inner: self.intercept_service(continuation, inner), details)
        handler = await continuation(details)
        if handler is None or (found := method(details.method)) is None:
            return handler
        if not handler.unary_unary:
            raise TypeError(f"{details.method} streams; only unary RPCs are served")

        async def serve(data: bytes, context: ServicerContext) -> bytes:
            metadata = {key: value for key, value in context.invocation_metadata() or () if isinstance(value, str)}
            path = details.method.strip("/")
            with span(
                path,
                SERVER,
                parent=metadata.get("traceparent", ""),
                service=found.context,
                attributes={"rpc.system.name": "grpc", "rpc.method": path},
                expected=grpc.aio.AbortError,
            ):
                return await self._serve(found, handler.unary_unary, data, context, metadata)

        return grpc.unary_unary_rpc_method_handler(serve)

    async def _serve(
        self, rpc: Method, handle: Handle, data: bytes, context: ServicerContext, metadata: Mapping[str, str]
    ) -> bytes:
        start, code, grant = time.perf_counter(), grpc.StatusCode.OK, None
        try:
            grant = await self._authenticate(rpc, metadata)
            async with asyncio.timeout(
                min(context.time_remaining() or DEFAULT_DEADLINE_SECONDS, DEFAULT_DEADLINE_SECONDS)
            ):
                return await self._answer(rpc, handle, data, context, metadata, grant)
        except DomainError as error:
            code = code_of(error)
            await context.abort_with_status(to_status(error))
        except TimeoutError:
            code = grpc.StatusCode.DEADLINE_EXCEEDED
            await context.abort(code, f"{rpc.name} did not finish in time; try again, or allow it more time")
        except (grpc.aio.AbortError, asyncio.CancelledError):
            code = grpc.StatusCode.CANCELLED
            raise
        except Exception:
            code = grpc.StatusCode.INTERNAL
            logger.exception("request failed", method=rpc.name)
            await context.abort(code, f"{rpc.name} failed inside; the trace id for the operator is {identifiers()[0]}")
        finally:
            seconds = time.perf_counter() - start
            REQUEST_SECONDS.labels(rpc.context, rpc.name, code.name).observe(seconds)
            _tell_trace(code)
            logger.info(
                "request",
                method=rpc.name,
                code=code.name,
                milliseconds=round(seconds * 1000, 2),
                tenant=grant.tenant if grant else None,
            )
        raise AssertionError("unreachable: abort raises")

    async def _authenticate(self, rpc: Method, metadata: Mapping[str, str]) -> Grant | None:
        if Role.ROLE_PUBLIC in rpc.roles:
            return None  # the request proves itself; a grant beside it may have expired, as before a refresh
        header = metadata.get("authorization", "")
        grant = None
        if header:
            scheme, _, token = header.partition(" ")
            if scheme.lower() != "bearer" or not token:
                raise Unauthenticated("send the grant as `authorization: Bearer <grant>`")
            grant = await self._verifier.verify(token)
        require(grant, list(rpc.roles), rpc.name)
        _require_reach(grant, rpc)
        if grant and grant.role == Role.ROLE_JOB and not grant.subject.startswith(f"job:{rpc.context}:"):
            raise Denied(f"{rpc.name} is for jobs of {rpc.context}; this grant is another service's job's")
        return grant

    async def _answer(
        self,
        rpc: Method,
        handle: Handle,
        data: bytes,
        context: ServicerContext,
        metadata: Mapping[str, str],
        grant: Grant | None,
    ) -> bytes:
        request = _parse(rpc, data)
        room = self._rooms[rpc.context]
        key = None if rpc.reads else _key(rpc, data, metadata, grant)
        if key and (answered := await _replay(rpc, room, key)):
            return answered
        if rpc.reads:
            await _wait(room.projector, metadata.get("nf-after", ""))
        token = metadata.get("authorization", "").partition(" ")[2] if grant else ""
        enter(Call(rpc.name, grant, token, key))
        try:
            return (await handle(request, context)).SerializeToString()
        except DomainError:
            if key and (answered := await _replay(rpc, room, key)):
                return answered  # the same request was under way already, and changed what this one was refused for
            raise


def _tell_trace(code: grpc.StatusCode) -> None:
    annotate({"rpc.response.status_code": code.name})
    if code.name in FAULTS:
        failed(code.name)


def _require_reach(grant: Grant | None, rpc: Method) -> None:
    """Raises Denied to a person's grant for one project unless the contract lets such grants in."""
    if grant is None or not grant.project or grant.role not in PERSONS:
        return
    if rpc.within_project == Role.ROLE_UNSPECIFIED or grant.role < rpc.within_project:
        raise Denied(f"{rpc.name} is not for a grant that reaches one project only; log in as a member and call again")


def _parse(rpc: Method, data: bytes) -> Message:
    if len(data) > MOST_REQUEST_BYTES:
        raise Rejected(
            f"the request to {rpc.name} has {len(data)} bytes; at most {MOST_REQUEST_BYTES} are taken", field="request"
        )
    try:
        request = rpc.request.FromString(data)
        if b"\0" in data and (field := _field_with_nul(request)):
            raise Rejected(f"{field} holds a NUL character, which no text may; leave it out", field=field)
        return request
    except DecodeError as error:
        raise Rejected(
            f"the request to {rpc.name} is not a valid {rpc.request.DESCRIPTOR.full_name} message; "
            "check the client's contracts",
            field="request",
        ) from error


def _field_with_nul(message: Message) -> str:
    """The path of the first text with a NUL character, which PostgreSQL cannot keep; empty where there is none."""
    for field, value in message.ListFields():
        values = value if field.is_repeated else [value]
        if field.type == field.TYPE_MESSAGE:
            found = next((path for item in values if (path := _field_with_nul(item))), "")
            if found:
                return f"{field.name}.{found}"
        elif field.type == field.TYPE_STRING and any("\0" in text for text in values):
            return field.name
    return ""


def _key(rpc: Method, data: bytes, metadata: Mapping[str, str], grant: Grant | None) -> Key | None:
    name = metadata.get("idempotency-key", "")
    if not name or grant is None:  # what public methods answer (tokens, for one) is never kept
        return None
    if len(name) > MOST_KEY_CHARACTERS:
        raise Rejected(
            f"the idempotency key has {len(name)} characters; use at most {MOST_KEY_CHARACTERS}",
            field="idempotency-key",
        )
    who = f"{rpc.name}\0{grant.subject}\0{grant.project}\0"  # nobody is told what another was answered
    return Key(grant.tenant, name, hashlib.sha256(who.encode() + data).digest())


async def _replay(rpc: Method, room: Room, key: Key) -> bytes | None:
    """What the first request of that key was answered, if there was one; raises KeyReused."""
    known = await room.log.replay(key)
    if known is None:
        return None
    return with_position(rpc.response.FromString(known.response), known.position).SerializeToString()


async def _wait(projector: Projector | None, after: str) -> None:
    if not after or projector is None:
        return
    if not after.isdecimal() or len(after) > 18:
        raise Rejected(f"nf-after must be a log position such as 42, not {after[:40]!r}", field="nf-after")
    await projector.reached(int(after), READ_WAIT_SECONDS)
