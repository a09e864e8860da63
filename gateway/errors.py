"""What callers are told when something goes wrong: refusals in GraphQL, problem JSON elsewhere; one table to HTTP."""

import math
from typing import Any

import orjson
import strawberry
import structlog
from graphql import GraphQLError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gateway.metrics import FAULTS
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
from kernel.trace import continued, failed, identifiers

STATUSES: tuple[tuple[type[DomainError], int], ...] = (
    (NotFound, 404),
    (Taken, 409),
    (Conflict, 409),
    (Exhausted, 429),
    (Unauthenticated, 401),
    (Denied, 403),
    (Unavailable, 503),
    (Rejected, 400),
)
logger = structlog.get_logger()


class Problem(Exception):
    """A request that cannot be taken, with its HTTP status; `retry_seconds` where asking again then may succeed."""

    def __init__(
        self, status: int, code: str, message: str, field: str | None = None, retry_seconds: float = 1.0
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.field = field
        self.retry_seconds = retry_seconds


@strawberry.type(
    description="Why a command was not carried out; nothing has changed. Only UNAVAILABLE and INTERNAL leave open "
    "whether it was: send it again under the same `key`."
)
class Refusal:
    code: str = strawberry.field(description="A stable word for programs.")
    message: str = strawberry.field(description="One sentence for people.")
    field: str | None = strawberry.field(description="The argument at fault, where it is one.")


class Refuse(strawberry.ExceptionHandler[DomainError, Refusal]):
    """Turns what services refuse into the union member of the mutation."""

    def handle(self, exception: DomainError, *, field: Any, info: Any) -> Refusal:
        return Refusal(code=exception.reason, message=exception.message, field=argument(exception.field))


def argument(field: str | None) -> str | None:
    """The GraphQL spelling of a contract's field: `project_id` is `projectId`."""
    if not field:
        return None
    first, *rest = field.split("_")
    return first + "".join(word.capitalize() for word in rest)


def as_problem(error: DomainError) -> Problem:
    """The HTTP problem behind a domain error."""
    status = next(status for kind, status in STATUSES if isinstance(error, kind))
    retry_seconds = error.retry_seconds if isinstance(error, Unavailable | TooMany) else 1.0
    return Problem(status, error.reason, error.message, error.field, retry_seconds)


def describe(error: GraphQLError) -> dict[str, Any]:
    """A GraphQL error as it is answered: known ones in full, unexpected ones as a trace id for the operator."""
    cause = error.original_error
    answer: dict[str, Any] = {**error.formatted}
    if isinstance(cause, DomainError):
        return answer | {"extensions": {"code": cause.reason, "field": argument(cause.field)}}
    if cause is None or error.path is None:
        return answer | {"extensions": error.extensions or {"code": "INVALID_REQUEST"}}
    return answer | {"message": unexpected(cause), "extensions": {"code": "INTERNAL"}}


def unexpected(error: BaseException) -> str:
    """Logs a fault of ours; the sentence a caller gets instead."""
    FAULTS.inc()
    logger.error("request failed", exc_info=error)
    failed(type(error).__name__)
    return f"the gateway failed inside; the trace id for the operator is {identifiers()[0] or 'not known'}"


def problem_response(problem: Problem) -> Response:
    """Problem JSON, as everything but GraphQL answers."""
    body = {"error": {"code": problem.code, "message": problem.message, "field": problem.field}}
    return Response(orjson.dumps(body), problem.status, retry_after(problem), "application/json")


def retry_after(problem: Problem) -> dict[str, str]:
    """The header that says when to ask again, where that is worth it."""
    return {"retry-after": str(math.ceil(problem.retry_seconds))} if problem.status in (429, 503) else {}


async def on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return problem_response(error)


async def on_domain_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, DomainError)
    return problem_response(as_problem(error))


async def on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    sentence = f"{request.method} {request.url.path[:100]}: {error.detail}; gateway/README.md lists what there is"
    return problem_response(Problem(error.status_code, error.detail.upper().replace(" ", "_"), sentence))


async def on_fault(request: Request, error: Exception) -> Response:
    with continued(request.scope.get("traceparent", ""), "gateway"):
        return _fault(error)


def _fault(error: Exception) -> Response:
    return problem_response(Problem(500, "INTERNAL", unexpected(error)))
