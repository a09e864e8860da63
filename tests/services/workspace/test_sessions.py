"""Sessions over real gRPC: listed, closed one by one and all at once, and ended where an old token is shown."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import grpc
import jwt
import pytest
import pytest_asyncio

from kernel.clock import Clock, utc_now
from kernel.grants import Grant
from kernel.host import Host
from kernel.keys import GRANT_KEY, KeyRing
from kernel.local_launcher import LocalLauncher
from neuralforge.access.v1.access_pb2 import Role
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1.service_pb2_grpc import AccountServiceStub, ProjectServiceStub, SessionServiceStub
from services.workspace.signing import GrantSigner
from tests.conftest import RunningServers
from tests.services.billing.conftest import MovableClock
from tests.services.platform import PASSWORD, Person, Platform, platform

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def clock() -> MovableClock:
    return MovableClock()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def workspace(
    servers: RunningServers, tmp_path_factory: pytest.TempPathFactory, clock: MovableClock
) -> AsyncIterator[Platform]:
    """One for all tests here: each has people of its own."""
    async with platform(servers.addresses, tmp_path_factory.mktemp("sessions"), clock=clock) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def ada(workspace: Platform) -> Person:
    return await workspace.person("ada")


async def refresh(workspace: Platform, token: str) -> api.RefreshResponse:
    answer: api.RefreshResponse = await workspace.call(
        AccountServiceStub, "Refresh", api.RefreshRequest(refresh_token=token)
    )
    return answer


async def log_in(person: Person, device: str) -> api.Tokens:
    request = api.LogInRequest(email=person.email, password=PASSWORD, device=device)
    answer: api.LogInResponse = await person.platform.call(AccountServiceStub, "LogIn", request)
    return answer.tokens


async def listed(person: Person, token: str = "") -> list[api.Session]:
    answer = await person.platform.call(
        SessionServiceStub, "ListSessions", api.ListSessionsRequest(), token=token or person.token
    )
    return list(answer.sessions)


async def devices(person: Person, *wanted: str) -> None:
    """Returns once the list shows these devices, in this order."""

    async def shown() -> bool:
        return [session.device for session in await listed(person)] == list(wanted)

    await person.platform.eventually(shown)


async def refused(workspace: Platform, token: str) -> bool:
    answers = await asyncio.gather(refresh(workspace, token), return_exceptions=True)
    return isinstance(answers[0], grpc.aio.AioRpcError) and answers[0].code() is grpc.StatusCode.UNAUTHENTICATED


@contextlib.asynccontextmanager
async def replica(workspace: Platform, clock: Clock = utc_now) -> AsyncIterator[grpc.aio.Channel]:
    """A second host of the workspace service on the same database."""
    host = Host(workspace.specs, workspace.settings(), LocalLauncher(workspace.folder / "replica"), clock=clock)
    await host.start()
    try:
        async with grpc.aio.insecure_channel(host.address) as channel:
            yield channel
    finally:
        await host.stop(grace=1)


async def test_sessions_are_listed_with_their_device_the_last_used_first(workspace: Platform, ada: Person) -> None:
    phone = await log_in(ada, "Firefox on Android")
    await devices(ada, "Firefox on Android", "")
    await refresh(workspace, ada.refresh_token)
    await devices(ada, "", "Firefox on Android")
    assert [session.current for session in await listed(ada)] == [True, False]
    assert [session.current for session in await listed(ada, phone.grant)] == [False, True]
    eve = await workspace.person("eve")
    await devices(eve, "")


async def test_a_revoked_session_ends_and_leaves_the_list(workspace: Platform, ada: Person) -> None:
    phone = await log_in(ada, "phone")
    await devices(ada, "phone", "")
    request = api.RevokeSessionRequest(session_id=phone.refresh_token.split(".")[0])
    await ada.call(SessionServiceStub, "RevokeSession", request)
    await ada.call(SessionServiceStub, "RevokeSession", request)
    await devices(ada, "")
    assert await refused(workspace, phone.refresh_token)
    assert not await refused(workspace, ada.refresh_token)


@pytest.mark.parametrize("session_id", ["", "nothing", "eve"])
async def test_rejected_revoking_of_a_session_that_is_not_ones_own(
    workspace: Platform, ada: Person, session_id: str
) -> None:
    eve = await workspace.person("eve")
    id = eve.refresh_token.split(".")[0] if session_id == "eve" else session_id
    with pytest.raises(grpc.aio.AioRpcError, match="you have no such session") as error:
        await ada.call(SessionServiceStub, "RevokeSession", api.RevokeSessionRequest(session_id=id))
    assert error.value.code() is grpc.StatusCode.NOT_FOUND
    assert not await refused(workspace, eve.refresh_token)


@pytest.mark.parametrize("keep", [False, True])
async def test_logging_out_everywhere_ends_every_session_of_the_person(
    workspace: Platform, ada: Person, keep: bool
) -> None:
    eve = await workspace.person("eve")
    phone, tablet = await log_in(ada, "phone"), await log_in(ada, "tablet")
    await ada.call(SessionServiceStub, "LogOutEverywhere", api.LogOutEverywhereRequest(keep_current=keep))
    assert await refused(workspace, phone.refresh_token)
    assert await refused(workspace, tablet.refresh_token)
    assert await refused(workspace, ada.refresh_token) is not keep
    assert not await refused(workspace, eve.refresh_token)
    again = await log_in(ada, "again")
    await devices(ada, *(["again", ""] if keep else ["again"]))
    assert not await refused(workspace, again.refresh_token)


async def test_a_kept_session_ends_with_the_next_end(workspace: Platform, ada: Person) -> None:
    phone = await log_in(ada, "phone")
    await ada.call(SessionServiceStub, "LogOutEverywhere", api.LogOutEverywhereRequest(keep_current=True))
    again = await log_in(ada, "again")
    request = api.LogOutEverywhereRequest(keep_current=True)
    await workspace.call(SessionServiceStub, "LogOutEverywhere", request, token=again.grant)
    assert [await refused(workspace, token) for token in (phone.refresh_token, ada.refresh_token)] == [True, True]
    assert not await refused(workspace, again.refresh_token)


async def test_the_grants_of_an_ended_session_end_within_five_minutes(workspace: Platform, ada: Person) -> None:
    claims = jwt.decode(ada.token, options={"verify_signature": False})
    assert claims["sid"] == ada.refresh_token.split(".")[0]
    assert claims["exp"] - claims["iat"] <= 300
    await ada.call(SessionServiceStub, "LogOutEverywhere", api.LogOutEverywhereRequest())
    assert await refused(workspace, ada.refresh_token)


async def test_a_grant_without_a_session_may_not_touch_sessions(workspace: Platform, ada: Person) -> None:
    signer = GrantSigner(KeyRing(workspace.folder / "keys").private(GRANT_KEY))
    token, _ = signer.sign(Grant(ada.id, ada.tenant, Role.ROLE_OWNER, time.time() + 60))
    for method, request in [
        ("ListSessions", api.ListSessionsRequest()),
        ("RevokeSession", api.RevokeSessionRequest(session_id=ada.refresh_token.split(".")[0])),
        ("LogOutEverywhere", api.LogOutEverywhereRequest()),
    ]:
        with pytest.raises(grpc.aio.AioRpcError, match="is for people who are signed in") as error:
            await workspace.call(SessionServiceStub, method, request, token=token)
        assert error.value.code() is grpc.StatusCode.PERMISSION_DENIED
    assert not await refused(workspace, ada.refresh_token)


async def test_two_replicas_rotate_one_token_at_the_same_time(workspace: Platform, ada: Person) -> None:
    async with replica(workspace) as other:
        request = api.RefreshRequest(refresh_token=ada.refresh_token)
        stubs = [AccountServiceStub(channel) for channel in (workspace.channel, other)]
        answers = await asyncio.gather(*(stubs[number % 2].Refresh(request) for number in range(8)))
        tokens = {answer.tokens.refresh_token for answer in answers}
        assert len(tokens) == 8
        for token in tokens:
            assert not await refused(workspace, token)


async def test_reuse_seen_by_two_replicas_at_once_closes_the_session_once_and_for_both(
    workspace: Platform, clock: MovableClock, ada: Person
) -> None:
    async with replica(workspace, clock) as other:
        stubs = [AccountServiceStub(channel) for channel in (workspace.channel, other)]
        successor = (await refresh(workspace, ada.refresh_token)).tokens.refresh_token
        clock.ahead += timedelta(seconds=11)
        stolen = api.RefreshRequest(refresh_token=ada.refresh_token)
        answers = await asyncio.gather(
            *(stubs[number % 2].Refresh(stolen) for number in range(8)), return_exceptions=True
        )
        assert [type(answer) for answer in answers] == [grpc.aio.AioRpcError] * 8
        assert await closings(workspace, ada) == 1
        for stub in stubs:
            with pytest.raises(grpc.aio.AioRpcError, match="session has ended"):
                await stub.Refresh(api.RefreshRequest(refresh_token=successor))


async def test_the_end_of_all_sessions_holds_at_every_replica(workspace: Platform, ada: Person) -> None:
    async with replica(workspace) as other:
        stub = AccountServiceStub(other)
        token = (await stub.Refresh(api.RefreshRequest(refresh_token=ada.refresh_token))).tokens.refresh_token
        await ada.call(SessionServiceStub, "LogOutEverywhere", api.LogOutEverywhereRequest())
        with pytest.raises(grpc.aio.AioRpcError, match="session has ended"):
            await stub.Refresh(api.RefreshRequest(refresh_token=token))


async def closings(workspace: Platform, person: Person) -> int:
    """How often the log says that the person's first session was closed."""
    database = workspace.database("workspace")
    await database.pool.open()
    stream = f"session-{person.refresh_token.split('.')[0]}"
    query = "SELECT count(*) FROM events WHERE stream = %s AND type = 'workspace.SessionClosed.v1'"
    row = await database.fetch_one(query, stream)
    await database.close()
    assert row
    return int(row[0])


async def test_sessions_opened_before_there_was_a_list_are_in_it(workspace: Platform, ada: Person) -> None:
    """As after an upgrade: the tables are not there, the log is."""
    project_id = await ada.project()
    database = workspace.database("workspace")
    await database.pool.open()
    await workspace.stop()
    await database.execute("DROP TABLE sessions, ended_sessions")
    await database.close()
    await workspace.start()
    await devices(ada, "")
    page = await ada.call(ProjectServiceStub, "ListProjects", api.ListProjectsRequest())
    assert [project.id for project in page.projects] == [project_id]
