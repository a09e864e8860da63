"""Errors over real gRPC: each reaches the caller whole, and none says more than it should."""

from typing import Any

import pytest

from kernel.errors import (
    Conflict,
    Denied,
    DomainError,
    Exhausted,
    KeyReused,
    NotFound,
    Rejected,
    StaleStream,
    Taken,
    Unauthenticated,
    Unavailable,
)
from kernel.status import from_rpc
from tests.kernel.scripted import CREATE, OWNER, Scripted, code, create, details, refused

ERRORS: list[tuple[DomainError, str]] = [
    (NotFound("there is no run r1"), "NOT_FOUND"),
    (Taken("the name is in use", field="name"), "ALREADY_EXISTS"),
    (Conflict("it has moved on", reason="FENCED"), "ABORTED"),
    (StaleStream("the stream has moved on"), "ABORTED"),
    (Exhausted("3 of 2 minutes are left", reason="QUOTA"), "RESOURCE_EXHAUSTED"),
    (Unauthenticated("log in", reason="GRANT_EXPIRED"), "UNAUTHENTICATED"),
    (Denied("for admins"), "PERMISSION_DENIED"),
    (Rejected("the run is over", reason="RUN_OVER"), "FAILED_PRECONDITION"),
    (Rejected("lr must be above 0, not -1 µ", field="options.lr"), "INVALID_ARGUMENT"),
    (KeyReused("that key is used", field="idempotency-key"), "INVALID_ARGUMENT"),
    (Unavailable("billing is away", reason="PROJECTION_BEHIND", retry_seconds=0.25), "UNAVAILABLE"),
]


@pytest.mark.parametrize(("error", "status"), ERRORS, ids=[type(error).__name__ for error, _ in ERRORS])
async def test_an_error_reaches_the_caller_whole(service: Scripted, error: DomainError, status: str) -> None:
    async def fail(request: Any) -> Any:
        raise error

    service.projects.create = fail
    found = await refused(service.call(CREATE, create(), service.token(OWNER)))
    assert (code(found), found.details()) == (status, error.message)
    told = details(found)
    assert (told["ErrorInfo"].reason, told["ErrorInfo"].domain) == (error.reason, "neuralforge")
    if error.field:
        [violation] = told["BadRequest"].field_violations
        assert (violation.field, violation.description) == (error.field, error.message)
    again = from_rpc(found)
    assert isinstance(error, type(again))
    assert (again.message, again.reason, again.field) == (error.message, error.reason, error.field)
    if isinstance(error, Unavailable):
        assert told["RetryInfo"].retry_delay.ToMilliseconds() == 250
        assert isinstance(again, Unavailable)
        assert again.retry_seconds == 0.25


@pytest.mark.parametrize("text", ["x", "ü", "\U0001f600"])
async def test_a_sentence_of_any_length_reaches_the_caller(service: Scripted, text: str) -> None:
    """Metadata beyond 8 KiB would be refused on the way, and the reason with it."""

    async def fail(request: Any) -> Any:
        raise Rejected(f"no such layer: {text * 20_000}", field="type")

    service.projects.create = fail
    error = await refused(service.call(CREATE, create(), service.token(OWNER)))
    assert code(error) == "INVALID_ARGUMENT"
    assert (error.details() or "").startswith(f"no such layer: {text * 50}")


async def test_faults_inside_are_masked_behind_a_trace(service: Scripted) -> None:
    async def fail(request: Any) -> Any:
        raise RuntimeError("password=hunter2")

    service.projects.create = fail
    trace = "0af7651916cd43dd8448eb211c80319c"
    traceparent = f"00-{trace}-b7ad6b7169203331-01"
    error = await refused(service.call(CREATE, create(), service.token(OWNER), traceparent=traceparent))
    assert code(error) == "INTERNAL"
    assert "hunter2" not in str(error)
    assert trace in (error.details() or "")
