"""A stand-in for KurrentDB, in process: the service definitions that its client publishes, over a list in memory.

It is no KurrentDB. It knows what the adapter uses: multi-stream appends with expected revisions, reading a stream or
everything from a position on either way, filters by prefix, and subscriptions. With KURRENTDB_URI set, the same tests
run against a real server as well. The records of one append share their commit position here, which is the less
comfortable of the two ways a server may have it.
"""

import kernel.kurrent_client  # isort: skip # noqa: F401 - before any other part of the client
import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import grpc
from google.protobuf.any_pb2 import Any as Packed
from google.rpc.status_pb2 import Status
from grpc_status import rpc_status
from kurrentdbclient.protos.v1 import streams_pb2, streams_pb2_grpc
from kurrentdbclient.protos.v2.streams import errors_pb2
from kurrentdbclient.protos.v2.streams import streams_pb2 as v2
from kurrentdbclient.protos.v2.streams import streams_pb2_grpc as v2_grpc

NO_STREAM, ANY = -1, -2
FIRST_POSITION, RECORD_SIZE = 1000, 137
Record = streams_pb2.ReadResp.ReadEvent.RecordedEvent


@dataclass
class Store:
    """Every record in the order of the appends."""

    records: list[Record] = field(default_factory=list)
    grown: asyncio.Condition = field(default_factory=asyncio.Condition)
    lose_answers: int = 0

    def stream(self, name: str) -> Sequence[Record]:
        return [record for record in self.records if record.stream_identifier.stream_name == name.encode()]

    def write(self, requests: Sequence[v2.AppendRequest]) -> int:
        """Writes them all; returns the position. Raises ValueError(request, actual revision) and writes nothing."""
        if all(self._has(request) for request in requests):
            return int(self.records[-1].commit_position)  # the client's second try
        for request in requests:
            revision = len(self.stream(request.stream)) - 1
            if request.expected_revision not in (ANY, revision):
                raise ValueError(request, revision)
        first = FIRST_POSITION + len(self.records) * RECORD_SIZE
        commit = first + (sum(len(request.records) for request in requests) - 1) * RECORD_SIZE
        for request in requests:
            for record in request.records:
                self._add(request.stream, record, commit)
        return commit

    def _has(self, request: v2.AppendRequest) -> bool:
        known = {record.id.string for record in self.stream(request.stream)}
        return {record.record_id for record in request.records} <= known

    def _add(self, stream: str, record: v2.AppendRecord, commit: int) -> None:
        metadata = {name: value.string_value for name, value in record.properties.items()}
        created = int(datetime.now(UTC).timestamp() * 10_000_000)
        kept = Record(
            stream_revision=len(self.stream(stream)),
            prepare_position=FIRST_POSITION + len(self.records) * RECORD_SIZE,
            commit_position=commit,
            metadata={"type": record.schema.name, "created": str(created), "content-type": "application/octet-stream"},
            custom_metadata=json.dumps(metadata).encode(),
            data=record.data,
        )
        kept.id.string = record.record_id
        kept.stream_identifier.stream_name = stream.encode()
        self.records.append(kept)


class Appends(v2_grpc.StreamsServiceServicer):
    def __init__(self, store: Store) -> None:
        self._store = store

    async def AppendSession(self, request_iterator: Any, context: Any) -> v2.AppendSessionResponse:
        requests = [request async for request in request_iterator]
        try:
            position = self._store.write(requests)
        except ValueError as conflict:
            await context.abort_with_status(rpc_status.to_status(_conflict(*conflict.args)))
        async with self._store.grown:
            self._store.grown.notify_all()
        if self._store.lose_answers:
            self._store.lose_answers -= 1
            await context.abort(grpc.StatusCode.UNAVAILABLE, "the answer is lost")
        return v2.AppendSessionResponse(position=position)


