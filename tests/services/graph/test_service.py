"""The graph service over real gRPC: drawing, editing, saving, comparing."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

import blueprint
from kernel.clock import moment, timestamp
from neuralforge.graph.v1 import service_pb2 as api
from neuralforge.graph.v1.service_pb2_grpc import ArchitectureServiceStub, TemplateServiceStub
from tests.services.graph.conftest import Studio
from tests.services.graph.examples import ADD_RELU, CUT_OFF, WIDEN, document, edits, long_chain, move


async def test_architecture_starts_from_a_template(studio: Studio) -> None:
    choice = api.TemplateChoice(name="digits-cnn", parameters=b'{"width": 8}')
    request = api.CreateArchitectureRequest(project_id=studio.project_id, name="My digits", template=choice)
    created = await studio.call("CreateArchitecture", request)
    architecture, drawn = created.architecture, json.loads(created.document)
    assert architecture.name == drawn["name"] == "My digits"
    assert (architecture.revision, architecture.latest_version) == (1, 0)
    assert architecture.created_by == studio.person.id
    assert json.loads(created.analysis)["valid"]
    assert await studio.get(architecture.id) == api.GetArchitectureResponse(
        architecture=architecture, document=created.document, analysis=created.analysis
    )


async def test_edits_are_applied_and_analysed(studio: Studio) -> None:
    id = (await studio.create()).architecture.id
    answer = await studio.edit(id, edits(WIDEN, ADD_RELU), base=1)
    assert answer.architecture.revision == 2
    assert json.loads(answer.analysis)["totals"]["params"] == str(8 * 16 + 16)
    assert {node["id"] for node in json.loads(answer.document)["nodes"]} == {"in", "fc", "out", "act"}
    assert (await studio.get(id)).document == answer.document


async def test_empty_batch_answers_the_architecture_as_it_is(studio: Studio) -> None:
    id = (await studio.create()).architecture.id
    assert (await studio.edit(id, b"[]")).architecture.revision == 1


async def test_architecture_as_it_was(studio: Studio) -> None:
    created = await studio.create()
    id, documents = created.architecture.id, [created.document]
    await studio.save(id, "first")
    for x in (1, 2):
        documents.append((await studio.edit(id, edits(move(x)))).document)
    was = [await studio.get(id, revision=revision) for revision in (1, 2, 3)]
    assert [answer.document for answer in was] == documents
    assert [answer.architecture.revision for answer in was] == [1, 2, 3]
    assert [answer.architecture.latest_version for answer in was] == [1, 1, 1]
    for answer in was:
        assert await studio.get(id, as_of=answer.architecture.updated_at) == answer
    before_saving = await studio.get(id, as_of=created.architecture.created_at)
    assert (before_saving.architecture.latest_version, before_saving.document) == (0, created.document)


async def test_service_goes_on_where_it_stopped(studio: Studio) -> None:
    id = (await studio.create()).architecture.id
    await studio.edit(id, edits(WIDEN))
    before = await studio.get(id)
    await studio.platform.restart()
    assert await studio.get(id) == before
    assert (await studio.edit(id, edits(move(3)), base=2)).architecture.revision == 3


async def test_version_keeps_what_was_saved(studio: Studio) -> None:
    id = (await studio.create()).architecture.id
    saved = (await studio.save(id, "first")).version
    await studio.edit(id, edits(WIDEN))
    kept = await studio.call("GetVersion", api.GetVersionRequest(architecture_id=id, number=1))
    assert kept.version == saved
    assert (saved.number, saved.params, saved.macs, saved.message) == (1, "36", "32", "first")
    assert (saved.revision, saved.author) == (1, studio.person.id)
    assert kept.project_id == studio.project_id
    assert saved.content_hash == blueprint.content_hash(blueprint.parse(kept.document))
    assert json.loads(kept.analysis)["totals"]["params"] == "36"


async def test_past_revision_can_be_saved(studio: Studio) -> None:
    id = (await studio.create()).architecture.id
    await studio.edit(id, edits(WIDEN))
    await studio.edit(id, edits(CUT_OFF))
    saved = (await studio.save(id, "before it was cut off", revision=2)).version
    assert (saved.number, saved.revision, saved.params) == (1, 2, "144")


async def test_saving_twice_is_saving_once(studio: Studio) -> None:
    id = (await studio.create()).architecture.id
    first = (await studio.save(id, "first")).version
    assert (await studio.save(id, "first")).version == first
    assert (await studio.save(id)).version == first
    assert (await studio.save(id, "other words")).version.number == 2


async def test_newest_version_goes_by_number_0(studio: Studio) -> None:
    id = (await studio.create()).architecture.id
    for message in ("first", "second"):
        await studio.save(id, message)
    newest = await studio.call("GetVersion", api.GetVersionRequest(architecture_id=id))
    assert newest.version.message == "second"


async def test_diff_leads_from_one_version_to_the_other(studio: Studio) -> None:
    id = (await studio.create()).architecture.id
    await studio.save(id)
    await studio.edit(id, edits(WIDEN))
    await studio.save(id)
    request = api.DiffVersionsRequest(architecture_id=id, base=1, target=2)
    difference = await studio.call("DiffVersions", request)
    old, new = [
        await studio.call("GetVersion", api.GetVersionRequest(architecture_id=id, number=number)) for number in (1, 2)
    ]
    batch = blueprint.edits_from_json(json.loads(difference.edits))
    assert blueprint.content_hash(blueprint.apply(blueprint.parse(old.document), batch)) == new.version.content_hash
    before, after = json.loads(old.analysis)["totals"], json.loads(new.analysis)["totals"]
    assert {f.name: (f.before, f.after) for f in difference.figures} == {n: (before[n], after[n]) for n in before}
    assert [f.name for f in difference.figures] == [
        "params",
        "trainable_params",
        "macs",
        "flops",
        "weight_bytes",
        "activation_bytes",
        "training_bytes",
    ]


async def test_source_is_that_of_the_version(studio: Studio) -> None:
    id = (await studio.create(name="tiny net")).architecture.id
    await studio.save(id)
    source = (await studio.call("GetSource", api.GetSourceRequest(architecture_id=id))).source
    assert "class TinyNet(nn.Module):" in source
    assert "nn.Linear(8, 4)" in source
    compile(source, "model.py", "exec")


async def test_validation_tells_issues_and_stores_nothing(studio: Studio) -> None:
    cut = document(edges=[{"source": "in", "target": "fc"}])
    answer = await studio.call("ValidateDocument", api.ValidateDocumentRequest(document=cut))
    assert json.loads(answer.analysis) == blueprint.analyze(blueprint.parse(cut)).to_json()
    assert not json.loads(answer.analysis)["valid"]
    assert answer.content_hash == blueprint.content_hash(blueprint.parse(cut))
    listed = await studio.call("ListArchitectures", api.ListArchitecturesRequest(project_id=studio.project_id))
    assert list(listed.architectures) == []


async def test_lists_are_newest_first_in_pages(studio: Studio) -> None:
    created = [(await studio.create(name=f"net {i}")) for i in range(3)]
    request = api.ListArchitecturesRequest(project_id=studio.project_id, page_size=2)
    first = await studio.call("ListArchitectures", request, after=created[-1].position)
    request.page_token = first.next_page_token
    second = await studio.call("ListArchitectures", request)
    found = [architecture.name for answer in (first, second) for architecture in answer.architectures]
    assert found == ["net 2", "net 1", "net 0"]
    assert second.next_page_token == ""
    assert first.architectures[0] == created[2].architecture


async def test_lists_follow_edits_and_versions(studio: Studio) -> None:
    id = (await studio.create()).architecture.id
    await studio.edit(id, edits(WIDEN))
    for number in range(1, 12):
        saved = await studio.save(id, f"version {number}")
    request = api.ListArchitecturesRequest(project_id=studio.project_id)
    listed = await studio.call("ListArchitectures", request, after=saved.position)
    assert list(listed.architectures) == [(await studio.get(id)).architecture]
    versions: list[Any] = []
    token = ""
    while len(versions) == 0 or token:
        page = api.ListVersionsRequest(architecture_id=id, page_size=4, page_token=token)
        answer = await studio.call("ListVersions", page)
        versions += answer.versions
        token = answer.next_page_token
    assert [version.number for version in versions] == list(range(11, 0, -1))
    assert versions[0] == saved.version


async def test_networks_are_never_worked_on_in_the_event_loop(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """The analysis of a large network takes seconds, in which the service has to answer others."""
    threads: dict[str, set[int]] = {}

    def recorded(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any) -> Any:
            threads.setdefault(name, set()).add(threading.get_ident())
            return work(*arguments)

        return run

    drawing = ("analyze", "apply", "canonical", "content_hash", "layout", "parse", "resolve", "to_document")
    heavy = (*drawing, "blame", "compare_analysed", "diff", "merge", "moves")
    for name in heavy:
        monkeypatch.setattr(blueprint, name, recorded(name, getattr(blueprint, name)))
    id = (await studio.create()).architecture.id
    await studio.save(id)
    await studio.edit(id, edits(WIDEN))
    await studio.get(id, revision=1)
    await studio.save(id)
    await studio.call("DiffVersions", api.DiffVersionsRequest(architecture_id=id, base=1, target=2))
    await studio.call("GetSource", api.GetSourceRequest(architecture_id=id))
    await studio.call("ValidateDocument", api.ValidateDocumentRequest(document=document()))
    await studio.call("GetBlame", api.GetBlameRequest(architecture_id=id))
    fork = (
        await studio.call("ForkArchitecture", api.ForkArchitectureRequest(architecture_id=id, version=1))
    ).architecture
    source = api.MergeSource(architecture_id=id)
    await studio.call("PreviewMerge", api.PreviewMergeRequest(architecture_id=fork.id, source=source))
    await studio.call("MergeArchitecture", api.MergeArchitectureRequest(architecture_id=fork.id, source=source))
    assert threads.keys() == set(heavy)
    assert all(threading.get_ident() not in used for used in threads.values())


async def test_network_of_thousands_of_layers(studio: Studio) -> None:
    created = await studio.create(long_chain(2000))
    answer = await studio.edit(created.architecture.id, edits({"op": "remove_node", "id": "fc7"}))
    analysis = json.loads(answer.analysis)
    assert analysis["issues"][0]["code"] == "missing_input"
    assert json.loads(created.analysis)["totals"]["params"] == str(2000 * (8 * 8 + 8))


async def test_templates_and_catalogue_are_public(studio: Studio) -> None:
    call = studio.platform.call
    listed = await call(TemplateServiceStub, "ListTemplates", api.ListTemplatesRequest())
    parameters = {template.name: json.loads(template.parameters) for template in listed.templates}
    assert {p["name"]: p["default"] for p in parameters["digits-cnn"]}["classes"] == 10
    catalogue = await call(TemplateServiceStub, "GetCatalogue", api.GetCatalogueRequest())
    assert json.loads(catalogue.catalogue) == json.loads(json.dumps(blueprint.catalogue_json()))
    assert catalogue.hash == blueprint.catalogue_hash()


async def test_training_reads_versions_with_a_service_grant(studio: Studio) -> None:
    id = (await studio.create()).architecture.id
    saved = (await studio.save(id)).version
    neighbours = studio.platform.neighbours("training")
    try:
        stub = neighbours.stub("graph", ArchitectureServiceStub)
        request = api.GetVersionRequest(architecture_id=id, number=1)
        answer = await neighbours.call(stub.GetVersion, request, tenant=studio.person.tenant)
    finally:
        await neighbours.close()
    assert answer.version == saved


async def test_moments_between_revisions_show_the_earlier_one(studio: Studio) -> None:
    created = await studio.create()
    edited = await studio.edit(created.architecture.id, edits(WIDEN))
    start, end = moment(created.architecture.updated_at), moment(edited.architecture.updated_at)
    answer = await studio.get(created.architecture.id, as_of=timestamp(start + (end - start) / 2))
    assert answer.architecture.revision == 1
