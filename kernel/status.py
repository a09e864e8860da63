"""The one table between domain errors and gRPC: `google.rpc.Status` with ErrorInfo, BadRequest and RetryInfo."""

from typing import Any

import grpc
from google.protobuf import any_pb2, duration_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

from kernel.errors import (
    Conflict,
    Denied,
    DomainError,
    Exhausted,
    NotFound,
    Rejected,
    Taken,
    TooMany,
    Unauthenticated,
    Unavailable,
)

DOMAIN = "neuralforge"
LONGEST_MESSAGE_BYTES = 1_000  # it travels three times, escaped, in trailers that take 8 KiB
CODES: tuple[tuple[type[DomainError], grpc.StatusCode], ...] = (
    (NotFound, grpc.StatusCode.NOT_FOUND),
    (Taken, grpc.StatusCode.ALREADY_EXISTS),
    (Conflict, grpc.StatusCode.ABORTED),
    (Exhausted, grpc.StatusCode.RESOURCE_EXHAUSTED),
    (Unauthenticated, grpc.StatusCode.UNAUTHENTICATED),
    (Denied, grpc.StatusCode.PERMISSION_DENIED),
    (Unavailable, grpc.StatusCode.UNAVAILABLE),
    (Rejected, grpc.StatusCode.FAILED_PRECONDITION),
)


def code_of(error: DomainError) -> grpc.StatusCode:
    """The status code of an error; a rejected field is INVALID_ARGUMENT, any other rejection FAILED_PRECONDITION."""
    if isinstance(error, Rejected) and error.field:
        return grpc.StatusCode.INVALID_ARGUMENT
    return next(code for kind, code in CODES if isinstance(error, kind))


def to_status(error: DomainError) -> rpc_status._Status:
    """What a gRPC server aborts with."""
    message = _shortened(error.message)
    details = [_packed(error_details_pb2.ErrorInfo(reason=error.reason, domain=DOMAIN))]
    if error.field:
        violation = error_details_pb2.BadRequest.FieldViolation(field=error.field, description=message)
        details.append(_packed(error_details_pb2.BadRequest(field_violations=[violation])))
    if isinstance(error, Unavailable | TooMany):
        delay = duration_pb2.Duration()
        delay.FromMilliseconds(round(error.retry_seconds * 1000))
        details.append(_packed(error_details_pb2.RetryInfo(retry_delay=delay)))
    code = code_pb2.Code.Value(code_of(error).name)
    return rpc_status.to_status(status_pb2.Status(code=code, message=message, details=details))


def _shortened(message: str) -> str:
    data = message.encode(errors="replace")
    if len(data) <= LONGEST_MESSAGE_BYTES:
        return message
    return data[:LONGEST_MESSAGE_BYTES].decode(errors="ignore") + " ..."


def _packed(message: object) -> any_pb2.Any:
    packed = any_pb2.Any()
    packed.Pack(message)  # type: ignore[arg-type]
    return packed


def from_rpc(error: Any, service: str = "a service") -> DomainError:
    """The domain error behind a failed call to a neighbour, so that its sentence reaches the first caller."""
    message = error.details() or f"{service} answered {error.code().name} without a reason"
    info, field, retry_seconds = _details(error)
    code = error.code()
    if info == TooMany.reason:
        return TooMany(message, retry_seconds=retry_seconds)
    if code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
        if info:
            return Unavailable(message, reason=info, retry_seconds=retry_seconds)
        return Unavailable(f"{service} does not answer ({message}); try again in a moment")
    if code in (grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.FAILED_PRECONDITION):
        return Rejected(message, reason=info or None, field=field or None)
    for kind, known in CODES:
        if known == code:
            return kind(message, reason=info or None, field=field or None)
    return Unavailable(f"{service} failed ({message}); try again in a moment", reason="INTERNAL")


def _details(error: Any) -> tuple[str, str, float]:
    """(reason, first violated field, seconds until a retry) from the details; empty, empty, 1 where there are none."""
    reason, field, retry_seconds = "", "", 1.0
    for key, value in error.trailing_metadata() or ():
        if key != "grpc-status-details-bin" or not isinstance(value, bytes):
            continue
        for packed in status_pb2.Status.FromString(value).details:
            if packed.Is(error_details_pb2.ErrorInfo.DESCRIPTOR):
                reason = error_details_pb2.ErrorInfo.FromString(packed.value).reason
            elif packed.Is(error_details_pb2.BadRequest.DESCRIPTOR):
                violations = error_details_pb2.BadRequest.FromString(packed.value).field_violations
                field = violations[0].field if violations else ""
            elif packed.Is(error_details_pb2.RetryInfo.DESCRIPTOR):
                delay = error_details_pb2.RetryInfo.FromString(packed.value).retry_delay
                retry_seconds = delay.ToMilliseconds() / 1000
    return reason, field, retry_seconds
