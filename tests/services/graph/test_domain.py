"""Given events, when a command, then events or a refusal: what an architecture decides."""

import json
from functools import reduce

import pytest
from google.protobuf.message import Message

import blueprint
from kernel.clock import timestamp
from kernel.errors import Conflict, DomainError, NotFound, Rejected
from kernel.events import UnknownEvent
from neuralforge.graph.v1.events_pb2 import ArchitectureCreated, EditsApplied, VersionSaved
from neuralforge.workspace.v1.events_pb2 import ProjectCreated
from services.graph import domain
from services.graph.documents import first_drawing, from_template
from services.graph.domain import Architecture, evolve
from tests.services.graph.examples import (
    ADA,
    ADD_RELU,
    CREATED,
    CUT_OFF,
    LATER,
    NOON,
    REMOVE_GHOST,
    WIDEN,
    applied,
    document,
    edits,
    move,
)


def given(*events: Message) -> Architecture:
    return reduce(evolve, events, Architecture())


def apply_edits(state: Architecture, batch: bytes, base: int = 0) -> list[Message]:
    return domain.apply_edits(state, base, batch, ADA, LATER)


def save(state: Architecture, message: str = "first") -> list[Message]:
    return domain.save_version(state, state.revision, state.drawing, message, ADA, LATER)


def saved(state: Architecture, message: str = "first") -> VersionSaved:
    (event,) = save(state, message)
    assert isinstance(event, VersionSaved)
    return event


def refusal(kind: type[DomainError], command: object) -> DomainError:
    assert callable(command)
    with pytest.raises(kind) as error:
        command()
    return error.value


def test_created_under_the_documents_name() -> None:
    (event,) = domain.create("a1", "p1", "", first_drawing(document()), ADA, NOON)
    assert isinstance(event, ArchitectureCreated)
    assert (event.name, event.created_by, event.at) == ("small", ADA, timestamp(NOON))
    assert blueprint.content_hash(blueprint.parse(event.document)) == blueprint.content_hash(
        blueprint.parse(document())
    )


def test_created_document_takes_the_given_name() -> None:
    (event,) = domain.create("a1", "p1", " digits ", first_drawing(document()), ADA, NOON)
    assert isinstance(event, ArchitectureCreated)
    assert event.name == json.loads(event.document)["name"] == "digits"


@pytest.mark.parametrize(
    ("name", "field"), [("x" * 101, "name"), ("two\nlines", "name"), ("nul\0", "name"), ("", "document")]
)
def test_rejected_names(name: str, field: str) -> None:
    nameless = first_drawing(document(name=" "))
    error = refusal(Rejected, lambda: domain.create("a1", "p1", name, nameless, ADA, NOON))
    assert error.field == field
    assert "1 to 100" in error.message


def test_rejected_document_that_could_never_be_edited() -> None:
    node = {"id": "in", "type": "Output"}
    error = refusal(Rejected, lambda: first_drawing(document(nodes=[node, node], edges=[])))
    assert error.field == "document"
    assert "`in`" in error.message


def test_template_parameters_are_used() -> None:
    graph = from_template("digits-cnn", b'{"width": 8}')
    assert {node.id: node.config for node in graph.nodes}["conv1"]["out_channels"] == 8


@pytest.mark.parametrize("parameters", [b'{"width": 0}', b'{"depth": 1}', b"[]", b"{", b'{"width": NaN}', b"\xff"])
def test_rejected_template_parameters(parameters: bytes) -> None:
    assert refusal(Rejected, lambda: from_template("digits-cnn", parameters)).field == "template.parameters"


def test_unknown_template_names_those_there_are() -> None:
    assert "digits-cnn" in refusal(NotFound, lambda: from_template("alexnot", b"")).message


def test_edits_lead_to_the_next_revision() -> None:
    state = given(CREATED)
    (event,) = apply_edits(state, edits(WIDEN), base=1)
    assert isinstance(event, EditsApplied)
    assert (event.revision, event.author, event.at) == (2, ADA, timestamp(LATER))
    after = evolve(state, event)
    assert (after.revision, after.updated_at) == (2, timestamp(LATER))
    assert after.drawing.analysis.totals.params == 8 * 16 + 16


def test_state_before_the_edits_is_unchanged() -> None:
    before = given(CREATED)
    evolve(before, applied(2, WIDEN))
    assert before.drawing.analysis.totals.params == 8 * 4 + 4
    assert before.revision == 1


def test_history_draws_the_same_whether_looked_at_on_the_way_or_not() -> None:
    events = [CREATED, applied(2, ADD_RELU), applied(3, WIDEN), applied(4, CUT_OFF), applied(5, move(7))]
    looked_at = Architecture()
    for event in events:
        looked_at = evolve(looked_at, event)
        assert looked_at.drawing.document
    assert looked_at.drawing.document == given(*events).drawing.document


