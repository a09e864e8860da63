"""What surrounds every RPC, over real gRPC: roles, deadlines, keys, waiting, and errors that reach the caller whole."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from kernel import interceptor
from kernel.call import current_call
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
from kernel.grants import Grant
from kernel.log import ANY_VERSION, Append, Write
from kernel.status import from_rpc
from neuralforge.access.v1.access_pb2 import Role
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1.events_pb2 import ProjectNameReserved
from tests.conftest import RunningServers
from tests.kernel.scripted import Scripted, scripted

OWNER = Grant("ada", "acme", Role.ROLE_OWNER, time.time() + 200)
CREATE = "ProjectService.CreateProject"
LIST = "ProjectService.ListProjects"


@pytest.fixture
async def service(servers: RunningServers, tmp_path: Path) -> AsyncIterator[Scripted]:
    async with scripted(servers.addresses, tmp_path) as running:

        async def create(request: api.CreateProjectRequest) -> api.CreateProjectResponse:
            """As real ones do: the event, and the answer kept under the call's key."""
            call = current_call()
            response = api.CreateProjectResponse(project=api.Project(id=request.name))
            write = Write(call.caller.tenant, "project_name-a", ANY_VERSION, [ProjectNameReserved(project_id="p")])
            log = running.resources[0].log
            appended = await log.append(Append([write], call.key, response.SerializeToString(), call.meta))
            response.position = appended.position
            return response

        async def read(request: Any) -> api.ListProjectsResponse:
            return api.ListProjectsResponse(next_page_token="read")

        running.projects.create = create
        running.projects.list = read
        yield running


async def refused(call: Any) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await call
    return error.value


def code(error: grpc.aio.AioRpcError) -> str:
    return error.code().name


def details(error: grpc.aio.AioRpcError) -> dict[str, Any]:
    """The google.rpc details of an error, by type."""
    status = rpc_status.from_call(error)
    assert status
    found = {}
    for packed in status.details:
        kind = getattr(error_details_pb2, packed.type_url.rsplit(".", 1)[1])
        found[kind.__name__] = kind.FromString(packed.value)
    return found


def create(name: str = "vision") -> api.CreateProjectRequest:
    return api.CreateProjectRequest(name=name)


@pytest.mark.parametrize("role", [role for role in Role.values() if role], ids=Role.keys()[1:])
async def test_the_contract_says_who_gets_in(service: Scripted, role: int) -> None:
    token = service.token(replace(OWNER, role=role))
    persons = {Role.ROLE_VIEWER, Role.ROLE_MEMBER, Role.ROLE_ADMIN, Role.ROLE_OWNER}
    job = api.IssueJobGrantRequest(job_id="j", attempt=1)
    for method, request, allowed in (
        (LIST, api.ListProjectsRequest(), persons),
        (CREATE, create(), persons - {Role.ROLE_VIEWER}),
        ("GrantService.IssueJobGrant", job, {Role.ROLE_SERVICE}),
        ("GrantService.ListKeys", api.ListKeysRequest(), {*Role.values()}),
    ):
        if role in allowed:
            await service.call(method, request, token)
        else:
            error = await refused(service.call(method, request, token))
            assert code(error) == "PERMISSION_DENIED"
            assert method in (error.details() or "")


async def test_nobody_gets_in_without_a_grant(service: Scripted) -> None:
    good = service.token(OWNER)
    body, signature = good.rsplit(".", 1)
    for token, says in (
        ("", "log in and send it"),
        ("nonsense", "damaged"),
        (f"{body}.{signature[::-1]}", "damaged"),
        (service.token(replace(OWNER, expires=time.time() - 1)), "has expired"),
    ):
        error = await refused(service.call(LIST, api.ListProjectsRequest(), token))
        assert (code(error), says in (error.details() or "")) == ("UNAUTHENTICATED", True)
    error = await refused(service.call(LIST, api.ListProjectsRequest(), authorization=f"Basic {good}"))
    assert code(error) == "UNAUTHENTICATED"


async def test_a_grant_expires_also_where_it_is_remembered(service: Scripted) -> None:
    token = service.token(replace(OWNER, expires=int(time.time()) + 2))
    await service.call(LIST, api.ListProjectsRequest(), token)
    await asyncio.sleep(2.1)
    error = await refused(service.call(LIST, api.ListProjectsRequest(), token))
    assert details(error)["ErrorInfo"].reason == "GRANT_EXPIRED"


async def test_an_expired_grant_does_not_keep_anyone_from_public_methods(service: Scripted) -> None:
    """Else a client that always sends its grant could never refresh it."""
    token = service.token(replace(OWNER, expires=time.time() - 1))
    await service.call("GrantService.ListKeys", api.ListKeysRequest(), token)


