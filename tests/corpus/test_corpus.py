"""What was ever written is read as it always was: removed or renumbered fields, lost types and lost upcasts show."""

from collections.abc import Callable

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor import FileDescriptor
from google.protobuf.message import Message

from kernel.settings import CONTEXTS
from neuralforge.training.v1 import events_pb2 as training
from tests.corpus.entries import Entry, as_json, decoded, event_types, messages, read
from tests.corpus.freeze import missing

FREEZE = "a new event is frozen by `python -m tests.corpus.freeze`, once its fields are settled"


@pytest.mark.parametrize("context", CONTEXTS)
def test_what_was_ever_written_reads_as_it_did(context: str) -> None:
    types = event_types(context)
    assert [entry for entry in read(context) if decoded(types, entry) != entry.event] == []


@pytest.mark.parametrize("context", CONTEXTS)
def test_every_field_of_every_event_is_frozen(context: str) -> None:
    assert [(name, note) for name, note, _ in missing(context)] == [], FREEZE
    assert {entry.type for entry in read(context)} >= messages(context).keys(), FREEZE


def test_the_oldest_form_of_an_event_is_there_beside_the_present_one() -> None:
    """As the contracts of their time wrote them; the fields they lack came later."""
    forms = [entry for entry in read("training") if entry.type == "training.RunQueued.v1"]
    full = [entry for entry in forms if entry.note.startswith("every field set")]
    assert ["macs" in entry.event for entry in full] == [False, True]


Change = Callable[[descriptor_pb2.DescriptorProto], None]


def changed(change: Change, name: str) -> type[Message]:
    """An event of training whose contract was changed behind everybody's back."""
    pool = descriptor_pool.DescriptorPool()
    for dependency in (*_dependencies(training.DESCRIPTOR), training.DESCRIPTOR):
        file = descriptor_pb2.FileDescriptorProto()
        dependency.CopyToProto(file)
        for message in file.message_type:
            if file.name == training.DESCRIPTOR.name and message.name == name:
                change(message)
        pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"neuralforge.training.v1.{name}"))


def _dependencies(file: FileDescriptor) -> list[FileDescriptor]:
    found: dict[str, FileDescriptor] = {}
    for dependency in file.dependencies:
        for each in (*_dependencies(dependency), dependency):
            found.setdefault(each.name, each)
    return list(found.values())


def remove(message: descriptor_pb2.DescriptorProto) -> None:
    del message.field[1]


def renumber(message: descriptor_pb2.DescriptorProto) -> None:
    message.field[1].number = 99


def retype(message: descriptor_pb2.DescriptorProto) -> None:
    message.field[1].type = message.field[1].TYPE_BYTES


def rename(message: descriptor_pb2.DescriptorProto) -> None:
    message.field[1].name = message.field[1].json_name = "why"


def add(message: descriptor_pb2.DescriptorProto) -> None:
    message.field.add(name="more", number=98, type=message.field[1].TYPE_STRING, label=message.field[1].LABEL_OPTIONAL)


def reads_the_same(message: type[Message], entry: Entry) -> bool:
    return as_json(message.FromString(entry.stored)) == entry.event


@pytest.mark.parametrize("change", [remove, renumber, retype, rename])
def test_a_changed_contract_shows(change: Change) -> None:
    entries = [entry for entry in read("training") if entry.type == "training.RunFailed.v1"]
    assert not all(reads_the_same(changed(change, "RunFailed"), entry) for entry in entries)


def test_an_added_field_reads_as_before() -> None:
    entries = [entry for entry in read("training") if entry.type == "training.RunFailed.v1"]
    assert len(entries) >= 3
    assert all(reads_the_same(changed(add, "RunFailed"), entry) for entry in entries)


def test_the_end_of_a_hold_as_it_was_first_written_counts_in_the_month_it_ended_in() -> None:
    """The real older form: until the contracts said when a hold was placed, readers took the month of its end."""
    types = event_types("billing")
    first = [entry for entry in read("billing") if entry.note == "every field set; the first contracts"]
    ends = [entry for entry in first if entry.type in ("billing.HoldSettled.v1", "billing.HoldVoided.v1")]
    assert len(ends) == 2
    for entry in ends:
        assert "placed_at" not in as_json(types.decode(entry.type, entry.stored))
        found = decoded(types, entry)
        assert found["placed_at"] == found["at"] == entry.event["placed_at"]
