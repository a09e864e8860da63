"""Forks and merges: what was done to a copy comes back, conflicts are told, and blame knows whose is what."""

import json
from typing import Any

import grpc
import pytest

import blueprint
from neuralforge.graph.v1 import service_pb2 as api
from neuralforge.graph.v1.service_pb2_grpc import ArchitectureServiceStub
from tests.services.graph.conftest import Studio
from tests.services.graph.examples import ADD_RELU, CUT_OFF, WIDEN, edits, move
from tests.services.graph.test_refusals import refused

BIAS = {"op": "configure", "id": "fc", "set": {"bias": False}}
WIDER = {"op": "configure", "id": "fc", "set": {"out_features": 64}}
INSERT = [
    CUT_OFF,
    ADD_RELU,
    {"op": "connect", "edge": {"source": "fc", "target": "act"}},
    {"op": "connect", "edge": {"source": "act", "target": "out"}},
]


@pytest.fixture
async def origin(studio: Studio) -> str:
    """An architecture with one version."""
    id = (await studio.create()).architecture.id
    await studio.save(id, "first")
    return id


async def fork(studio: Studio, id: str, **more: Any) -> api.ForkArchitectureResponse:
    answer: api.ForkArchitectureResponse = await studio.call(
        "ForkArchitecture", api.ForkArchitectureRequest(architecture_id=id, **more)
    )
    return answer


async def merge(studio: Studio, id: str, source: str, **more: Any) -> api.MergeArchitectureResponse:
    version = {name: more.pop(name) for name in ("version", "base_version") if name in more}
    request = api.MergeArchitectureRequest(
        architecture_id=id, source=api.MergeSource(architecture_id=source, **version), **more
    )
    answer: api.MergeArchitectureResponse = await studio.call("MergeArchitecture", request)
    return answer


async def changed(studio: Studio, id: str, *batch: dict[str, Any]) -> None:
    """Edit and save."""
    await studio.edit(id, edits(*batch))
    await studio.save(id)


async def test_a_fork_begins_as_the_version_and_remembers_it(studio: Studio, origin: str) -> None:
    await changed(studio, origin, WIDEN)
    answer = await fork(studio, origin, version=1, name="mine")
    mine = answer.architecture
    assert (mine.name, mine.revision, mine.latest_version, mine.project_id) == ("mine", 1, 0, studio.project_id)
    assert (mine.origin_architecture_id, mine.origin_version) == (origin, 1)
    assert json.loads(answer.analysis)["totals"]["params"] == "36"
    assert (await studio.get(mine.id)).architecture == mine
    request = api.ListArchitecturesRequest(project_id=studio.project_id)
    listed = await studio.call("ListArchitectures", request, after=answer.position)
    assert [(each.id, each.origin_architecture_id, each.origin_version) for each in listed.architectures] == [
        (mine.id, origin, 1),
        (origin, "", 0),
    ]


async def test_what_was_done_to_a_fork_comes_back_into_its_origin(studio: Studio, origin: str) -> None:
    mine = (await fork(studio, origin)).architecture.id
    await changed(studio, mine, *INSERT, move(640))
    await studio.edit(origin, edits(WIDEN))
    answer = await merge(studio, origin, mine, base_revision=2)
    assert (answer.architecture.revision, json.loads(answer.conflicts)) == (3, [])
    document = json.loads(answer.document)
    assert {node["id"] for node in document["nodes"]} == {"in", "fc", "act", "out"}
    assert next(node["config"] for node in document["nodes"] if node["id"] == "fc") == {"out_features": 16}
    assert next(node["position"]["x"] for node in document["nodes"] if node["id"] == "fc") == 640
    assert json.loads(answer.analysis)["valid"]
    assert (await studio.get(origin)).document == answer.document


async def test_a_second_merge_starts_where_the_first_ended(studio: Studio, origin: str) -> None:
    mine = (await fork(studio, origin)).architecture.id
    await changed(studio, mine, WIDEN)
    await merge(studio, origin, mine)
    await studio.edit(origin, edits(WIDER))  # the origin's own opinion after the first merge
    await changed(studio, mine, BIAS)
    answer = await merge(studio, origin, mine)
    assert json.loads(answer.conflicts) == []
    config = next(node["config"] for node in json.loads(answer.document)["nodes"] if node["id"] == "fc")
    assert config == {"out_features": 64, "bias": False}
    again = await merge(studio, origin, mine)
    assert again.architecture.revision == answer.architecture.revision


