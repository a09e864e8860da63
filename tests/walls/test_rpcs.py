"""No RPC shows anybody what they may not see, or changes what they may not change."""

from pathlib import Path

import grpc
import pytest

from kernel.settings import CONTEXTS
from neuralforge.graph.v1 import service_pb2 as graph
from neuralforge.graph.v1.service_pb2_grpc import ArchitectureServiceStub
from neuralforge.workspace.v1 import service_pb2 as workspace
from tests.walls.crossings import crossings
from tests.walls.disabled import open_to_all, without_checks, without_conditions, without_row_security
from tests.walls.matrix import IN, Sees, cells, findings, paths, rpc, send, send_in_batch
from tests.walls.operations import Kind
from tests.walls.rpcs import RPCS
from tests.walls.world import MARK, Principal, World

PROTOS = Path(__file__).parents[2] / "proto" / "neuralforge"
PRIVATE, ORGANISATION = workspace.VISIBILITY_PRIVATE, workspace.VISIBILITY_ORGANISATION
pytestmark = pytest.mark.asyncio(loop_scope="module")


def in_private(principal: Principal) -> bool:
    return principal.sees


def in_organisation(principal: Principal) -> bool:
    return principal.sees or principal.member


async def test_every_rpc_is_classified() -> None:
    assert paths().keys() - RPCS.keys() == set(), "add the new RPC to tests/walls/rpcs.py"
    served = {path.parent.parent.name for path in PROTOS.glob("*/v1/service.proto")}
    assert served == {*CONTEXTS, "batch"}, "the matrix walks contexts, and the tests below batches; add what is new"


async def wrongs(world: World, sees: Sees, *kinds: Kind) -> list[str]:
    """The matrix, refusals first: none of them may write an event of the organisation."""
    asked = [cell for cell in cells(world, sees) if cell.operation.kind in (kinds or Kind)]
    before = await world.heads()
    found = await findings(world, [cell for cell in asked if cell.wanted != IN], sees)
    if (after := await world.heads()) != before:
        found.append(f"what was refused changed something: {before} became {after}")
    return found + await findings(world, [cell for cell in asked if cell.wanted == IN], sees)


async def test_a_private_project_exists_for_its_creator_and_admins(world: World) -> None:
    assert await wrongs(world, in_private) == []


async def test_a_batch_is_no_way_round(world: World) -> None:
    asked = [cell for cell in cells(world, in_private) if rpc(cell.name).reads]
    before = await world.heads()
    assert await findings(world, asked, in_private, send_in_batch) == []
    assert await world.heads() == before


async def test_a_batch_takes_no_command(world: World) -> None:
    for name in (name for name in RPCS if not rpc(name).reads):
        request = rpc(name).request(**RPCS[name].values(world.things))
        answer = await send_in_batch(world, paths()[name], request, world.ada.token)
        assert answer.code == "INVALID_ARGUMENT", name


async def test_what_the_organisation_may_see_the_rest_may_not(world: World) -> None:
    await world.show(ORGANISATION)
    try:
        assert await wrongs(world, in_organisation, Kind.PROJECT, Kind.MANAGED, Kind.FILTERED) == []
    finally:
        await world.show(PRIVATE)


async def test_what_is_open_leads_to_nothing_closed(world: World) -> None:
    """Who names something of their own and something closed in one request is told that it is not there."""
    before = await world.heads()
    found = []
    for name, own in (
        ("foreign owner", world.far),
        ("member", world.near),
        ("creator's key for another project", world.near),
    ):
        for path, request in crossings(own, world.things):
            answer = await send(world, path, request, world.named(name).token(""))
            if answer.code != "NOT_FOUND" or MARK.encode() in answer.said:
                found.append(f"{path} as {name} is answered {answer.code}: {answer.said[:200]!r}")
    assert found == []
    assert await world.heads() == before


async def test_an_answer_kept_under_a_key_is_for_who_asked_first(world: World) -> None:
    request = graph.ForkArchitectureRequest(architecture_id=world.things.architecture)
    await world.ada.call(ArchitectureServiceStub, "ForkArchitecture", request, key="mine")
    again = await world.ada.call(ArchitectureServiceStub, "ForkArchitecture", request, key="mine")
    assert again.architecture.project_id == world.things.project
    for name in ("member", "creator's key for another project"):
        token = world.named(name).token("")
        with pytest.raises(grpc.aio.AioRpcError, match="was used for another request"):
            await world.platform.call(ArchitectureServiceStub, "ForkArchitecture", request, token=token, key="mine")


async def leaks(world: World) -> list[str]:
    """What people, jobs and services of another organisation are told or change; they know the ids they ask with."""
    asked = [cell for cell in cells(world, in_private) if cell.principal.foreign or not cell.principal.role]
    before = await world.heads()
    told = [wrong for wrong in await findings(world, asked, in_private) if "is told" in wrong]
    found = [wrong for wrong in told if wrong.rsplit(" ", 1)[1] not in world.things.ids]
    return found if await world.heads() == before else [*found, "something was changed"]


async def test_without_its_own_checks_nothing_leaves_the_organisation(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_checks(monkeypatch)
    assert await leaks(world) == []


async def test_without_checks_and_conditions_row_level_security_still_stands(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_checks(monkeypatch)
    without_conditions(monkeypatch)
    assert await leaks(world) == []


async def test_a_leak_out_of_the_organisation_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without row-level security too, the matrix has to report what then gets out."""
    without_checks(monkeypatch)
    without_conditions(monkeypatch)
    async with without_row_security(world.platform, "training"):
        found = await leaks(world)
    assert f"training.RunService.GetRun as foreign owner: is told {MARK}" in found
    assert f"training.RunService.ListLogLines as foreign owner: is told {MARK}" in found


async def test_a_leak_within_the_organisation_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory that opens every project is reported for every service that asks it."""
    open_to_all(monkeypatch)
    asked = [cell for cell in cells(world, in_private) if cell.principal.name == "member"]
    found = await findings(world, asked, in_private)
    for name in (
        "graph.ArchitectureService.GetArchitecture",
        "dataset.DatasetService.GetDataset",
        "training.RunService.GetRun",
        "export.ExportService.GetExport",
    ):
        assert f"{name} as member: was to be refused with NOT_FOUND, and is {IN}" in found
