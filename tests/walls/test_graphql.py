"""No field or address of the gateway shows anybody what they may not see; a file is reached by its own link only."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from gateway.app import create_app
from gateway.settings import GatewaySettings
from neuralforge.access.v1.access_pb2 import Role
from neuralforge.training.v1 import service_pb2 as training
from neuralforge.training.v1.service_pb2_grpc import RunServiceStub
from tests.gateway.conftest import visiting
from tests.gateway.web import Visitor
from tests.walls.disabled import open_to_all
from tests.walls.documents import fields
from tests.walls.fields import FIELDS
from tests.walls.graphql_matrix import ask, findings, judge
from tests.walls.matrix import Answer, told
from tests.walls.operations import OWN
from tests.walls.routes import ROUTES
from tests.walls.world import MARK, Principal, World

JOBS = (Role.ROLE_JOB, Role.ROLE_SERVICE)
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def nobody(world: World) -> AsyncIterator[Visitor]:
    async with visiting(world.platform) as visitor:
        yield visitor


def in_private(principal: Principal) -> bool:
    return principal.sees


async def test_every_field_is_classified() -> None:
    assert fields().keys() - FIELDS.keys() == set(), "add the new field to tests/walls/fields.py"


async def test_a_private_project_exists_for_its_creator_and_admins(world: World, nobody: Visitor) -> None:
    assert await findings(world, nobody, in_private) == []


async def test_a_leak_is_found(world: World, nobody: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    open_to_all(monkeypatch)
    member = world.named("member")
    for name in ("Query.run", "Query.architecture", "Query.dataset", "Subscription.runProgress"):
        answer = await ask(world, nobody, name, member)
        wrong = [*judge(world, FIELDS[name], member, answer, in_private)]
        assert "was to be refused, and is in" in wrong
        assert f"is told {MARK}" in wrong


async def test_every_address_is_classified() -> None:
    app = create_app(GatewaySettings(addresses={}, nats_url="", s3_endpoint="nowhere"))
    found = {route.path for route in app.routes}  # type: ignore[attr-defined]
    assert found - ROUTES.keys() == set(), "add the new address to tests/walls/routes.py"


async def test_no_address_tells_of_a_closed_project(world: World, nobody: Visitor) -> None:
    asked = [path.format(provider="google") for path in ROUTES if path not in ("", "/graphql", "/files/{path:path}")]
    for principal in (each for each in world.principals if not each.sees and each.role not in JOBS):
        token = principal.token("")
        headers = {"authorization": f"Bearer {token}"} if token else {}
        for path in asked:
            for method in ("GET", "POST"):
                answer = await nobody.http.request(method, path, json={}, headers=headers)
                assert answer.status_code < 500, (method, path)
                said = Answer(str(answer.status_code), answer.content)
                assert [*told(world, OWN(), principal, said, in_private)] == [], (method, path, principal.name)


async def test_a_file_is_reached_by_its_own_link_only(world: World, nobody: Visitor) -> None:
    asked = training.ListCheckpointsRequest(run_id=world.things.run)
    kept = await world.ada.call(RunServiceStub, "ListCheckpoints", asked)
    link = urlsplit(kept.checkpoints[0].files[0].url)
    path, query = f"/files{link.path}", link.query
    assert (await nobody.http.get(f"{path}?{query}")).text == MARK
    folder, _, name = path.rpartition("/")
    signature = query.rpartition("=")[2]
    for attempt in (
        path,
        f"{path}?{query.replace(signature, signature[::-1])}",
        f"{path}?{query.replace('X-Amz-Expires=', 'X-Amz-Expires=9')}",
        f"{folder}/other-{name}?{query}",
        f"{path.replace(world.things.tenant, world.far.tenant)}?{query}",
        f"{folder}/../{name}?{query}",
        f"{folder}/?{query}",
        f"/files/?{query}",
    ):
        for principal in world.principals:
            token = principal.token("")
            headers = {"authorization": f"Bearer {token}"} if token else {}
            answer = await nobody.http.get(attempt, headers=headers)
            assert answer.status_code in (400, 403, 404), attempt
            assert MARK not in answer.text
    assert (await nobody.http.put(f"{path}?{query}", content=b"forged")).status_code == 403
    assert (await nobody.http.get(f"{path}?{query}")).text == MARK
