"""Registered event types: protobuf messages under stable names such as `graph.VersionSaved.v1`.

An event is stored with the schema version its type had; what is older now is brought up to date as it is read, one
version after the other, and never rewritten. Fields that are only added need no upcast: an upcast is for an event
that was written before readers came to rely on a field.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import ModuleType

from google.protobuf.message import DecodeError, Message

FIRST_SCHEMA = 1
Decoder = Callable[[bytes], Message]


class UnknownEvent(Exception):
    """A stored event has a type nobody registered: history is never skipped, so reading stops."""


@dataclass(frozen=True, slots=True)
class Upcast:
    """Turns what was stored under `name` at `schema_version` into the form of the next version.

    With `renamed_to` the event has gone by that name since, from its first schema version on.
    """

    name: str
    schema_version: int
    upgrade: Callable[[bytes], bytes]
    renamed_to: str = ""


def type_name(event: Message | type[Message]) -> str:
    """`neuralforge.graph.v1.VersionSaved` is registered as `graph.VersionSaved.v1`."""
    _, context, version, name = event.DESCRIPTOR.full_name.split(".")
    return f"{context}.{name}.{version}"


class EventTypes:
    """The event messages of one or more contracts, and how their older forms become the present ones."""

    def __init__(self, *modules: ModuleType, upcasts: Sequence[Upcast] = ()) -> None:
        self._present: dict[str, Decoder] = {}
        for module in modules:
            for name in module.DESCRIPTOR.message_types_by_name:
                message: type[Message] = getattr(module, name)
                self._present[type_name(message)] = message.FromString
        self._upcasts = {(upcast.name, upcast.schema_version): upcast for upcast in upcasts}
        self._versions: dict[str, int] = {}
        for upcast in upcasts:
            self._versions[upcast.name] = max(self.schema_version(upcast.name), upcast.schema_version + 1)
        self._decoders = {(name, self.schema_version(name)): decoder for name, decoder in self._present.items()}
        for name, version in self._upcasts:
            self._decoders[name, version] = self._chain(name, version)

    def _chain(self, name: str, version: int) -> Decoder:
        """All upcasts from there to the present, then the message's own decoder; raises KeyError for a gap."""
        steps: list[Callable[[bytes], bytes]] = []
        while upcast := self._upcasts.get((name, version)):
            steps.append(upcast.upgrade)
            name, version = (upcast.renamed_to, FIRST_SCHEMA) if upcast.renamed_to else (name, version + 1)
        present = self._decoders[name, version]

        def decode(data: bytes) -> Message:
            for step in steps:
                data = step(data)
            return present(data)

        return decode

    def __contains__(self, name: str) -> bool:
        return name in self._present

    @property
    def names(self) -> Iterable[str]:
        """Every type that is still written."""
        return self._present.keys()

    def schema_version(self, name: str) -> int:
        """The version that events of a type are written with now."""
        return self._versions.get(name, FIRST_SCHEMA)

    def require(self, events: Iterable[Message]) -> None:
        """Raises UnknownEvent unless each of `events` could be read again, were it written."""
        for event in events:
            if type_name(event) not in self._present:
                raise UnknownEvent(f"no event type is registered as {type_name(event)!r}: it could never be read again")

    def decode(self, name: str, data: bytes, schema_version: int | None = None) -> Message:
        """The event stored as `data` under `name`, in its present form; raises UnknownEvent.

        Without a `schema_version` it is in its present form already, as on the wire.
        """
        decoder = self._present.get(name) if schema_version is None else self._decoders.get((name, schema_version))
        if decoder is None:
            form = "" if schema_version in (None, FIRST_SCHEMA) else f" with schema version {schema_version}"
            raise UnknownEvent(
                f"no event type is registered as {name!r}{form}; is a newer version of the service writing?"
            )
        try:
            return decoder(data)
        except DecodeError as error:
            raise UnknownEvent(f"an event stored as {name!r} cannot be read: {error}") from error