async def test_a_clock_that_is_a_little_behind_refuses_no_grant(
    service: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as ahead:
        now = time.time() + 3
        ahead.setattr(time, "time", lambda: now)
        token = service.token(OWNER)
    await service.call(LIST, api.ListProjectsRequest(), token)


async def test_what_is_not_served_is_unimplemented(service: Scripted) -> None:
    token = service.token(OWNER)
    for path in (
        "/neuralforge.workspace.v1.ProjectService/Vanish",
        "/neuralforge.graph.v1.ArchitectureService/GetArchitecture",
        "/no.Such/Service",
    ):
        assert code(await refused(service.send(path, b"", token))) == "UNIMPLEMENTED"


async def test_the_callers_deadline_ends_the_work(service: Scripted) -> None:
    ended = asyncio.Event()

    async def slow(request: Any) -> Any:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    service.projects.list = slow
    error = await refused(service.call(LIST, api.ListProjectsRequest(), service.token(OWNER), timeout=0.5))
    assert code(error) == "DEADLINE_EXCEEDED"
    async with asyncio.timeout(5):
        await ended.wait()


async def test_a_caller_without_a_deadline_gets_ours(service: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interceptor, "DEFAULT_DEADLINE_SECONDS", 0.2)

    async def slow(request: Any) -> Any:
        await asyncio.sleep(60)

    service.projects.list = slow
    error = await refused(service.call(LIST, api.ListProjectsRequest(), service.token(OWNER), timeout=None))
    assert code(error) == "DEADLINE_EXCEEDED"
    assert "ProjectService.ListProjects did not finish in time" in (error.details() or "")


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


async def test_malformed_and_oversized_messages_are_refused_in_one_sentence(service: Scripted) -> None:
    path, token = "/neuralforge.workspace.v1.ProjectService/CreateProject", service.token(OWNER)
    nul = api.CreateProjectRequest(name="a\0b").SerializeToString()
    for data, says in (
        (b"\xff\xff\xff", "not a valid neuralforge.workspace.v1.CreateProjectRequest message"),
        (create("x" * 17_000_000).SerializeToString(), "at most 16777216"),
        (nul, "NUL"),
    ):
        error = await refused(service.send(path, data, token))
        assert (code(error), says in (error.details() or "")) == ("INVALID_ARGUMENT", True), error
    assert await service.resources[0].log.head() == 0


async def test_a_command_is_answered_again_under_its_key(service: Scripted) -> None:
    token = service.token(OWNER)
    first = await service.call(CREATE, create(), token, idempotency_key="k")
    assert await service.call(CREATE, create(), token, idempotency_key="k") == first
    assert first.position == await service.resources[0].log.head() == 1


async def test_a_key_belongs_to_its_request_its_method_and_its_tenant(service: Scripted) -> None:
    token = service.token(OWNER)
    await service.call(CREATE, create(), token, idempotency_key="k")
    error = await refused(service.call(CREATE, create("other"), token, idempotency_key="k"))
    assert code(error) == "INVALID_ARGUMENT"
    assert details(error)["ErrorInfo"].reason == "IDEMPOTENCY_KEY_REUSED"
    elsewhere = await service.call(
        CREATE, create("other"), service.token(replace(OWNER, tenant="other")), idempotency_key="k"
    )
    assert elsewhere.project.id == "other"
    assert (await service.call(LIST, api.ListProjectsRequest(), token, idempotency_key="k")).next_page_token == "read"


async def test_the_same_command_twice_at_once_takes_effect_once(service: Scripted) -> None:
    token = service.token(OWNER)
    answers = await asyncio.gather(*(service.call(CREATE, create(), token, idempotency_key="k") for _ in range(10)))
    assert {answer.position for answer in answers} == {1}
    assert await service.resources[0].log.head() == 1


async def test_a_refused_command_may_be_asked_again_under_its_key(service: Scripted) -> None:
    works = service.projects.create

    async def fail(request: Any) -> Any:
        raise Exhausted("nothing is left")

    service.projects.create = fail
    token = service.token(OWNER)
    assert code(await refused(service.call(CREATE, create(), token, idempotency_key="k"))) == "RESOURCE_EXHAUSTED"
    service.projects.create = works
    assert (await service.call(CREATE, create(), token, idempotency_key="k")).position == 1


async def test_keys_that_cannot_be_are_refused(service: Scripted) -> None:
    error = await refused(service.call(CREATE, create(), service.token(OWNER), idempotency_key="k" * 201))
    assert (code(error), "at most 200" in (error.details() or "")) == ("INVALID_ARGUMENT", True)


async def test_a_public_methods_answer_is_never_kept(service: Scripted) -> None:
    """It may be a token, which nobody must find in the database."""
    calls = []

    async def log_in(request: Any) -> Any:
        calls.append(current_call())
        return api.LogInResponse(tokens=api.Tokens(refresh_token=f"secret {len(calls)}"))

    service.projects.log_in = log_in
    for number in (1, 2):
        answer = await service.call(
            "AccountService.LogIn", api.LogInRequest(), service.token(OWNER), idempotency_key="k"
        )
        assert answer.tokens.refresh_token == f"secret {number}"
    assert [(call.key, call.grant, call.token) for call in calls] == [(None, None, "")] * 2


async def test_a_read_waits_for_the_callers_own_write(service: Scripted) -> None:
    token = service.token(OWNER)
    position = (await service.call(CREATE, create(), token)).position
    await service.call(LIST, api.ListProjectsRequest(), token, nf_after=str(position))


async def test_a_read_model_that_lags_says_when_to_ask_again(
    service: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interceptor, "READ_WAIT_SECONDS", 0.05)
    error = await refused(service.call(LIST, api.ListProjectsRequest(), service.token(OWNER), nf_after="7"))
    assert code(error) == "UNAVAILABLE"
    assert details(error)["ErrorInfo"].reason == "PROJECTION_BEHIND"
    assert details(error)["RetryInfo"].retry_delay.ToMilliseconds() > 0


@pytest.mark.parametrize("after", ["-1", "soon", "1" * 19, "1.5"])
async def test_positions_that_cannot_be_are_refused(service: Scripted, after: str) -> None:
    error = await refused(service.call(LIST, api.ListProjectsRequest(), service.token(OWNER), nf_after=after))
    assert (code(error), "nf-after" in (error.details() or "")) == ("INVALID_ARGUMENT", True)


async def test_events_carry_who_did_it_and_in_which_trace(service: Scripted) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    await service.call(CREATE, create(), service.token(OWNER), traceparent=f"00-{trace}-b7ad6b7169203331-01")
    [event] = await service.resources[0].log.read_all(after=0, limit=5)
    assert event.meta["actor"] == "ada"
    assert event.meta["traceparent"].split("-")[1] == trace