def test_ignored_empty_batch() -> None:
    assert apply_edits(given(CREATED), b"[]") == []


def test_edits_on_a_past_revision_conflict_and_say_both() -> None:
    state = given(CREATED, applied(2, WIDEN), applied(3, move(1)))
    message = refusal(Conflict, lambda: apply_edits(state, edits(WIDEN), base=2)).message
    assert "revision 2" in message
    assert "send base_revision 3" in message


@pytest.mark.parametrize("base", [-1, 2, 2**62])
def test_rejected_base_revision_that_never_was(base: int) -> None:
    assert refusal(Rejected, lambda: apply_edits(given(CREATED), edits(WIDEN), base)).field == "base_revision"


def test_rejected_batch_names_the_edit_that_does_not_apply() -> None:
    error = refusal(Rejected, lambda: apply_edits(given(CREATED), edits(WIDEN, REMOVE_GHOST)))
    assert error.field == "edits"
    assert error.message.startswith("edits[1]: ")
    assert "`ghost`" in error.message


@pytest.mark.parametrize(
    ("batch", "says"),
    [
        (b"", "not JSON"),
        (b"{}", "must be a list"),
        (b"[1]", "edits[0]"),
        (edits(WIDEN, {"op": "explode"}), "edits[1]"),
        (b"[" * 5000, "nested deeper"),
        (b"[" + b" " * 2**23 + b"]", "send them in batches"),
    ],
)
def test_rejected_batches_that_cannot_be_read(batch: bytes, says: str) -> None:
    error = refusal(Rejected, lambda: apply_edits(given(CREATED), batch))
    assert error.field == "edits"
    assert says in error.message


def test_rejected_edits_that_would_make_an_unreadable_document() -> None:
    deep: object = 1
    for _ in range(61):  # as deep as a batch of edits may be, one deeper than the document then may
        deep = [deep]
    state = given(CREATED)
    error = refusal(
        Rejected, lambda: apply_edits(state, edits({"op": "configure", "id": "fc", "set": {"out_features": deep}}))
    )
    assert "too large: values are nested deeper" in error.message


def test_invalid_network_may_be_stored_but_not_saved() -> None:
    state = given(CREATED, applied(2, CUT_OFF))
    error = refusal(Rejected, lambda: save(state))
    assert error.field is None
    assert error.reason == "INVALID_ARCHITECTURE"
    first = next(issue for issue in state.drawing.analysis.issues if issue.severity == "error")
    assert error.message == f"revision 2 cannot be saved as a version: {first.message}"


def test_saved_version_keeps_document_and_analysis() -> None:
    event = saved(given(CREATED, applied(2, WIDEN)))
    kept = json.loads(event.document)
    assert (event.number, event.revision, event.message, event.author) == (1, 2, "first", ADA)
    assert event.content_hash == blueprint.content_hash(blueprint.parse(event.document))
    assert kept["name"] == "small"
    assert [node["id"] for node in kept["nodes"]] == ["fc", "in", "out"]
    assert kept["nodes"][0]["position"] == {"x": 0, "y": 96}
    assert json.loads(event.analysis) == blueprint.analyze(blueprint.parse(event.document)).to_json()


def test_versions_are_numbered_in_the_order_of_saving() -> None:
    first = saved(given(CREATED))
    state = given(CREATED, first, applied(2, WIDEN))
    second = saved(state, "wider")
    assert second.number == 2
    assert [(v.number, v.params) for v in evolve(state, second).versions] == [(1, "36"), (2, "144")]


@pytest.mark.parametrize("again", ["first", ""])
def test_ignored_saving_an_unchanged_revision(again: str) -> None:
    assert save(given(CREATED, saved(given(CREATED))), again) == []


def test_another_message_saves_the_same_revision_again() -> None:
    state = given(CREATED, saved(given(CREATED)))
    assert saved(state, "as handed in").number == 2


@pytest.mark.parametrize("message", ["x" * 501, "nul\0"])
def test_rejected_messages(message: str) -> None:
    assert refusal(Rejected, lambda: save(given(CREATED), message)).field == "message"


def test_nothing_can_be_done_to_an_architecture_that_does_not_exist() -> None:
    refusal(NotFound, lambda: apply_edits(Architecture(), edits(WIDEN)))
    refusal(NotFound, lambda: save(Architecture()))


def test_history_with_an_unknown_event_is_not_read_on() -> None:
    with pytest.raises(UnknownEvent, match="ProjectCreated"):
        given(CREATED, ProjectCreated())