def _conflict(request: v2.AppendRequest, actual: int) -> Status:
    details = errors_pb2.StreamRevisionConflictErrorDetails(
        stream=request.stream, expected_revision=request.expected_revision, actual_revision=actual
    )
    packed = Packed()
    packed.Pack(details)
    return Status(code=grpc.StatusCode.FAILED_PRECONDITION.value[0], message="revision conflict", details=[packed])


class Streams(streams_pb2_grpc.StreamsServicer):
    def __init__(self, store: Store) -> None:
        self._store = store

    async def Read(self, request: streams_pb2.ReadReq, context: Any) -> AsyncIterator[streams_pb2.ReadResp]:
        options = request.options
        if options.WhichOneof("count_option") == "subscription":
            async for response in self._subscribed(options):
                yield response
            return
        if options.WhichOneof("stream_option") == "stream":
            records = self._of_stream(options)
            if not records and not self._store.stream(options.stream.stream_identifier.stream_name.decode()):
                missing = streams_pb2.ReadResp.StreamNotFound(stream_identifier=options.stream.stream_identifier)
                yield streams_pb2.ReadResp(stream_not_found=missing)
        else:
            records = self._of_all(options)
        for record in records[: options.count]:
            yield _event(record)

    def _of_stream(self, options: streams_pb2.ReadReq.Options) -> Sequence[Record]:
        records = self._store.stream(options.stream.stream_identifier.stream_name.decode())
        start = options.stream.revision if options.stream.WhichOneof("revision_option") == "revision" else None
        if options.read_direction == streams_pb2.ReadReq.Options.Backwards:
            return records[: None if start is None else start + 1][::-1]
        return records[start or 0 :]

    def _of_all(self, options: streams_pb2.ReadReq.Options) -> Sequence[Record]:
        records = [record for record in self._store.records if _wanted(record, options)]
        if options.all.WhichOneof("all_option") != "position":
            backwards = options.read_direction == streams_pb2.ReadReq.Options.Backwards
            return records[::-1] if backwards else records
        start = (options.all.position.commit_position, options.all.position.prepare_position)
        if options.read_direction == streams_pb2.ReadReq.Options.Backwards:
            return [record for record in records if _place(record) < start][::-1]
        return [record for record in records if _place(record) >= start]

    async def _subscribed(self, options: streams_pb2.ReadReq.Options) -> AsyncIterator[streams_pb2.ReadResp]:
        """From the end, which is all that the adapter asks for."""
        seen = len(self._store.records)
        confirmation = streams_pb2.ReadResp.SubscriptionConfirmation(subscription_id=str(uuid4()))
        yield streams_pb2.ReadResp(confirmation=confirmation)
        while True:
            async with self._store.grown:
                while len(self._store.records) == seen:
                    await self._store.grown.wait()
            for record in self._store.records[seen:]:
                if _wanted(record, options):
                    yield _event(record)
            seen = len(self._store.records)


def _place(record: Record) -> tuple[int, int]:
    return record.commit_position, record.prepare_position


def _wanted(record: Record, options: streams_pb2.ReadReq.Options) -> bool:
    name = record.stream_identifier.stream_name.decode()
    return any(name.startswith(prefix) for prefix in options.filter.stream_identifier.prefix)


def _event(record: Record) -> streams_pb2.ReadResp:
    event = streams_pb2.ReadResp.ReadEvent(event=record, commit_position=record.commit_position)
    return streams_pb2.ReadResp(event=event)


@asynccontextmanager
async def stand_in() -> AsyncIterator[tuple[str, Store]]:
    """(URI, what it holds) of a server of its own."""
    store, server = Store(), grpc.aio.server()
    streams_pb2_grpc.add_StreamsServicer_to_server(Streams(store), server)
    v2_grpc.add_StreamsServiceServicer_to_server(Appends(store), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        yield f"kurrentdb://127.0.0.1:{port}?Tls=false", store
    finally:
        await server.stop(0)
