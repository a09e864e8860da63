"""BatchService: each read of a batch is served, checked and refused as if it had come alone."""

from typing import Any

import grpc
import pytest
from google.rpc import status_pb2

from kernel import batch
from neuralforge.batch.v1.service_pb2 import Outcome, ReadRequest
from neuralforge.batch.v1.service_pb2_grpc import BatchServiceStub
from neuralforge.workspace.v1 import service_pb2 as api
from tests.services.platform import Person, Platform

GET = "/neuralforge.workspace.v1.ProjectService/GetProject"
CREATE = "/neuralforge.workspace.v1.ProjectService/CreateProject"


async def read(platform: Platform, token: str, requests: list[Any], method: str = GET) -> list[Outcome]:
    given = ReadRequest(method=method, requests=[each.SerializeToString() for each in requests])
    return list((await platform.call(BatchServiceStub, "Read", given, token=token)).outcomes)


def asked(*ids: str) -> list[api.GetProjectRequest]:
    return [api.GetProjectRequest(project_id=id) for id in ids]


def status(outcome: Outcome) -> status_pb2.Status:
    return status_pb2.Status.FromString(outcome.status)


async def test_reads_are_answered_in_order(workspace: Platform) -> None:
    ada = await workspace.person()
    ids = [await ada.project(f"p{number}") for number in range(50)]
    outcomes = await read(workspace, ada.token, asked(*reversed(ids)))
    found = [api.GetProjectResponse.FromString(outcome.response).project.id for outcome in outcomes]
    assert found == ids[::-1]


async def test_one_that_is_refused_leaves_the_others_alone(workspace: Platform) -> None:
    ada, eve = await workspace.person("ada"), await workspace.person("eve")
    own, foreign = await ada.project(), await eve.project()
    outcomes = await read(workspace, ada.token, asked(own, foreign, "nothing", own))
    assert [outcome.WhichOneof("outcome") for outcome in outcomes] == ["response", "status", "status", "response"]
    assert status(outcomes[1]).code == grpc.StatusCode.NOT_FOUND.value[0]
    assert status(outcomes[1]).message == f"there is no project {foreign!r} in your organisation"
    assert status(outcomes[1]).details


async def test_each_read_needs_the_grant_it_needs_alone(workspace: Platform) -> None:
    own = await (await workspace.person()).project()
    codes = {status(outcome).code for outcome in await read(workspace, "", asked(own, own))}
    assert codes == {grpc.StatusCode.UNAUTHENTICATED.value[0]}
    codes = {status(outcome).code for outcome in await read(workspace, "a.b.c", asked(own))}
    assert codes == {grpc.StatusCode.UNAUTHENTICATED.value[0]}


async def test_a_malformed_read_is_refused_by_itself(workspace: Platform) -> None:
    ada = await workspace.person()
    given = ReadRequest(method=GET, requests=[b"\xff\xff", asked(await ada.project())[0].SerializeToString()])
    outcomes = (await ada.call(BatchServiceStub, "Read", given)).outcomes
    assert [outcome.WhichOneof("outcome") for outcome in outcomes] == ["status", "response"]
    assert "is not a valid" in status(outcomes[0]).message


@pytest.mark.parametrize(
    "path", [CREATE, batch.BATCH, "/grpc.health.v1.Health/Check", "/a.B/C", "", f"{GET}s", "neuralforge", "/" * 9]
)
async def test_nothing_but_reads_can_be_batched(workspace: Platform, path: str) -> None:
    ada = await workspace.person()
    with pytest.raises(grpc.aio.AioRpcError, match="is no RPC of this service that only reads") as refused:
        await read(workspace, ada.token, [api.CreateProjectRequest(name="sneaked in")], path)
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT


async def test_a_batch_has_bounds(workspace: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    ada: Person = await workspace.person()
    own = await ada.project()
    with pytest.raises(grpc.aio.AioRpcError, match="at most 200 reads fit in a batch, not 201"):
        await read(workspace, ada.token, asked(*[own] * 201))
    monkeypatch.setattr(batch, "MOST_BYTES", 150)
    outcomes = await read(workspace, ada.token, asked(*[own] * 5))
    assert outcomes[0].response
    assert "ask for fewer at once" in status(outcomes[-1]).message
