"""The corpus as it lies here: `<context>.jsonl`, one stored event a line, and what it reads as for ever."""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

from kernel.events import EventTypes

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Entry:
    """Stored bytes (base64) under a type and schema version, and the event they decode to, as JSON."""

    type: str
    schema_version: int
    note: str
    data: str
    event: Mapping[str, Any]

    @property
    def stored(self) -> bytes:
        return base64.b64decode(self.data)


def event_types(context: str) -> EventTypes:
    """The types as the service itself registers them, upcasts and all."""
    types: EventTypes = import_module(f"services.{context}.__main__").SPEC.types
    return types


def messages(context: str) -> Mapping[str, type[Message]]:
    """The messages of a context's events, by registered name."""
    module = import_module(f"neuralforge.{context}.v1.events_pb2")
    names = module.DESCRIPTOR.message_types_by_name
    return {f"{context}.{name}.v1": getattr(module, name) for name in names}


def as_json(event: Message) -> Mapping[str, Any]:
    found: Mapping[str, Any] = MessageToDict(event, preserving_proto_field_name=True)
    return found


def decoded(types: EventTypes, entry: Entry) -> Mapping[str, Any]:
    return as_json(types.decode(entry.type, entry.stored, entry.schema_version))


def read(context: str) -> Sequence[Entry]:
    path = FOLDER / f"{context}.jsonl"
    return [Entry(**json.loads(line)) for line in path.read_text().splitlines()] if path.exists() else []


def add(context: str, entries: Iterable[Entry]) -> None:
    """Lines are only ever added."""
    with (FOLDER / f"{context}.jsonl").open("a") as file:
        for entry in entries:
            file.write(json.dumps(asdict(entry), ensure_ascii=True) + "\n")
