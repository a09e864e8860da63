"""The event log in memory, for domain tests and for reading how the port behaves."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import uuid4

from google.protobuf.message import Message

from kernel.events import EventTypes, type_name
from kernel.log import ANY_VERSION, Append, Appended, Key, Recorded, key_reused, stale
from kernel.watch import Watch, Watches


class MemoryLog:
    """One process, no durability. Events pass through their stored form, as they do in a database."""

    def __init__(self, types: EventTypes) -> None:
        self._types = types
        self._events: list[Recorded] = []
        self._streams: dict[tuple[str, str], list[Recorded]] = defaultdict(list)
        self._commands: dict[tuple[str, str], tuple[bytes, Appended]] = {}
        self._watches = Watches()

    async def append(self, request: Append) -> Appended:
        self._types.require(event for write in request.writes for event in write.events)
        if request.key and (known := await self.replay(request.key)):
            return known
        for write in request.writes:
            if write.expected not in (ANY_VERSION, len(self._streams[write.tenant, write.stream])):
                raise stale(request)
        for write in request.writes:
            self._write(write.tenant, write.stream, write.events, request.meta)
        appended = Appended(len(self._events), request.response)
        if request.key:
            self._commands[request.key.tenant, request.key.name] = (request.key.request_hash, appended)
        self._watches.ring()
        return appended

    def _write(self, tenant: str, stream: str, events: Sequence[Message], meta: Mapping[str, str]) -> None:
        for event in events:
            name = type_name(event)
            recorded = Recorded(
                position=len(self._events) + 1,
                tenant=tenant,
                stream=stream,
                version=len(self._streams[tenant, stream]) + 1,
                id=uuid4(),
                type=name,
                event=self._types.decode(name, event.SerializeToString()),
                meta=dict(meta),
                recorded_at=datetime.now(UTC),
            )
            self._events.append(recorded)
            self._streams[tenant, stream].append(recorded)

    async def replay(self, key: Key) -> Appended | None:
        known = self._commands.get((key.tenant, key.name))
        if known is None:
            return None
        request_hash, appended = known
        if request_hash != key.request_hash:
            raise key_reused(key)
        return Appended(appended.position, appended.response, replayed=True)

    async def read_stream(
        self, tenant: str, stream: str, *, after: int = 0, limit: int | None = None
    ) -> Sequence[Recorded]:
        return self._streams[tenant, stream][after:][:limit]

    async def read_all(self, *, after: int, limit: int) -> Sequence[Recorded]:
        return self._events[after : after + limit]

    async def head(self) -> int:
        return len(self._events)

    def watch(self) -> Watch:
        return self._watches.watch()
