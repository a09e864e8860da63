"""The event log as a port: appends with expected versions, reads by stream and by position.

Two adapters stand behind it, `kernel.postgres_log` and `kernel.memory_log`; one contract suite holds for both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from google.protobuf.message import Message

from kernel.errors import KeyReused, StaleStream
from kernel.watch import Watch

ANY_VERSION = -1
SYSTEM_TENANT = "system"


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as the log keeps it. `position` orders the whole log, `version` counts within the stream from 1."""

    position: int
    tenant: str
    stream: str
    version: int
    id: UUID
    type: str
    event: Message
    meta: Mapping[str, str]
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Write:
    """Events for one stream that must be at version `expected` (0: must be new, ANY_VERSION: whatever it is)."""

    tenant: str
    stream: str
    expected: int
    events: Sequence[Message]


@dataclass(frozen=True, slots=True)
class Key:
    """An idempotency key and the hash of the request it came with."""

    tenant: str
    name: str
    request_hash: bytes


@dataclass(frozen=True, slots=True)
class Append:
    """Writes to several streams that happen together or not at all."""

    writes: Sequence[Write]
    key: Key | None = None
    response: bytes = b""
    meta: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Appended:
    """The position of the last event written; with `replayed`, what the first request of that key was answered."""

    position: int
    response: bytes
    replayed: bool = False


class EventLog(Protocol):
    """Gapless versions per stream, one winner per expected version, positions in commit order."""

    async def append(self, request: Append) -> Appended:
        """Raises StaleStream (nothing written), KeyReused (nothing written) or Unavailable (unknown: ask again)."""

    async def replay(self, key: Key) -> Appended | None:
        """What was answered under `key`, if anything was; raises KeyReused."""

    async def read_stream(
        self, tenant: str, stream: str, *, after: int = 0, limit: int | None = None
    ) -> Sequence[Recorded]:
        """A stream's events with a version above `after`, in order; empty for an unknown stream."""

    async def read_all(self, *, after: int, limit: int) -> Sequence[Recorded]:
        """At most `limit` events with a position above `after`, in order."""

    async def head(self) -> int:
        """The highest position, 0 for an empty log."""

    def watch(self) -> Watch:
        """A bell that rings after appends."""


def stale(request: Append) -> StaleStream:
    """The error for an append whose streams have moved on."""
    names = ", ".join(f"{write.stream}@{write.expected}" for write in request.writes)
    return StaleStream(f"the stream has moved on since it was read ({names}); load it and decide again")


def key_reused(key: Key) -> KeyReused:
    """The error for an idempotency key that came with another request before."""
    return KeyReused(
        f"the idempotency key {key.name[:80]!r} was used for another request; use a new key for a new request",
        field="idempotency-key",
    )
