"""Names and history over real gRPC: an empty page, renaming, and the time line of a document."""

import json
from collections.abc import Sequence
from typing import Any

import grpc
import pytest

from neuralforge.graph.v1 import service_pb2 as api
from neuralforge.graph.v1.events_pb2 import ArchitectureCreated, EditsApplied, MergedVersion
from services.graph import revisions
from services.graph.summaries import of_edits, summary
from tests.services.graph.conftest import Studio
from tests.services.graph.examples import ADD_RELU, CUT_OFF, WIDEN, document, edits, move


async def rename(studio: Studio, id: str, name: str) -> api.RenameArchitectureResponse:
    request = api.RenameArchitectureRequest(architecture_id=id, name=name)
    answer: api.RenameArchitectureResponse = await studio.call("RenameArchitecture", request)
    return answer


async def pages(studio: Studio, id: str, size: int) -> list[list[api.Revision]]:
    found, token = [], ""
    while True:
        request = api.ListRevisionsRequest(architecture_id=id, page_size=size, page_token=token)
        answer = await studio.call("ListRevisions", request)
        found.append(list(answer.revisions))
        token = answer.next_page_token
        if not token:
            return found


async def history(studio: Studio, id: str, size: int = 0) -> Sequence[api.Revision]:
    """All revisions, newest first."""
    return [revision for page in await pages(studio, id, size) for revision in page]


async def test_an_architecture_may_begin_empty(studio: Studio) -> None:
    request = api.CreateArchitectureRequest(project_id=studio.project_id)
    created = await studio.call("CreateArchitecture", request)
    drawn = json.loads(created.document)
    assert (created.architecture.name, drawn["nodes"], drawn["edges"]) == ("untitled", [], [])
    assert [issue["code"] for issue in json.loads(created.analysis)["issues"]] == ["no_input", "no_output"]
    request.name = "n"
    named = await studio.call("CreateArchitecture", request)
    assert json.loads(named.document)["name"] == "n"
    assert (await studio.edit(named.architecture.id, edits(ADD_RELU))).architecture.revision == 2


async def test_a_renamed_architecture_is_called_so_everywhere(studio: Studio) -> None:
    id = (await studio.create()).architecture.id
    await studio.save(id, "before")
    answer = await rename(studio, id, " Larger ")
    assert (answer.architecture.name, json.loads(answer.document)["name"]) == ("Larger", "Larger")
    assert (answer.architecture.revision, answer.architecture.latest_version) == (1, 1)
    assert (await studio.get(id)).document == answer.document
    edited = await studio.edit(id, edits(WIDEN), base=1)
    assert json.loads(edited.document)["name"] == edited.architecture.name == "Larger"
    listed = api.ListArchitecturesRequest(project_id=studio.project_id)
    found = await studio.call("ListArchitectures", listed, after=answer.position)
    assert [each.name for each in found.architectures] == ["Larger"]
    await studio.save(id, "after")
    for number, name in ((1, "small"), (2, "Larger")):
        version = await studio.call("GetVersion", api.GetVersionRequest(architecture_id=id, number=number))
        assert json.loads(version.document)["name"] == name
    await studio.platform.restart()
    assert (await studio.get(id)).document == edited.document


async def test_the_name_it_has_already_changes_nothing(studio: Studio) -> None:
    created = (await studio.create()).architecture
    assert (await rename(studio, created.id, "small")).architecture == created


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb"])
async def test_rejected_names(studio: Studio, name: str) -> None:
    id = (await studio.create()).architecture.id
    with pytest.raises(grpc.aio.AioRpcError, match="1 to 100 printable") as error:
        await rename(studio, id, name)
    assert error.value.code().name == "INVALID_ARGUMENT"


async def test_history_tells_each_step_and_what_was_saved_there(studio: Studio) -> None:
    id = (await studio.create()).architecture.id
    await studio.edit(id, edits(WIDEN))
    await studio.save(id, "wide")
    await studio.save(id, "wide, really")
    await studio.edit(id, edits(ADD_RELU, CUT_OFF))
    await rename(studio, id, "other")
    await studio.save(id, "a past one", revision=1)
    steps = await history(studio, id)
    assert [(s.revision, s.summary, s.saved_version, s.saved_message) for s in steps] == [
        (3, "2 edits", 0, ""),
        (2, "changed out_features of fc", 2, "wide, really"),
        (1, "created", 3, "a past one"),
    ]
    assert [[edit["op"] for edit in json.loads(step.edits)] for step in steps] == [
        ["add_node", "disconnect"],
        ["configure"],
        [],
    ]
    assert {step.author for step in steps} == {studio.person.id}
    assert [step.at.ToDatetime() for step in steps] == sorted((s.at.ToDatetime() for s in steps), reverse=True)