async def test_an_origin_can_be_merged_into_its_fork(studio: Studio, origin: str) -> None:
    mine = (await fork(studio, origin)).architecture.id
    await studio.edit(mine, edits(*INSERT))
    await changed(studio, origin, WIDEN)
    answer = await merge(studio, mine, origin)
    assert json.loads(answer.analysis)["totals"]["params"] == "144"
    assert {node["id"] for node in json.loads(answer.document)["nodes"]} == {"in", "fc", "act", "out"}


async def test_conflicts_are_told_and_merged_only_on_demand(studio: Studio, origin: str) -> None:
    mine = (await fork(studio, origin)).architecture.id
    await changed(studio, mine, WIDER, BIAS)
    await studio.edit(origin, edits(WIDEN))
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await merge(studio, origin, mine)
    code, _, sentence = refused(error)
    assert code == "FAILED_PRECONDITION"
    assert "1 conflict, the first: `out_features` of node `fc` is 16 in ours and 64 in theirs" in sentence
    preview = await studio.call(
        "PreviewMerge",
        api.PreviewMergeRequest(architecture_id=origin, source=api.MergeSource(architecture_id=mine)),
    )
    (conflict,) = json.loads(preview.conflicts)
    assert (conflict["node"], conflict["field"], conflict["base"]) == ("fc", "config.out_features", 4)
    assert (preview.base_architecture_id, preview.base_version) == (origin, 1)
    assert json.loads(preview.edits) == [{"op": "configure", "id": "fc", "set": {"bias": False}, "unset": []}]
    assert (await studio.get(origin)).architecture.revision == 2
    answer = await merge(studio, origin, mine, keep_ours=True)
    assert json.loads(answer.conflicts) == [conflict]
    assert (answer.document, answer.analysis) == (preview.document, preview.analysis)


async def test_changes_between_versions_are_made_again(studio: Studio, origin: str) -> None:
    await changed(studio, origin, WIDEN)
    await changed(studio, origin, BIAS)
    await studio.edit(origin, edits({"op": "configure", "id": "fc", "set": {"out_features": 4}, "unset": ["bias"]}))
    answer = await merge(studio, origin, "", version=3, base_version=2)
    config = next(node["config"] for node in json.loads(answer.document)["nodes"] if node["id"] == "fc")
    assert config == {"out_features": 4, "bias": False}


