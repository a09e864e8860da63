"""The event log in KurrentDB (25.1 or later): an append is one multi-stream append, so it happens whole or not at all.

A stream is `<context>:<tenant>:<stream>`. An idempotency key is a stream of one record, which has to be new, written in
the same append behind the events. Positions are the records' prepare positions: they are unique, and grow in the order
of commits, as KurrentDB writes an append in one go.
"""

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import quote, unquote
from uuid import UUID, uuid4

from kernel.cancellation import cancel
from kernel.errors import Unavailable
from kernel.events import EventTypes, type_name
from kernel.kurrent_client import (
    AsyncKurrentDBClient,
    KurrentDBClientError,
    NewEvent,
    NewEvents,
    NotFoundError,
    RecordedEvent,
    StreamState,
    WrongCurrentVersionError,
)
from kernel.log import ANY_VERSION, Append, Appended, Key, Recorded, Write, key_reused, stale
from kernel.tenancy import require_reach
from kernel.trace import CLIENT, span
from kernel.watch import Watch, Watches

KEY_TYPE = "neuralforge.IdempotencyKey"
OWN_METADATA = "nf-schema-version"
RETRY_SECONDS = 1.0


class KurrentLog:
    """`open` it inside a running loop; one per service and process."""

    def __init__(self, uri: str, context: str, types: EventTypes, *, across_tenants: bool = False) -> None:
        """In a call only streams of the caller's tenant can be read, unless it reaches `across_tenants`."""
        self._across_tenants = across_tenants
        self._client = AsyncKurrentDBClient(uri)
        self._context = context
        self._types = types
        self._watches = Watches()
        self._listening: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Raises Unavailable."""
        try:
            await self._client.connect()
        except KurrentDBClientError as error:
            raise _unavailable(error) from error
        self._listening = asyncio.create_task(self._listen(), name=f"listen {self._context}")

    async def close(self) -> None:
        if self._listening:
            await cancel(self._listening)
        await self._client.close()

    async def append(self, request: Append) -> Appended:
        self._types.require(event for write in request.writes for event in write.events)
        streams = [self._stream(write, request) for write in _merged(request.writes)]
        if not streams and not request.key:
            return Appended(await self.head(), request.response)
        everything = [*streams, *([self._key_stream(request.key, request.response)] if request.key else [])]
        try:
            with span("append", CLIENT, attributes={"db.system.name": "kurrentdb"}):
                await self._client.multi_append_to_stream(everything)
        except WrongCurrentVersionError as error:
            if request.key and (known := await self.replay(request.key)):
                return known
            if not await self._is_written(streams):
                raise stale(request) from error
        except KurrentDBClientError as error:
            raise _unavailable(error) from error
        self._watches.ring()
        position = await self._position(streams[-1]) if streams else await self.head()
        return Appended(position, request.response)

    def _stream(self, write: Write, request: Append) -> NewEvents:
        events = [
            NewEvent(
                type=(name := type_name(event)),
                data=event.SerializeToString(),
                metadata=_metadata(request, self._types.schema_version(name)),
                content_type="application/octet-stream",
                id=uuid4(),  # stays the same when the client tries again, by which the server knows it
            )
            for event in write.events
        ]
        return NewEvents(self._name(write.tenant, write.stream), events, _expected(write.expected))

    def _name(self, tenant: str, stream: str) -> str:
        return f"{self._context}:{quote(tenant, safe='')}:{stream}"

    def _key_name(self, key: Key) -> str:
        return f"{self._context}-keys:{quote(key.tenant, safe='')}:{hashlib.sha256(key.name.encode()).hexdigest()}"

    def _key_stream(self, key: Key, response: bytes) -> NewEvents:
        told = {"request_hash": key.request_hash.hex(), "response": base64.b64encode(response).decode()}
        event = NewEvent(KEY_TYPE, json.dumps(told).encode(), id=uuid4())
        return NewEvents(self._key_name(key), [event], StreamState.NO_STREAM)

    async def _is_written(self, streams: Sequence[NewEvents]) -> bool:
        """Whether the refused append is there: its answer was lost, and it was the client's second try."""
        first = next(iter(streams[0].events)) if streams else None
        if first is None or isinstance(streams[0].current_version, StreamState):
            return first is not None and await self._found(streams[0]) is not None
        there = await self._records(streams[0].stream_name, after=streams[0].current_version + 1, limit=1)
        return [record.id for record in there] == [first.id]

    async def _position(self, written: NewEvents) -> int:
        """Of the last event of a stream as it was written."""
        found = await self._found(written)
        if found is None:
            raise Unavailable("the events were written but cannot be read yet; ask again", retry_seconds=RETRY_SECONDS)
        return found.prepare_position

    async def _found(self, written: NewEvents) -> RecordedEvent | None:
        last = list(written.events)[-1].id
        with suppress(NotFoundError):
            async for record in self._read(stream=written.stream_name, backwards=True):
                if record.id == last:
                    return record
        return None

    async def replay(self, key: Key) -> Appended | None:
        records = await self._records(self._key_name(key), after=0, limit=1)
        if not records:
            return None
        told = json.loads(records[0].data)
        if bytes.fromhex(told["request_hash"]) != key.request_hash:
            raise key_reused(key)
        async for record in self._read(position=records[0].commit_position, backwards=True):
            if record.prepare_position < records[0].prepare_position:  # the last event before the key: of that append
                return Appended(record.prepare_position, base64.b64decode(told["response"]), replayed=True)
        return Appended(0, base64.b64decode(told["response"]), replayed=True)

    async def read_stream(
        self, tenant: str, stream: str, *, after: int = 0, limit: int | None = None
    ) -> Sequence[Recorded]:
        if not self._across_tenants:
            require_reach(tenant)
        found = await self._records(self._name(tenant, stream), after=after, limit=limit)
        return [self._recorded(record) for record in found]

    async def read_all(self, *, after: int, limit: int) -> Sequence[Recorded]:
        """Reading begins with the append that `after` lies in; what of that was before is passed over."""
        found: list[Recorded] = []
        async for record in self._read(position=after):
            if record.prepare_position > after:
                found.append(self._recorded(record))
            if len(found) == limit:
                break
        return found

    async def head(self) -> int:
        async for record in self._read(backwards=True):
            return record.prepare_position
        return 0

    def watch(self) -> Watch:
        return self._watches.watch()

    async def _records(self, stream: str, *, after: int, limit: int | None) -> Sequence[RecordedEvent]:
        """A stream's records behind the version `after`; none of a stream there is not."""
        found: list[RecordedEvent] = []
        with suppress(NotFoundError):
            async for record in self._read(stream=stream, position=after):
                found.append(record)
                if len(found) == limit:
                    break
        return found

    async def _read(
        self, *, stream: str = "", position: int = 0, backwards: bool = False
    ) -> AsyncIterator[RecordedEvent]:
        """The records of one stream, or of the context, from a position on (0: from the end they begin at)."""
        start = position or None
        try:
            if stream:
                response = await self._client.read_stream(stream, stream_position=start, backwards=backwards)
            else:
                response = await self._client.read_all(
                    commit_position=start, backwards=backwards, filter_include=[f"{self._context}:"],
                    filter_by_stream_name=True, filter_by_prefix=True,
                )  # fmt: skip
            try:
                async for record in response:
                    yield record
            finally:
                await response.stop()
        except NotFoundError:
            raise
        except KurrentDBClientError as error:
            raise _unavailable(error) from error

    def _recorded(self, record: RecordedEvent) -> Recorded:
        _, tenant, stream = record.stream_name.split(":", 2)
        meta = json.loads(record.metadata or b"{}")
        schema_version = int(meta.pop(OWN_METADATA, "1"))
        return Recorded(
            position=record.prepare_position,
            tenant=unquote(tenant),
            stream=stream,
            version=record.stream_position + 1,
            id=UUID(str(record.id)),
            type=record.type,
            event=self._types.decode(record.type, record.data, schema_version),
            meta={name: value for name, value in meta.items() if not name.startswith("$")},
            recorded_at=record.recorded_at or datetime.now(UTC),
        )

    async def _listen(self) -> None:
        """Rings for appends of every process; readers poll as well, so one that is missed costs little."""
        while True:
            with suppress(KurrentDBClientError):
                subscription = await self._client.subscribe_to_all(
                    from_end=True, filter_include=[f"{self._context}:"], filter_by_stream_name=True,
                    filter_by_prefix=True,
                )  # fmt: skip
                async with subscription:
                    self._watches.ring()
                    async for _ in subscription:
                        self._watches.ring()
            await asyncio.sleep(RETRY_SECONDS)


def _merged(writes: Sequence[Write]) -> Sequence[Write]:
    """One write per stream, as the server takes them."""
    merged: dict[tuple[str, str], Write] = {}
    for write in writes:
        place = (write.tenant, write.stream)
        before = merged.get(place)
        events = [*before.events, *write.events] if before else write.events
        merged[place] = Write(*place, before.expected if before else write.expected, events)
    return [write for write in merged.values() if write.events]


def _expected(version: int) -> int | StreamState:
    if version == ANY_VERSION:
        return StreamState.ANY
    return version - 1 if version else StreamState.NO_STREAM


def _metadata(request: Append, schema_version: int) -> bytes:
    return json.dumps({**request.meta, OWN_METADATA: str(schema_version)}).encode()


def _unavailable(error: Exception) -> Unavailable:
    detail = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return Unavailable(f"KurrentDB does not answer ({detail[:200]}); try again soon", retry_seconds=RETRY_SECONDS)
