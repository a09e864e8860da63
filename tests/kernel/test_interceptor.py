"""What surrounds every RPC, over real gRPC: roles, deadlines, keys, and waiting for one's own writes."""

import asyncio
import time
from dataclasses import replace
from typing import Any

import pytest

from kernel import interceptor
from kernel.call import current_call
from kernel.errors import Exhausted
from neuralforge.access.v1.access_pb2 import Role
from neuralforge.workspace.v1 import service_pb2 as api
from tests.kernel.scripted import CREATE, LIST, OWNER, Scripted, code, create, details, refused


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
