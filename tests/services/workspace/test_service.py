"""The workspace service over real gRPC: accounts, sessions, projects, grants, and what every RPC has in common."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import grpc
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from grpc_health.v1 import health_pb2, health_pb2_grpc

from kernel.broker import connect_broker
from kernel.grants import Grant, sign
from kernel.keys import GRANT_KEY, KeyRing
from neuralforge.access.v1.access_pb2 import Role
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1.service_pb2_grpc import AccountServiceStub, GrantServiceStub, ProjectServiceStub
from services.workspace.signing import GrantSigner
from tests.services.billing.conftest import MovableClock
from tests.services.conftest import Hosted
from tests.services.platform import PASSWORD, Person, Platform


def code(error: pytest.ExceptionInfo[grpc.aio.AioRpcError]) -> str:
    return error.value.code().name


async def test_registered_person_owns_a_personal_organisation(workspace: Platform, ada: Person) -> None:
    account = await ada.call(AccountServiceStub, "GetAccount", api.GetAccountRequest())
    assert account.user.email == ada.email
    assert [(o.id, o.role) for o in account.organisations] == [(ada.tenant, Role.ROLE_OWNER)]


async def test_hashes_of_passwords_and_tokens_are_not_published(workspace: Platform, ada: Person) -> None:
    await refresh(workspace, ada.refresh_token)
    await ada.project()
    broker = await connect_broker(workspace.addresses.nats, "test")
    jetstream = broker.jetstream()

    async def project_published() -> bool:
        subjects = (await jetstream.stream_info("NF_WORKSPACE", subjects_filter=">")).state.subjects or {}
        return "nf.workspace.project.ProjectCreated" in subjects

    await workspace.eventually(project_published)
    found = (await jetstream.stream_info("NF_WORKSPACE", subjects_filter=">")).state.subjects or {}
    await broker.close()
    assert sorted(subject.rsplit(".", 1)[1] for subject in found) == [
        "MemberAdded",
        "OrganisationCreated",
        "ProjectCreated",
        "ProjectNameReserved",
    ]


async def test_rejected_second_account_for_an_address(workspace: Platform, ada: Person) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        request = api.RegisterRequest(email=ada.email.upper(), password=PASSWORD, name="Eve")
        await workspace.call(AccountServiceStub, "Register", request)
    assert code(error) == "ALREADY_EXISTS"
    assert "log in instead" in (error.value.details() or "")


@pytest.mark.parametrize(
    ("email", "password", "names"),
    [("no address", PASSWORD, "e-mail"), ("a@b.co", "short", "5 characters"), ("a@b.co", "x" * 201, "10 to 200")],
)
async def test_rejected_registrations_say_why(workspace: Platform, email: str, password: str, names: str) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await workspace.call(AccountServiceStub, "Register", api.RegisterRequest(email=email, password=password))
    assert code(error) == "INVALID_ARGUMENT"
    assert names in (error.value.details() or "")


async def test_racing_registrations_have_one_winner(workspace: Platform) -> None:
    request = api.RegisterRequest(email="race@example.com", password=PASSWORD, name="R")
    answers = await asyncio.gather(
        *(workspace.call(AccountServiceStub, "Register", request) for _ in range(5)), return_exceptions=True
    )
    assert sum(isinstance(answer, api.RegisterResponse) for answer in answers) == 1


async def test_login_needs_the_password(workspace: Platform, ada: Person) -> None:
    good = await workspace.call(AccountServiceStub, "LogIn", api.LogInRequest(email=ada.email, password=PASSWORD))
    assert good.organisation.id == ada.tenant
    for email in (ada.email, "nobody@example.com"):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await workspace.call(AccountServiceStub, "LogIn", api.LogInRequest(email=email, password="wrong password"))
        assert code(error) == "UNAUTHENTICATED"


async def refresh(workspace: Platform, token: str) -> api.RefreshResponse:
    answer: api.RefreshResponse = await workspace.call(
        AccountServiceStub, "Refresh", api.RefreshRequest(refresh_token=token)
    )
    return answer


async def test_refresh_rotates_and_reuse_closes_the_session(hosted: Hosted) -> None:
    clock = MovableClock()
    async with hosted("workspace", clock=clock) as workspace:
        ada = await workspace.person("ada")
        first = await refresh(workspace, ada.refresh_token)
        clock.ahead = timedelta(seconds=11)
        second = await refresh(workspace, first.tokens.refresh_token)
        with pytest.raises(grpc.aio.AioRpcError, match="used before"):
            await refresh(workspace, ada.refresh_token)
        with pytest.raises(grpc.aio.AioRpcError, match="session has ended"):
            await refresh(workspace, second.tokens.refresh_token)


async def test_a_lost_refresh_answer_may_be_asked_for_again(workspace: Platform, ada: Person) -> None:
    await refresh(workspace, ada.refresh_token)
    assert (await refresh(workspace, ada.refresh_token)).tokens.grant


async def test_tabs_that_share_a_token_may_refresh_it_at_the_same_time(workspace: Platform, ada: Person) -> None:
    answers = await asyncio.gather(*(refresh(workspace, ada.refresh_token) for _ in range(4)))
    tokens = {answer.tokens.refresh_token for answer in answers}
    assert len(tokens) == 4
    for token in tokens:
        assert (await refresh(workspace, token)).tokens.grant


async def test_logged_out_session_cannot_refresh(workspace: Platform, ada: Person) -> None:
    await workspace.call(AccountServiceStub, "LogOut", api.LogOutRequest(refresh_token=ada.refresh_token))
    with pytest.raises(grpc.aio.AioRpcError, match="session has ended"):
        await refresh(workspace, ada.refresh_token)


async def test_projects_are_listed_newest_first_by_pages(workspace: Platform, ada: Person) -> None:
    position = 0
    for number in range(5):
        request = api.CreateProjectRequest(name=f"p{number}")
        position = (await ada.call(ProjectServiceStub, "CreateProject", request)).position
    names, token = [], ""
    while True:
        page = api.ListProjectsRequest(page_size=2, page_token=token)
        answer = await ada.call(ProjectServiceStub, "ListProjects", page, after=position)
        names += [project.name for project in answer.projects]
        token = answer.next_page_token
        if not token:
            break
    assert names == ["p4", "p3", "p2", "p1", "p0"]


async def test_rejected_project_name_that_is_taken(workspace: Platform, ada: Person) -> None:
    await ada.project("vision")
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await ada.project("Vision")
    assert code(error) == "ALREADY_EXISTS"


async def test_a_project_of_another_tenant_is_not_found(workspace: Platform, ada: Person) -> None:
    project_id = await ada.project()
    eve = await workspace.person("eve")
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await eve.call(ProjectServiceStub, "GetProject", api.GetProjectRequest(project_id=project_id))
    assert code(error) == "NOT_FOUND"


async def test_a_repeated_command_takes_effect_once(workspace: Platform, ada: Person) -> None:
    request = api.CreateProjectRequest(name="once")
    first = await ada.call(ProjectServiceStub, "CreateProject", request, key="k1")
    assert await ada.call(ProjectServiceStub, "CreateProject", request, key="k1") == first
    with pytest.raises(grpc.aio.AioRpcError, match="used for another request"):
        await ada.call(ProjectServiceStub, "CreateProject", api.CreateProjectRequest(name="other"), key="k1")


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
async def test_foreign_grants_are_refused(workspace: Platform, token: str) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await workspace.call(ProjectServiceStub, "ListProjects", api.ListProjectsRequest(), token=token)
    assert code(error) == "UNAUTHENTICATED"


async def test_a_grant_signed_by_another_key_is_refused(workspace: Platform, ada: Person) -> None:
    grant = Grant(ada.id, ada.tenant, Role.ROLE_OWNER, time.time() + 60)
    key = Ed25519PrivateKey.generate()
    known_id = jwt.get_unverified_header(ada.token)["kid"]
    with pytest.raises(grpc.aio.AioRpcError, match="not signed here"):
        token = sign(grant, key, known_id)
        await workspace.call(ProjectServiceStub, "ListProjects", api.ListProjectsRequest(), token=token)


async def test_an_expired_grant_is_refused(workspace: Platform, ada: Person) -> None:
    signer = GrantSigner(KeyRing(workspace.folder / "keys").private(GRANT_KEY))
    token, _ = signer.sign(Grant(ada.id, ada.tenant, Role.ROLE_OWNER, time.time() - 1))
    with pytest.raises(grpc.aio.AioRpcError, match="expired"):
        await workspace.call(ProjectServiceStub, "ListProjects", api.ListProjectsRequest(), token=token)


async def test_a_grant_is_needed(workspace: Platform) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await workspace.call(ProjectServiceStub, "ListProjects", api.ListProjectsRequest())
    assert code(error) == "UNAUTHENTICATED"
    assert "ProjectService.ListProjects needs a grant" in (error.value.details() or "")


async def test_persons_may_not_issue_job_grants(workspace: Platform, ada: Person) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await ada.call(GrantServiceStub, "IssueJobGrant", api.IssueJobGrantRequest(job_id="j", attempt=1))
    assert code(error) == "PERMISSION_DENIED"
    assert "for service" in (error.value.details() or "")


async def test_a_job_may_not_act_as_a_person(workspace: Platform, ada: Person) -> None:
    token = await workspace.job_token("training", ada.tenant, "run1", 1)
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await workspace.call(ProjectServiceStub, "ListProjects", api.ListProjectsRequest(), token=token)
    assert code(error) == "PERMISSION_DENIED"


async def test_an_assertion_by_a_stranger_earns_no_grant(workspace: Platform) -> None:
    claims = {"iss": "training", "aud": "neuralforge", "exp": int(time.time()) + 30}
    assertion = jwt.encode(claims, Ed25519PrivateKey.generate(), algorithm="EdDSA")
    with pytest.raises(grpc.aio.AioRpcError) as error:
        request = api.ExchangeRequest(service_assertion=assertion, tenant="t")
        await workspace.call(GrantServiceStub, "Exchange", request)
    assert code(error) == "UNAUTHENTICATED"


async def test_malformed_message_is_refused_with_a_sentence(workspace: Platform, ada: Person) -> None:
    method: Any = workspace.channel.unary_unary("/neuralforge.workspace.v1.ProjectService/CreateProject")
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await method(b"\xff\xff\xff\xff", metadata=[("authorization", f"Bearer {ada.token}")])
    assert code(error) == "INVALID_ARGUMENT"
    assert "not a valid neuralforge.workspace.v1.CreateProjectRequest" in (error.value.details() or "")


async def test_oversized_message_is_refused_with_a_sentence(workspace: Platform, ada: Person) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await ada.call(ProjectServiceStub, "CreateProject", api.CreateProjectRequest(name="x" * 17_000_000))
    assert code(error) == "INVALID_ARGUMENT"
    assert "at most 16777216 are taken" in (error.value.details() or "")


async def test_a_query_behind_an_unreachable_position_is_unavailable(workspace: Platform, ada: Person) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await ada.call(ProjectServiceStub, "ListProjects", api.ListProjectsRequest(), after=10**9)
    assert code(error) == "UNAVAILABLE"


async def test_health_says_serving(workspace: Platform) -> None:
    stub = health_pb2_grpc.HealthStub(workspace.channel)
    for name in ("", "neuralforge.workspace.v1.ProjectService"):
        answer = await stub.Check(health_pb2.HealthCheckRequest(service=name))
        assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def test_everything_is_still_there_after_a_restart(workspace: Platform, ada: Person) -> None:
    project_id = await ada.project()
    await workspace.restart()
    answer = await ada.call(ProjectServiceStub, "GetProject", api.GetProjectRequest(project_id=project_id))
    assert answer.project.name == "vision"