async def test_refused_merges(studio: Studio, origin: str) -> None:
    stranger = (await studio.create()).architecture.id
    await studio.save(stranger)
    mine = (await fork(studio, origin)).architecture.id
    await changed(studio, mine, WIDEN)
    for id, source, more, code, field in (
        (origin, stranger, {}, "INVALID_ARGUMENT", "source.architecture_id"),
        (origin, "", {}, "INVALID_ARGUMENT", "source.base_version"),
        (origin, mine, {"base_version": 1}, "INVALID_ARGUMENT", "source.base_version"),
        (origin, "nowhere", {}, "NOT_FOUND", ""),
        (origin, mine, {"version": 9}, "NOT_FOUND", ""),
        (origin, "", {"base_version": 9}, "NOT_FOUND", ""),
        ("nowhere", mine, {}, "NOT_FOUND", ""),
        (origin, mine, {"base_revision": 7}, "INVALID_ARGUMENT", "base_revision"),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await merge(studio, id, source, **more)
        assert refused(error)[:2] == (code, field), (source, more)
    await studio.edit(origin, edits(move(4)))
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await merge(studio, origin, mine, base_revision=1)
    assert refused(error)[0] == "ABORTED"


async def test_refused_forks(studio: Studio, origin: str) -> None:
    for request, code in (
        ({"architecture_id": "nowhere"}, "NOT_FOUND"),
        ({"architecture_id": origin, "version": 2}, "NOT_FOUND"),
        ({"architecture_id": origin, "project_id": "nowhere"}, "NOT_FOUND"),
        ({"architecture_id": origin, "name": "x" * 101}, "INVALID_ARGUMENT"),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await studio.call("ForkArchitecture", api.ForkArchitectureRequest(**request))
        assert refused(error)[0] == code


async def test_foreign_tenants_neither_fork_nor_merge_nor_look(studio: Studio, origin: str) -> None:
    eve = await studio.platform.person("eve")
    source = api.MergeSource(architecture_id=origin)
    for method, request in (
        ("ForkArchitecture", api.ForkArchitectureRequest(architecture_id=origin)),
        ("PreviewMerge", api.PreviewMergeRequest(architecture_id=origin, source=source)),
        ("MergeArchitecture", api.MergeArchitectureRequest(architecture_id=origin, source=source)),
        ("GetBlame", api.GetBlameRequest(architecture_id=origin)),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await eve.call(ArchitectureServiceStub, method, request)
        assert refused(error)[0] == "NOT_FOUND", method


async def test_a_repeated_merge_takes_effect_once(studio: Studio, origin: str) -> None:
    mine = (await fork(studio, origin)).architecture.id
    await changed(studio, mine, WIDEN)
    request = api.MergeArchitectureRequest(architecture_id=origin, source=api.MergeSource(architecture_id=mine))
    answers = [await studio.call("MergeArchitecture", request, key="k1") for _ in range(2)]
    assert answers[0] == answers[1]
    assert (await studio.get(origin)).architecture.revision == 2


async def test_blame_names_the_versions(studio: Studio, origin: str) -> None:
    await changed(studio, origin, WIDEN)
    await changed(studio, origin, *INSERT)
    await changed(studio, origin, {"op": "group", "ids": ["fc", "act"], "id": "layer"})
    answer = await studio.call("GetBlame", api.GetBlameRequest(architecture_id=origin))
    told = json.loads(answer.blame)
    assert told["nodes"]["layer/fc"] == {"label": "1", "settings": {"out_features": "2"}}
    assert told["nodes"]["layer/act"]["label"] == "3"
    assert told["nodes"]["layer"]["label"] == "4"
    early = await studio.call("GetBlame", api.GetBlameRequest(architecture_id=origin, version=1))
    assert {node["label"] for node in json.loads(early.blame)["nodes"].values()} == {"1"}


async def test_versions_are_compared_node_by_node_and_across_forks(studio: Studio, origin: str) -> None:
    mine = (await fork(studio, origin)).architecture.id
    await changed(studio, mine, WIDEN, {"op": "rename_node", "id": "fc", "new_id": "hidden"})
    answer = await studio.call(
        "DiffVersions", api.DiffVersionsRequest(architecture_id=origin, target_architecture_id=mine)
    )
    (node,) = json.loads(answer.nodes)
    assert (node["node"], node["was"]) == ("hidden", "fc")
    assert (node["params"], node["macs"]["after"]) == ({"before": "36", "after": "144"}, "128")
    assert {figure.name: (figure.before, figure.after) for figure in answer.figures}["params"] == ("36", "144")
    assert [edit["op"] for edit in json.loads(answer.edits)] == ["rename_node", "configure"]


async def test_blocks_are_edited_saved_and_drawn(studio: Studio, origin: str) -> None:
    await changed(studio, origin, *INSERT, {"op": "group", "ids": ["fc", "act"], "id": "layer"})
    version = await studio.call("GetVersion", api.GetVersionRequest(architecture_id=origin))
    block = next(node for node in json.loads(version.document)["nodes"] if node["id"] == "layer")
    assert {node["id"]: node.get("position") for node in block["graph"]["nodes"]}["fc"] == {"x": 0, "y": 96}
    assert json.loads(version.analysis)["valid"]
    flat = await studio.edit(origin, edits({"op": "ungroup", "id": "layer"}))
    assert {node["id"] for node in json.loads(flat.document)["nodes"]} == {"in", "fc", "act", "out"}


async def test_a_document_without_positions_is_drawn(studio: Studio) -> None:
    graph = blueprint.instantiate("digits-resnet")
    document = json.loads(blueprint.canonical(graph)) | {"name": "resnet"}
    drawn = json.loads((await studio.create(json.dumps(document).encode())).document)
    positions = {node["id"]: (node["position"]["x"], node["position"]["y"]) for node in drawn["nodes"]}
    assert len(set(positions.values())) == len(graph.nodes)
    assert positions["input"][1] == 0
    assert positions["conv1a"][1] > positions["relu0"][1]
