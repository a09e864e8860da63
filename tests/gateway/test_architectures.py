"""Drawing over GraphQL: templates, edits, versions, and what others see of it as it happens."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.gateway.conftest import Opened
from tests.gateway.web import Visitor

CREATE = """
mutation($project: ID!, $document: JSON, $template: TemplateChoice) {
  createArchitecture(projectId: $project, document: $document, template: $template) {
    __typename
    ... on Architecture { id name revision latestVersion document analysis }
    ... on Refusal { code message field }
  }
}
"""
EDIT = """
mutation($id: ID!, $edits: JSON!, $base: BigInt) {
  applyEdits(architectureId: $id, edits: $edits, baseRevision: $base) {
    __typename
    ... on Architecture { revision document analysis }
    ... on Refusal { code message field }
  }
}
"""
SAVE = """
mutation($id: ID!) {
  saveVersion(architectureId: $id, message: "as drawn") {
    __typename
    ... on Version { number revision contentHash params macs document }
    ... on Refusal { code message field }
  }
}
"""
WATCH = """
subscription($id: ID!) {
  architectureEdits(architectureId: $id) {
    __typename
    ... on Architecture { revision }
    ... on EditsApplied { revision edits }
    ... on VersionSaved { number revision }
  }
}
"""


@pytest.fixture
async def drawer(opened: Opened) -> AsyncIterator[Visitor]:
    async with opened("graph") as visitor:
        await visitor.register("ada")
        yield visitor


async def project(visitor: Visitor) -> str:
    created = await visitor.ask('mutation { createProject(name: "vision") { ... on Project { id } } }')
    id: str = created["createProject"]["id"]
    return id


async def drawn(visitor: Visitor) -> dict[str, Any]:
    """A new architecture from a template."""
    found = await visitor.ask(CREATE, project=await project(visitor), template={"name": "digits-cnn"})
    architecture: dict[str, Any] = found["createArchitecture"]
    assert architecture["__typename"] == "Architecture", architecture
    return architecture


async def test_a_network_is_drawn_saved_and_compared(drawer: Visitor) -> None:
    architecture = await drawn(drawer)
    assert architecture["revision"] == "1"
    assert architecture["document"]["schema"] == "neuralforge.blueprint/1"
    assert architecture["analysis"]["valid"] is True
    saved = (await drawer.ask(SAVE, id=architecture["id"]))["saveVersion"]
    assert (saved["number"], saved["params"]) == (1, architecture["analysis"]["totals"]["params"])
    edited = (await drawer.ask(EDIT, id=architecture["id"], edits=widened(architecture), base="1"))["applyEdits"]
    assert edited["__typename"] == "Architecture", edited
    assert edited["revision"] == "2"
    assert (await drawer.ask(SAVE, id=architecture["id"]))["saveVersion"]["number"] == 2
    found = await drawer.ask(
        """query($id: ID!) {
          versionDiff(architectureId: $id, base: 1, target: 2) { edits figures { name before after } }
          source(architectureId: $id, version: 1)
          versions(architectureId: $id) { nodes { number } }
          architecture(id: $id, revision: 1) { document }
          validate(document: {schema: "neuralforge.blueprint/1", nodes: [], edges: []}) { analysis }
        }""",
        id=architecture["id"],
    )
    assert found["versionDiff"]["edits"]
    assert "params" in [figure["name"] for figure in found["versionDiff"]["figures"]]
    assert "class " in found["source"]
    assert [node["number"] for node in found["versions"]["nodes"]] == [2, 1]
    assert found["architecture"]["document"] == architecture["document"]
    assert found["validate"]["analysis"]["valid"] is False


def widened(architecture: dict[str, Any]) -> list[dict[str, Any]]:
    """Edits that give the first convolution more channels."""
    node = next(node for node in architecture["document"]["nodes"] if node["type"] == "Conv2d")
    return [{"op": "configure", "id": node["id"], "set": {"out_channels": 24}, "unset": []}]


FORK = """
mutation($id: ID!) {
  forkArchitecture(architectureId: $id, version: 1, name: "mine") {
    __typename
    ... on Architecture { id name originArchitectureId originVersion revision }
    ... on Refusal { code message field }
  }
}
"""
MERGE = """
mutation($id: ID!, $source: ID!, $keep: Boolean!) {
  mergeArchitecture(architectureId: $id, source: {architectureId: $source}, keepOurs: $keep) {
    __typename
    ... on Merged { architecture { revision document } conflicts }
    ... on Refusal { code message field }
  }
}
"""


async def test_a_fork_is_merged_back(drawer: Visitor) -> None:
    architecture = await drawn(drawer)
    assert (await drawer.ask(SAVE, id=architecture["id"]))["saveVersion"]["number"] == 1
    mine = (await drawer.ask(FORK, id=architecture["id"]))["forkArchitecture"]
    assert (mine["name"], mine["originArchitectureId"], mine["originVersion"]) == ("mine", architecture["id"], 1)
    for id, channels in ((mine["id"], 24), (architecture["id"], 48)):
        edits = [{"op": "configure", "id": "conv1", "set": {"out_channels": channels}}]
        assert (await drawer.ask(EDIT, id=id, edits=edits, base="1"))["applyEdits"]["revision"] == "2"
    await drawer.ask(SAVE, id=mine["id"])
    refused = (await drawer.ask(MERGE, id=architecture["id"], source=mine["id"], keep=False))["mergeArchitecture"]
    assert refused["__typename"] == "Refusal"
    assert "48 in ours and 24 in theirs" in refused["message"]
    preview = await drawer.ask(
        """query($id: ID!, $source: ID!) {
          mergePreview(architectureId: $id, source: {architectureId: $source}) { conflicts edits baseVersion analysis }
          blame(architectureId: $source)
          versionDiff(architectureId: $id, base: 1, target: 1, targetArchitectureId: $source) { edits nodes }
        }""",
        id=architecture["id"],
        source=mine["id"],
    )
    (conflict,) = preview["mergePreview"]["conflicts"]
    assert (conflict["node"], conflict["field"], preview["mergePreview"]["baseVersion"]) == (
        "conv1",
        "config.out_channels",
        1,
    )
    assert preview["blame"]["nodes"]["conv1"]["label"] == "1"
    assert [edit["id"] for edit in preview["versionDiff"]["edits"]] == ["conv1"]
    assert "conv1" in [node["node"] for node in preview["versionDiff"]["nodes"]]
    merged = (await drawer.ask(MERGE, id=architecture["id"], source=mine["id"], keep=True))["mergeArchitecture"]
    assert merged["conflicts"] == [conflict]
    assert merged["architecture"]["revision"] == "2"


async def test_documents_of_a_list_are_read_side_by_side(drawer: Visitor) -> None:
    id = await project(drawer)
    for _ in range(3):
        await drawer.ask(CREATE, project=id, template={"name": "digits-cnn"})
    query = "query($id: ID!) { architectures(projectId: $id) { nodes { id document analysis } } }"
    nodes = (await drawer.ask(query, id=id))["architectures"]["nodes"]
    assert len({node["id"] for node in nodes}) == 3
    assert all(node["document"]["nodes"] and node["analysis"]["valid"] for node in nodes)


async def test_numbers_of_a_document_stay_what_they_are(drawer: Visitor) -> None:
    architecture = await drawn(drawer)
    again = (await drawer.send(CREATE, {"project": await another(drawer), "document": architecture["document"]})).json()
    assert again["data"]["createArchitecture"]["document"] == architecture["document"]


async def another(visitor: Visitor) -> str:
    created = await visitor.ask('mutation { createProject(name: "second") { ... on Project { id } } }')
    id: str = created["createProject"]["id"]
    return id


async def test_edits_on_an_old_revision_are_a_refusal(drawer: Visitor) -> None:
    architecture = await drawn(drawer)
    await drawer.ask(EDIT, id=architecture["id"], edits=widened(architecture), base="1")
    late = (await drawer.ask(EDIT, id=architecture["id"], edits=widened(architecture), base="1"))["applyEdits"]
    assert late["__typename"] == "Refusal"
    assert late["message"].count("\n") == 0


async def test_what_nobody_else_may_see_they_may_not_watch(drawer: Visitor) -> None:
    architecture = await drawn(drawer)
    await drawer.register("eve")
    async with drawer.connected() as eve:
        await eve.subscribe("w", WATCH, id=architecture["id"])
        message = await eve.next()
    assert message["type"] == "error"
    assert message["payload"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_edits_are_seen_as_they_happen(drawer: Visitor) -> None:
    architecture = await drawn(drawer)
    async with drawer.connected() as first, drawer.connected() as second:
        for client in (first, second):
            await client.subscribe("w", WATCH, id=architecture["id"])
            snapshot = (await client.next())["payload"]["data"]["architectureEdits"]
            assert snapshot == {"__typename": "Architecture", "revision": "1"}
        await drawer.ask(EDIT, id=architecture["id"], edits=widened(architecture), base="1")
        await drawer.ask(SAVE, id=architecture["id"])
        for client in (first, second):
            edits = (await client.next())["payload"]["data"]["architectureEdits"]
            assert (edits["__typename"], edits["revision"]) == ("EditsApplied", "2")
            assert edits["edits"]
            saved = (await client.next())["payload"]["data"]["architectureEdits"]
            assert saved == {"__typename": "VersionSaved", "number": 1, "revision": "2"}
            await client.send(type="complete", id="w")


async def test_json_nested_without_end_is_a_refusal(drawer: Visitor) -> None:
    edits: Any = []
    for _ in range(500):
        edits = [edits]
    refused = (await drawer.ask(EDIT, id="any", edits=edits))["applyEdits"]
    assert (refused["__typename"], refused["field"]) == ("Refusal", "edits")


PREVIEW = "query($template: TemplateChoice!) { templatePreview(template: $template) { document analysis } }"


async def test_a_template_is_seen_before_it_is_taken(drawer: Visitor) -> None:
    choice = {"name": "digits-mlp", "parameters": {"width": 32}}
    seen = (await drawer.ask(PREVIEW, template=choice))["templatePreview"]
    assert all("position" in node for node in seen["document"]["nodes"])
    created = await drawer.ask(CREATE, project=await project(drawer), template=choice)
    assert created["createArchitecture"]["analysis"] == seen["analysis"]
    assert created["createArchitecture"]["document"]["nodes"] == seen["document"]["nodes"]


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        ({"name": "nothing"}, "there is no template 'nothing'"),
        ({"name": "digits-mlp", "parameters": {"width": -1}}, "width"),
        ({"name": "digits-mlp", "parameters": {"depth": 1}}, "depth"),
    ],
)
async def test_a_template_that_cannot_be_seen_says_why(drawer: Visitor, choice: Any, sentence: str) -> None:
    answer = (await drawer.send(PREVIEW, {"template": choice})).json()
    assert sentence in answer["errors"][0]["message"]
