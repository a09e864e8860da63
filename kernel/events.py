"""Registered event types: protobuf messages under stable names such as `graph.VersionSaved.v1`."""

from collections.abc import Callable, Iterable, Mapping
from types import ModuleType

from google.protobuf.message import DecodeError, Message

Upcast = Callable[[bytes], Message]


class UnknownEvent(Exception):
    """A stored event has a type nobody registered: history is never skipped, so reading stops."""


def type_name(event: Message | type[Message]) -> str:
    """`neuralforge.graph.v1.VersionSaved` is registered as `graph.VersionSaved.v1`."""
    _, context, version, name = event.DESCRIPTOR.full_name.split(".")
    return f"{context}.{name}.{version}"


class EventTypes:
    """The event messages of one or more contracts, and the upcasts of names they no longer write."""

    def __init__(self, *modules: ModuleType, upcasts: Mapping[str, Upcast] | None = None) -> None:
        self._decoders: dict[str, Upcast] = dict(upcasts or {})
        for module in modules:
            for name in module.DESCRIPTOR.message_types_by_name:
                message: type[Message] = getattr(module, name)
                self._decoders[type_name(message)] = message.FromString

    def __contains__(self, name: str) -> bool:
        return name in self._decoders

    def require(self, events: Iterable[Message]) -> None:
        """Raises UnknownEvent unless each of `events` could be read again, were it written."""
        for event in events:
            if type_name(event) not in self._decoders:
                raise UnknownEvent(f"no event type is registered as {type_name(event)!r}: it could never be read again")

    def decode(self, name: str, data: bytes) -> Message:
        """The event stored as `data` under `name`; raises UnknownEvent."""
        decoder = self._decoders.get(name)
        if decoder is None:
            raise UnknownEvent(f"no event type is registered as {name!r}; is a newer version of the service writing?")
        try:
            return decoder(data)
        except DecodeError as error:
            raise UnknownEvent(f"an event stored as {name!r} cannot be read: {error}") from error
