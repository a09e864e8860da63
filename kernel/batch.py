"""BatchService: several reads in one call, each served as if alone, with checks, metrics and a log line of its own.

Their span is the batch's: a trace tells what a request did, not what each row of its list did.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import grpc
from google.protobuf.message import DecodeError
from google.rpc import code_pb2, status_pb2
from opentelemetry.trace import Span

from kernel.errors import DomainError, Exhausted, Rejected
from kernel.methods import method
from kernel.status import to_status
from kernel.trace import SERVER, Attributes, current, span, unsampled
from neuralforge.batch.v1.service_pb2 import Outcome, ReadRequest, ReadResponse

BATCH = "/neuralforge.batch.v1.BatchService/Read"
MOST = 200
MOST_BYTES = 24 * 1024 * 1024  # of what is answered; a message may have 32 MiB
AT_ONCE = 16
DETAILS = "grpc-status-details-bin"
TRACEPARENT = "traceparent"

Intercept = Callable[[Any], Awaitable[Any]]


class Refused(grpc.aio.AbortError):
    """A read of a batch has ended as `status`, a serialised google.rpc.Status."""

    def __init__(self, status: bytes) -> None:
        super().__init__("refused")
        self.status = status


class Inner:
    """The servicer context of one read of a batch."""

    def __init__(self, context: Any) -> None:
        self._context = context
        told = [pair for pair in context.invocation_metadata() or () if pair[0] != TRACEPARENT]
        self._metadata = (*told, (TRACEPARENT, unsampled(current())))
        self.time_remaining = context.time_remaining

    def invocation_metadata(self) -> Sequence[Any]:
        return self._metadata

    async def abort(self, code: grpc.StatusCode, details: str = "") -> None:
        raise Refused(_serialised(code, details))

    async def abort_with_status(self, status: Any) -> None:
        packed = dict(status.trailing_metadata).get(DETAILS)
        raise Refused(packed or _serialised(status.code, status.details))


def batch_handler(intercept: Intercept, details: Any) -> Any:
    """Handles one call of BatchService.Read; `intercept` gives the handler of an RPC with all that guards it."""

    async def serve(data: bytes, context: Any) -> bytes:
        try:
            request = _parse(data)
            handler = await intercept(type(details)(request.method, details.invocation_metadata))
            if handler is None:
                raise _no_read(request.method)
            with _span(request, context):
                return (await _answers(handler.unary_unary, request.requests, context)).SerializeToString()
        except DomainError as error:
            await context.abort_with_status(to_status(error))
        raise AssertionError("unreachable: abort raises")

    return grpc.unary_unary_rpc_method_handler(serve)


def _span(request: ReadRequest, context: Any) -> AbstractContextManager[Span]:
    attributes: Attributes = {
        "rpc.system.name": "grpc",
        "rpc.method": BATCH.strip("/"),
        "neuralforge.batch.method": request.method.strip("/"),
        "neuralforge.batch.size": len(request.requests),
    }
    parent = dict(context.invocation_metadata() or ()).get(TRACEPARENT, "")
    service = request.method.split(".")[1]
    return span(BATCH.strip("/"), SERVER, parent=parent, service=service, attributes=attributes)


def _parse(data: bytes) -> ReadRequest:
    try:
        request = ReadRequest.FromString(data)
    except DecodeError as error:
        raise Rejected(
            "the request is not a valid ReadRequest; check the client's contracts", field="request"
        ) from error
    if len(request.requests) > MOST:
        raise Rejected(f"at most {MOST} reads fit in a batch, not {len(request.requests)}", field="requests")
    try:
        found = method(request.method)
    except (KeyError, IndexError) as error:
        raise _no_read(request.method) from error
    if request.method == BATCH or found is None or not found.reads:
        raise _no_read(request.method)
    return request


def _no_read(path: str) -> Rejected:
    return Rejected(f"{path[:200]!r} is no RPC of this service that only reads; call it by itself", field="method")


async def _answers(serve: Any, requests: Sequence[bytes], context: Any) -> ReadResponse:
    slots = asyncio.Semaphore(AT_ONCE)

    async def answer(data: bytes) -> Outcome:
        try:
            async with slots:
                return Outcome(response=await serve(data, Inner(context)))
        except Refused as refused:
            return Outcome(status=refused.status)

    return ReadResponse(outcomes=_fitting(await asyncio.gather(*(answer(data) for data in requests))))


def _fitting(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """What one message can carry; the rest is refused."""
    room, kept = MOST_BYTES, []
    for outcome in outcomes:
        room -= outcome.ByteSize()
        if room < 0:
            sentence = f"the answers of the batch have more than {MOST_BYTES} bytes together; ask for fewer at once"
            outcome = Outcome(status=dict(to_status(Exhausted(sentence, reason="LIMIT")).trailing_metadata)[DETAILS])
        kept.append(outcome)
    return kept


def _serialised(code: grpc.StatusCode, message: str) -> bytes:
    status = status_pb2.Status(code=code_pb2.Code.Value(code.name), message=message)
    return bytes(status.SerializeToString())
