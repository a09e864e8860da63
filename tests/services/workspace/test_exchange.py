"""Credentials turned into grants over real gRPC: what each opens, and that what ended opens nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import grpc
import jwt
import pytest

from neuralforge.access.v1.access_pb2 import Role
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1.service_pb2_grpc import (
    AccountServiceStub,
    ApiKeyServiceStub,
    GrantServiceStub,
    ProjectServiceStub,
    ShareLinkServiceStub,
)
from tests.services.billing.conftest import MovableClock
from tests.services.conftest import Hosted
from tests.services.platform import Person, Platform
from tests.services.workspace.people import ADMIN, MEMBER, OWNER, VIEWER, change_role, joined, remove, within

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def exchange(platform: Platform, **credential: str) -> api.ExchangeResponse:
    request = api.ExchangeRequest(**credential)
    answer: api.ExchangeResponse = await platform.call(GrantServiceStub, "Exchange", request)
    return answer


async def acting(person: Person, **credential: str) -> Person:
    """Whoever has the credential."""
    return replace(person, token=(await exchange(person.platform, **credential)).grant, refresh_token="")


async def refused(platform: Platform, **credential: str) -> str:
    """The sentence with which a credential is turned away."""
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await exchange(platform, **credential)
    assert error.value.code().name == "UNAUTHENTICATED"
    return str(error.value.details())


async def make_key(person: Person, role: int = MEMBER, **more: object) -> api.CreateApiKeyResponse:
    request = api.CreateApiKeyRequest(name="ci", role=role, **more)  # type: ignore[arg-type]
    answer: api.CreateApiKeyResponse = await person.call(ApiKeyServiceStub, "CreateApiKey", request)
    return answer


async def keys(person: Person, after: int = 0) -> Sequence[api.ApiKey]:
    answer = await person.call(ApiKeyServiceStub, "ListApiKeys", api.ListApiKeysRequest(), after=after)
    return list(answer.keys)


async def make_link(person: Person, project_id: str, days: int = 7) -> api.CreateShareLinkResponse:
    request = api.CreateShareLinkRequest(project_id=project_id, label="jury", days=days)
    answer: api.CreateShareLinkResponse = await person.call(ShareLinkServiceStub, "CreateShareLink", request)
    return answer


async def links(person: Person, project_id: str, after: int = 0) -> Sequence[api.ShareLink]:
    request = api.ListShareLinksRequest(project_id=project_id)
    answer = await person.call(ShareLinkServiceStub, "ListShareLinks", request, after=after)
    return list(answer.links)


async def projects(person: Person) -> list[str]:
    answer = await person.call(ProjectServiceStub, "ListProjects", api.ListProjectsRequest())
    return [project.name for project in answer.projects]


async def show(person: Person, project_id: str, visibility: api.Visibility.ValueType) -> None:
    request = api.SetProjectVisibilityRequest(project_id=project_id, visibility=visibility)
    answer = await person.call(ProjectServiceStub, "SetProjectVisibility", request)
    await person.call(ProjectServiceStub, "ListProjects", api.ListProjectsRequest(), after=answer.position)


async def test_a_key_acts_for_its_person_with_its_own_role(shared: Platform, acme: Person) -> None:
    made = await make_key(acme, VIEWER)
    assert made.secret.startswith(f"nf_{made.key.id}_")
    answer = await exchange(shared, api_key=made.secret)
    assert (answer.user.id, answer.organisation.id, answer.organisation.role) == (acme.id, acme.tenant, VIEWER)
    claims = jwt.decode(answer.grant, options={"verify_signature": False})
    assert (claims["sub"], claims["key"], claims["exp"] - claims["iat"] <= 300) == (acme.id, made.key.id, True)
    program = await acting(acme, api_key=made.secret)
    with pytest.raises(grpc.aio.AioRpcError, match="is for member"):
        await program.project()


async def test_a_key_for_one_project_reaches_that_one_alone(shared: Platform, acme: Person) -> None:
    one = await acme.project("one")
    await acme.project("other")
    program = await acting(acme, api_key=(await make_key(acme, OWNER, project_id=one)).secret)
    assert await projects(program) == ["one"]
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await make_key(acme, OWNER, project_id="nothing")
    assert error.value.code().name == "NOT_FOUND"


async def test_a_key_ends_when_its_project_is_closed_to_its_person(shared: Platform, acme: Person) -> None:
    bob = await joined(acme, await shared.person("bob"))
    project = await acme.project()
    await show(acme, project, api.VISIBILITY_ORGANISATION)
    secret = (await make_key(bob, MEMBER, project_id=project)).secret
    await exchange(shared, api_key=secret)
    await show(acme, project, api.VISIBILITY_PRIVATE)
    assert "closed to its person" in await refused(shared, api_key=secret)


async def test_keys_stop_with_the_role_and_the_membership(shared: Platform, acme: Person) -> None:
    bob = await joined(acme, await shared.person("bob"), ADMIN)
    secret = (await make_key(bob, ADMIN)).secret
    await change_role(acme, bob.id, VIEWER)
    assert (await exchange(shared, api_key=secret)).organisation.role == VIEWER
    await remove(acme, bob.id)
    assert "not a member" in await refused(shared, api_key=secret)
    bob = await joined(acme, await within(bob, ""), ADMIN)
    assert "not a member" in await refused(shared, api_key=secret)
    assert await keys(bob) == []


async def test_keys_are_listed_and_revoked_by_their_person_and_by_admins(shared: Platform, acme: Person) -> None:
    bob = await joined(acme, await shared.person("bob"))
    his, hers = await make_key(bob), await make_key(acme)
    assert [each.id for each in await keys(bob, hers.position)] == [his.key.id]
    assert [each.id for each in await keys(acme, hers.position)] == [hers.key.id, his.key.id]
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await bob.call(ApiKeyServiceStub, "RevokeApiKey", api.RevokeApiKeyRequest(key_id=hers.key.id))
    assert error.value.code().name == "NOT_FOUND"
    revoked = await acme.call(ApiKeyServiceStub, "RevokeApiKey", api.RevokeApiKeyRequest(key_id=his.key.id))
    assert "revoked" in await refused(shared, api_key=his.secret)
    assert await keys(bob, revoked.position) == []


async def test_keys_make_no_keys_and_leave_accounts_alone(shared: Platform, acme: Person) -> None:
    program = await acting(acme, api_key=(await make_key(acme, OWNER)).secret)
    for call in (make_key(program), keys(program)):
        with pytest.raises(grpc.aio.AioRpcError, match="for people who are signed in"):
            await call
    account = await program.call(AccountServiceStub, "GetAccount", api.GetAccountRequest())
    assert account.user.id == acme.id


async def test_the_last_use_of_a_key_is_told_to_the_hour(hosted: Hosted) -> None:
    clock = MovableClock()
    async with hosted("workspace", clock=clock) as platform:
        ada = await platform.person("ada")
        made = await make_key(ada)
        [before] = await keys(ada, made.position)
        assert not before.HasField("last_used_at")
        for _ in range(3):
            await exchange(platform, api_key=made.secret)
        clock.ahead = timedelta(minutes=61)
        await exchange(platform, api_key=made.secret)
        assert (await written(platform)).count("workspace.ApiKeyUsed.v1") == 2

        async def told() -> bool:
            [key] = await keys(ada)
            return key.last_used_at.seconds > before.created_at.seconds + 3600

        await platform.eventually(told)


async def written(platform: Platform) -> list[str]:
    """The types of all events."""
    database = platform.database("workspace")
    await database.open()
    rows = await database.fetch("SELECT type FROM events")
    await database.close()
    return [str(row[0]) for row in rows]


async def test_a_repeated_command_tells_no_secret_twice(shared: Platform, acme: Person) -> None:
    project = await acme.project()
    for stub, method, request in (
        (ApiKeyServiceStub, "CreateApiKey", api.CreateApiKeyRequest(name="ci", role=VIEWER)),
        (ShareLinkServiceStub, "CreateShareLink", api.CreateShareLinkRequest(project_id=project, label="x")),
    ):
        first = await acme.call(stub, method, request, key=method)
        again = await acme.call(stub, method, request, key=method)
        field = "secret" if method == "CreateApiKey" else "token"
        assert getattr(first, field)
        assert not getattr(again, field)
        first.ClearField(field)
        assert again == first


async def test_a_share_link_shows_its_project_and_nothing_else(shared: Platform, acme: Person) -> None:
    one = await acme.project("one")
    await show(acme, await acme.project("open"), api.VISIBILITY_PUBLIC)
    made = await make_link(acme, one)
    answer = await exchange(shared, share_link=made.token)
    claims = jwt.decode(answer.grant, options={"verify_signature": False})
    assert (claims["sub"], claims["project"], claims["role"]) == (f"share:{made.link.id}", one, "viewer")
    assert (answer.project_id, answer.organisation.role, answer.HasField("user")) == (one, Role.ROLE_VIEWER, False)
    guest = await acting(acme, share_link=made.token)
    assert await projects(guest) == ["one"]
    rename = api.RenameProjectRequest(project_id=one, name="two")
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await guest.call(ProjectServiceStub, "RenameProject", rename)
    assert error.value.code().name == "PERMISSION_DENIED"


async def test_share_links_are_listed_and_revoked(shared: Platform, acme: Person) -> None:
    one, other = await acme.project("one"), await acme.project("other")
    first, second, third = await make_link(acme, one), await make_link(acme, one), await make_link(acme, other)
    assert await links(acme, one, third.position) == [second.link, first.link]
    request = api.RevokeShareLinkRequest(link_id=first.link.id)
    revoked = await acme.call(ShareLinkServiceStub, "RevokeShareLink", request)
    assert await links(acme, one, revoked.position) == [second.link]
    assert "revoked" in await refused(shared, share_link=first.token)
    eve = await shared.person("eve")
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await eve.call(ShareLinkServiceStub, "RevokeShareLink", api.RevokeShareLinkRequest(link_id=second.link.id))
    assert error.value.code().name == "NOT_FOUND"


async def test_who_cannot_see_a_project_cannot_share_it(shared: Platform, acme: Person) -> None:
    bob = await joined(acme, await shared.person("bob"))
    project = await acme.project()
    for call in (make_link(bob, project), links(bob, project)):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await call
        assert error.value.code().name == "NOT_FOUND"


async def test_credentials_expire(hosted: Hosted) -> None:
    clock = MovableClock()
    async with hosted("workspace", clock=clock) as platform:
        ada = await platform.person("ada")
        project = await ada.project()
        link, key = (await make_link(ada, project, 1)).token, (await make_key(ada, days=1)).secret
        clock.ahead = timedelta(hours=23, minutes=59)
        for credential in ({"share_link": link}, {"api_key": key}):
            answer = await exchange(platform, **credential)
            claims = jwt.decode(answer.grant, options={"verify_signature": False})
            assert claims["exp"] - claims["iat"] <= 60
        clock.ahead = timedelta(days=1)
        assert "expired" in await refused(platform, share_link=link)
        assert "expired" in await refused(platform, api_key=key)
        assert await links(ada, project) == []
        assert await keys(ada) == []


async def test_a_public_project_opens_to_anybody_while_it_is_public(shared: Platform, acme: Person) -> None:
    project = await acme.project("open")
    assert "no public project" in await refused(shared, public_project=project)
    await show(acme, project, api.VISIBILITY_PUBLIC)
    answer = await exchange(shared, public_project=project)
    claims = jwt.decode(answer.grant, options={"verify_signature": False})
    assert (claims["sub"], claims["project"], claims["role"]) == ("anonymous", project, "viewer")
    assert await projects(await acting(acme, public_project=project)) == ["open"]
    await show(acme, project, api.VISIBILITY_ORGANISATION)
    assert "no public project" in await refused(shared, public_project=project)
    assert "no public project" in await refused(shared, public_project="nothing")


async def test_what_is_no_credential_is_turned_away(shared: Platform, acme: Person) -> None:
    made = await make_key(acme)
    for credential in ({"api_key": "x"}, {"api_key": made.secret + "x"}, {"share_link": made.secret}):
        assert await refused(shared, **credential)
