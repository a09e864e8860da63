"""Example events made from their descriptors: every field set, each to a value of its own that stays the same."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

FIRST_MOMENT = datetime(2026, 11, 20, 12, 30, 15, 123456, tzinfo=UTC)
INTEGERS = {
    FieldDescriptor.CPPTYPE_INT32: -(2**31),
    FieldDescriptor.CPPTYPE_INT64: -(2**63),
    FieldDescriptor.CPPTYPE_UINT32: 2**32 - 1,
    FieldDescriptor.CPPTYPE_UINT64: 2**64 - 1,
}


def filled(message: type[Message], alternative: int = 0) -> Message:
    """An event whose every field is set; of a oneof the field number `alternative`, counted from 0."""
    return _fill(message(), alternative)


def extreme(message: type[Message]) -> Message:
    """Numbers at their ends, texts of many alphabets, bytes that are no text."""
    return _fill(message(), 0, extreme=True)


def alternatives(message: type[Message]) -> int:
    """How many examples show every field of every oneof in a message."""
    return max((len(oneof.fields) for oneof in message.DESCRIPTOR.oneofs), default=1)


def paths(message: Message, prefix: str = "") -> Iterator[str]:
    """Every field that is set, by dotted name, also inside messages."""
    for field, value in message.ListFields():
        yield prefix + field.name
        if field.type == FieldDescriptor.TYPE_MESSAGE and not _is_map(field):
            for inner in value if field.is_repeated else [value]:
                yield from paths(inner, f"{prefix}{field.name}.")


def _is_map(field: FieldDescriptor) -> bool:
    return bool(field.message_type and field.message_type.GetOptions().map_entry)


def _fill(message: Any, alternative: int, *, extreme: bool = False) -> Message:
    for field in message.DESCRIPTOR.fields:
        oneof = field.containing_oneof
        if oneof and field != oneof.fields[alternative % len(oneof.fields)]:
            continue
        _fill_field(message, field, alternative, extreme)
    return cast(Message, message)


def _fill_field(message: Any, field: FieldDescriptor, alternative: int, extreme: bool) -> None:
    held = getattr(message, field.name)
    if _is_map(field):
        raise NotImplementedError(f"{field.full_name} is a map: its bytes have no order, so it cannot be frozen")
    if field.message_type and field.is_repeated:
        for _ in range(2):
            _fill(held.add(), alternative, extreme=extreme)
    elif isinstance(held, Timestamp):
        held.FromDatetime(FIRST_MOMENT + timedelta(hours=field.number))
    elif field.message_type:
        _fill(held, alternative, extreme=extreme)
    elif field.is_repeated:
        held.extend([_value(field, extreme)] * 2)
    else:
        setattr(message, field.name, _value(field, extreme))


def _value(field: FieldDescriptor, extreme: bool) -> Any:
    if field.enum_type:
        return field.enum_type.values[-1 if extreme else 1].number
    match field.cpp_type:
        case FieldDescriptor.CPPTYPE_BOOL:
            return True
        case FieldDescriptor.CPPTYPE_DOUBLE | FieldDescriptor.CPPTYPE_FLOAT:
            return -0.0 if extreme and not field.has_presence else field.number + 0.5
        case FieldDescriptor.CPPTYPE_STRING if field.type == FieldDescriptor.TYPE_BYTES:
            return b"\x00\xff\xfe{" if extreme else f'{{"{field.name}": {field.number}}}'.encode()
        case FieldDescriptor.CPPTYPE_STRING:
            return f"{field.name} \u00e9\u6f22\U0001f9e0\u202e \"'\\\n" if extreme else f"{field.name} {field.number}"
    return INTEGERS[field.cpp_type] if extreme else 1000 + field.number