@pytest.mark.parametrize("size", [1, 2, 5, 6, 7, 0])
async def test_history_comes_in_pages(studio: Studio, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revisions, "AT_ONCE", 3)
    id = (await studio.create()).architecture.id
    for x in range(5):
        await studio.edit(id, edits(move(x)))
        await rename(studio, id, f"n{x}")
    found = await pages(studio, id, size)
    assert [step.revision for page in found for step in page] == [6, 5, 4, 3, 2, 1]
    assert all(len(page) == size for page in found[:-1])
    assert found[-1]


async def test_a_page_of_large_batches_ends_early(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revisions, "MOST_BYTES", 10)
    id = (await studio.create()).architecture.id
    for x in range(2):
        await studio.edit(id, edits(move(x)))
    assert [[step.revision for step in page] for page in await pages(studio, id, 50)] == [[3], [2], [1]]


@pytest.mark.parametrize("token", ["x", "0", "-1", "99", "9" * 30, "1.5"])
async def test_rejected_page_tokens(studio: Studio, token: str) -> None:
    id = (await studio.create()).architecture.id
    with pytest.raises(grpc.aio.AioRpcError, match="page_token"):
        await studio.call("ListRevisions", api.ListRevisionsRequest(architecture_id=id, page_token=token))


async def test_a_foreign_tenant_neither_renames_nor_looks_back(studio: Studio) -> None:
    id = (await studio.create()).architecture.id
    eve = Studio(await studio.platform.person("eve"), "")
    for call in (rename(eve, id, "hers"), history(eve, id)):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await call
        assert error.value.code().name == "NOT_FOUND"


EDGE = {"source": "a", "target": "b"}


@pytest.mark.parametrize(
    ("batch", "words"),
    [
        ([{"op": "add_node", "node": {"id": "c1", "type": "Conv2d"}}], "added Conv2d c1"),
        ([{"op": "remove_node", "id": "c1"}], "removed c1"),
        ([{"op": "replace", "id": "c1", "node": {"id": "c1", "type": "Linear"}}], "replaced c1 by Linear"),
        ([{"op": "configure", "id": "c1", "set": {"bias": True}, "unset": ["stride"]}], "changed bias, stride of c1"),
        ([{"op": "rename_node", "id": "a", "new_id": "b"}], "renamed a to b"),
        ([{"op": "connect", "edge": EDGE}], "connected a to b"),
        ([{"op": "disconnect", "edge": EDGE}], "disconnected a from b"),
        ([{"op": "move_node", "id": "a", "position": None}], "moved a"),
        ([{"op": "group", "ids": ["a", "b"], "id": "block"}], "grouped a, b into block"),
        ([{"op": "ungroup", "id": "block"}], "ungrouped block"),
        ([{"op": "within", "id": "block", "edits": [{"op": "remove_node", "id": "a"}]}], "removed a in block"),
        ([{"op": "move_node", "id": "a", "position": None}] * 3, "moved 3 nodes"),
        ([{"op": "connect", "edge": EDGE}, {"op": "remove_node", "id": "a"}], "2 edits"),
    ],
)
def test_each_edit_has_its_words(batch: list[dict[str, Any]], words: str) -> None:
    assert of_edits(batch) == words


def test_forks_merges_and_long_steps_have_their_words() -> None:
    assert summary(ArchitectureCreated(document=document())) == "created"
    assert summary(ArchitectureCreated(origin_architecture_id="a", origin_version=3)) == "forked from version 3"
    assert (
        summary(EditsApplied(edits=b"[]", merged=MergedVersion(architecture_id="a", version=2))) == "merged version 2"
    )
    long = [{"op": "group", "ids": [f"node{n}" for n in range(90)], "id": "block"}]
    assert len(summary(EditsApplied(edits=edits(*long)))) == 120
