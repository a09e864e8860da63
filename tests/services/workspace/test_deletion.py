"""Deleting an account over real gRPC: what goes, what stays, what stands in the way, and what the log still tells."""

import contextlib
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import grpc
import pytest
import pytest_asyncio

from kernel.clock import utc_now
from kernel.errors import Rejected
from kernel.events import EventTypes
from kernel.log import SYSTEM_TENANT, Append, Write
from kernel.postgres_log import PostgresLog
from kernel.projection import Projector
from neuralforge.access.v1.access_pb2 import Role
from neuralforge.workspace.v1 import events_pb2 as events
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1.service_pb2_grpc import (
    AccountServiceStub,
    OrganisationServiceStub,
    ProjectServiceStub,
    SessionServiceStub,
)
from services.workspace.accounts import User
from services.workspace.deletion import require_fresh
from services.workspace.projection import PROJECTION
from services.workspace.sessions import Session
from tests.conftest import RunningServers
from tests.services.platform import PASSWORD, Person, Platform, platform

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def workspace(servers: RunningServers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    """One for all tests here: each has people of its own."""
    async with platform(servers.addresses, tmp_path_factory.mktemp("deletion")) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def ada(workspace: Platform) -> Person:
    return await workspace.person("ada")


async def delete(person: Person, password: str = PASSWORD) -> None:
    await person.call(AccountServiceStub, "DeleteAccount", api.DeleteAccountRequest(password=password))


async def told(workspace: Platform) -> bytes:
    """All that the workspace's tables hold, the read models too."""
    database = workspace.database("workspace")
    await database.pool.open()
    found = []
    for (table,) in await database.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'workspace'"):
        rows = await database.fetch(f"SELECT * FROM {table}")
        found += [part if isinstance(part, bytes) else str(part).encode() for row in rows for part in row]
    await database.close()
    return b"\n".join(found)


async def refused(person: Person, stub: Any, method: str, request: Any, token: str | None = None) -> str:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await person.platform.call(stub, method, request, token=person.token if token is None else token)
    return f"{error.value.code().name}: {error.value.details()}"


async def test_what_a_person_tells_us_stands_nowhere_in_plain_text(workspace: Platform) -> None:
    request = api.RegisterRequest(email="Grace.Hopper@Example.org", password=PASSWORD, name="Grace Brewster Hopper")
    answer = await workspace.call(AccountServiceStub, "Register", request)
    assert (answer.user.email, answer.user.name) == ("grace.hopper@example.org", "Grace Brewster Hopper")
    everything = await told(workspace)
    assert answer.user.id.encode() in everything
    assert b"hopper" not in everything.lower()


async def test_a_deleted_account_is_gone_and_its_address_is_free(workspace: Platform, ada: Person) -> None:
    project_id = await ada.project()
    await delete(ada)
    log_in = api.LogInRequest(email=ada.email, password=PASSWORD)
    assert "do not match an account" in await refused(ada, AccountServiceStub, "LogIn", log_in, token="")
    refresh = api.RefreshRequest(refresh_token=ada.refresh_token)
    assert "session has ended" in await refused(ada, AccountServiceStub, "Refresh", refresh, token="")
    assert await refused(ada, AccountServiceStub, "GetAccount", api.GetAccountRequest())
    project = api.GetProjectRequest(project_id=project_id)
    assert (await refused(ada, ProjectServiceStub, "GetProject", project)).startswith("NOT_FOUND")
    again = api.RegisterRequest(email=ada.email, password=PASSWORD, name="another ada")
    assert (await workspace.call(AccountServiceStub, "Register", again)).user.id != ada.id


async def test_deleting_needs_the_password(workspace: Platform, ada: Person) -> None:
    answer = await refused(ada, AccountServiceStub, "DeleteAccount", api.DeleteAccountRequest(password="wrong one"))
    assert answer == "PERMISSION_DENIED: this is not your password; enter it again"
    await ada.call(AccountServiceStub, "GetAccount", api.GetAccountRequest())


async def test_deleting_a_deleted_account_is_done_already(workspace: Platform, ada: Person) -> None:
    await delete(ada)
    await delete(ada)


async def organisation(owner: Person, *members: Person) -> str:
    """The id of a new organisation of these people, the first of whom owns it."""
    request = api.CreateOrganisationRequest(name="lab")
    id: str = (await owner.call(OrganisationServiceStub, "CreateOrganisation", request)).organisation.id
    database = owner.platform.database("workspace")
    await database.open()
    log = PostgresLog(database, EventTypes(events))
    await log.open()
    for version, member in enumerate(members, start=2):
        added = events.MemberAdded(organisation_id=id, user_id=member.id, role=Role.ROLE_MEMBER)
        joined = events.OrganisationJoined(organisation_id=id)
        writes = [
            Write(id, f"organisation-{id}", version, [added]),
            Write(SYSTEM_TENANT, f"memberships-{member.id}", 0, [joined]),
        ]
        await log.append(Append(writes))
    await log.close()
    await database.close()
    return id


async def test_others_see_a_deleted_person_where_a_colleague_was(workspace: Platform, ada: Person) -> None:
    grace = await workspace.person("grace")
    id = await organisation(grace, ada)
    foreseen = await ada.call(AccountServiceStub, "GetAccountDeletion", api.GetAccountDeletionRequest())
    assert (foreseen.deleted.id, [each.id for each in foreseen.left]) == (ada.tenant, [id])
    assert (list(foreseen.obstacles), foreseen.needs_password) == ([], True)
    await delete(ada)
    request = api.RefreshRequest(refresh_token=grace.refresh_token, organisation_id=id)
    token = (await workspace.call(AccountServiceStub, "Refresh", request)).tokens.grant
    members = await workspace.call(OrganisationServiceStub, "ListMembers", api.ListMembersRequest(), token=token)
    assert [member.user_id for member in members.members] == [grace.id]
    names = api.BatchGetUsersRequest(ids=[ada.id, grace.id])
    people = await workspace.call(AccountServiceStub, "BatchGetUsers", names, token=token)
    assert [person.name for person in people.people] == ["deleted person", "grace"]


async def test_the_last_owner_of_an_organisation_has_to_find_another_first(workspace: Platform, ada: Person) -> None:
    await organisation(ada, await workspace.person("grace"))
    foreseen = await ada.call(AccountServiceStub, "GetAccountDeletion", api.GetAccountDeletionRequest())
    assert list(foreseen.obstacles) == ["lab would have no owner; make somebody else an owner first"]
    answer = await refused(ada, AccountServiceStub, "DeleteAccount", api.DeleteAccountRequest(password=PASSWORD))
    assert answer == "FAILED_PRECONDITION: lab would have no owner; make somebody else an owner first"
    await ada.call(SessionServiceStub, "ListSessions", api.ListSessionsRequest())


async def test_an_account_in_plain_text_is_read_and_unreadable_once_deleted(workspace: Platform) -> None:
    """As an earlier release wrote it."""
    lovelace = await workspace.person("lovelace")
    await in_plain_text(lovelace, "countess@example.org", "Augusta Ada King")
    await workspace.restart()
    account = await lovelace.call(AccountServiceStub, "GetAccount", api.GetAccountRequest())
    assert (account.user.email, account.user.name) == ("countess@example.org", "Augusta Ada King")
    before = await told(workspace)
    assert before.count(b"Augusta Ada King") == 2
    await delete(lovelace)
    after = await told(workspace)
    assert b"Augusta" not in after
    assert b"countess" not in after


async def in_plain_text(person: Person, email: str, name: str) -> None:
    """Writes the person's first events anew in the form of an earlier release."""
    database = person.platform.database("workspace")
    await database.pool.open()
    types = EventTypes(events)
    first = {f"user-{person.id}": "UserRegistered", f"organisation-{person.tenant}": "OrganisationCreated"}
    for stream, kind in first.items():
        row = await database.fetch_one("SELECT event_id, data FROM events WHERE stream = %s AND version = 1", stream)
        assert row
        event: Any = types.decode(f"workspace.{kind}.v1", row[1])
        event.name = name
        if isinstance(event, events.UserRegistered):
            event.email, event.sealed = email, b""
        await database.execute("UPDATE events SET data = %s WHERE event_id = %s", event.SerializeToString(), row[0])
    await database.execute("DELETE FROM personal_keys WHERE user_id = %s", person.id)
    await database.close()


async def test_an_address_reserved_by_an_earlier_release_is_taken_and_comes_free(workspace: Platform) -> None:
    """Under the plain hash of the address."""
    old = await workspace.person("old")
    database = workspace.database("workspace")
    await database.pool.open()
    plain = f"email-{hashlib.sha256(old.email.encode()).hexdigest()}"
    reserved = events.EmailReserved(user_id=old.id).SerializeToString()
    found = await database.fetch_one("SELECT stream FROM events WHERE data = %s", reserved)
    assert found
    assert found[0] != plain
    await database.execute("UPDATE events SET stream = %s WHERE stream = %s", plain, found[0])
    await database.execute("UPDATE streams SET stream = %s WHERE stream = %s", plain, found[0])
    await database.close()
    await workspace.restart()
    again = api.RegisterRequest(email=old.email, password=PASSWORD)
    assert (await refused(old, AccountServiceStub, "Register", again, token="")).startswith("ALREADY_EXISTS")
    await workspace.call(AccountServiceStub, "LogIn", api.LogInRequest(email=old.email, password=PASSWORD))
    await delete(old)
    await workspace.call(AccountServiceStub, "Register", again)


async def test_read_models_are_rebuilt_after_a_deletion(workspace: Platform, ada: Person) -> None:
    grace = await workspace.person("grace")
    kept = await grace.project("kept")
    await ada.project("gone")
    await delete(ada)
    await workspace.stop()
    database = workspace.database("workspace")
    await database.pool.open()
    log = PostgresLog(database, EventTypes(events))
    await log.open()
    await Projector(log, database, PROJECTION).rebuild()
    rows = await database.fetch("SELECT tenant, id FROM projects WHERE tenant = ANY(%s)", [ada.tenant, grace.tenant])
    keys = await database.fetch("SELECT user_id FROM personal_keys WHERE user_id = ANY(%s)", [ada.id, grace.id])
    await log.close()
    await database.close()
    await workspace.start()
    assert rows == [(grace.tenant, kept)]
    assert keys == [(grace.id,)]
    account = await grace.call(AccountServiceStub, "GetAccount", api.GetAccountRequest())
    assert account.user.name == "grace"


@pytest.mark.parametrize(("minutes", "closed", "fresh"), [(9, False, True), (11, False, False), (9, True, False)])
async def test_only_an_open_session_of_the_last_ten_minutes_is_fresh(minutes: int, closed: bool, fresh: bool) -> None:
    now = utc_now()
    session = Session(id="s", user_id="u", opened_at=now - timedelta(minutes=minutes), closed=closed)
    with contextlib.nullcontext() if fresh else pytest.raises(Rejected, match="log in once more"):
        require_fresh(session, User(id="u"), now)
