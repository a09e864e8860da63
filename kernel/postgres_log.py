"""The event log in PostgreSQL: appends of many callers coalesced into one statement, one commit, one flush.

Measured: this keeps up with plain INSERTs of as many writers, where one transaction per append under the same
lock does not (`bench/event_log.py`).
"""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb

from kernel.cancellation import cancel
from kernel.database import WRITES_REFUSED, Connection, Database, first, lock_key, unavailable, unwritable
from kernel.errors import Unavailable
from kernel.events import EventTypes, type_name
from kernel.log import Append, Appended, Key, Recorded, key_reused, stale
from kernel.tenancy import require_reach
from kernel.trace import CLIENT, span
from kernel.wake import Wake
from kernel.watch import Watch

MOST_COALESCED = 256
COLUMNS = "position, tenant, stream, version, event_id, type, schema_version, data, meta, recorded_at"


@dataclass(slots=True)
class _Pending:
    request: Append
    ids: Sequence[UUID]
    answer: asyncio.Future[Appended]


class PostgresLog:
    """`open` it inside a running loop; one per service and process."""

    def __init__(self, database: Database, types: EventTypes, *, across_tenants: bool = False) -> None:
        """In a call only streams of the caller's tenant can be read, unless it reaches `across_tenants`."""
        self._across_tenants = across_tenants
        self._database = database
        self._types = types
        self._lock_key = lock_key(database.schema, "append")
        self._queue: list[_Pending] = []
        self._queued = asyncio.Event()
        self._connection: Connection | None = None
        self._appender: asyncio.Task[None] | None = None
        self._wake = Wake(database, f"nf_{database.schema}")

    async def open(self) -> None:
        await self._wake.open()
        self._appender = asyncio.create_task(self._drain(), name=f"append {self._database.schema}")

    async def close(self) -> None:
        """Refuses what still waits and closes the connections."""
        if self._appender:
            await cancel(self._appender)
        for pending in self._queue:
            _settle(pending, _stopping())
        await self._wake.close()
        if self._connection:
            await self._connection.close()

    async def append(self, request: Append) -> Appended:
        if self._appender is None or self._appender.done():
            raise _stopping()
        self._types.require(event for write in request.writes for event in write.events)
        ids = [uuid4() for write in request.writes for _ in write.events]
        pending = _Pending(request, ids, asyncio.get_running_loop().create_future())
        self._queue.append(pending)
        self._queued.set()
        with span("append", CLIENT, attributes={"db.system.name": "postgresql", "db.operation.name": "append_many"}):
            return await pending.answer

    async def _drain(self) -> None:
        while True:
            await self._queued.wait()
            batch, self._queue = self._queue[:MOST_COALESCED], self._queue[MOST_COALESCED:]
            if not self._queue:
                self._queued.clear()
            try:
                await self._append_all(batch)
            finally:
                for pending in batch:
                    _settle(pending, _stopping())
            self._wake.call()

    async def _append_all(self, batch: Sequence[_Pending]) -> None:
        try:
            await self._append_batch(batch)
        except Exception:  # of one request, or of the connection: each on its own shows which
            for pending in batch:
                await self._append_singly(pending)

    async def _append_singly(self, pending: _Pending) -> None:
        """After a failed batch: whether it was committed is unknown, so look for its events first."""
        try:
            if position := await self._position_of(pending.ids):
                _settle(pending, Appended(position, pending.request.response))
            else:
                await self._append_batch([pending])
        except WRITES_REFUSED as error:
            _settle(pending, unwritable(error))
        except (psycopg.OperationalError, psycopg.InterfaceError, OSError, Unavailable) as error:
            await self._disconnect()
            _settle(pending, unavailable(error))
        except Exception as error:  # this request cannot be written, whenever it is asked for
            _settle(pending, error)

    async def _position_of(self, ids: Sequence[UUID]) -> int | None:
        """The position of those events. The server may still be at the statement whose answer was lost: wait for it."""
        connection = await self._connected()
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", (self._lock_key,))
        cursor = await connection.execute("SELECT max(position) FROM events WHERE event_id = ANY(%s)", (list(ids),))
        row = await cursor.fetchone()
        return row[0] if row else None

    async def _append_batch(self, batch: Sequence[_Pending]) -> None:
        connection = await self._connected()
        marks = ", ".join(["%s"] * 15)
        query = f"SELECT request, status, last_position, response FROM append_many({marks})"
        rows = await (await connection.execute(query, _arrays(self._lock_key, batch, self._types))).fetchall()
        for number, status, position, response in rows:
            pending = batch[number - 1]
            if status == "conflict":
                _settle(pending, stale(pending.request))
            elif status == "key_reused":
                assert pending.request.key
                _settle(pending, key_reused(pending.request.key))
            else:
                _settle(pending, Appended(position, response, replayed=status == "replayed"))

    async def _connected(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = await self._database.connect()
        return self._connection

    async def _disconnect(self) -> None:
        if self._connection:
            with contextlib.suppress(psycopg.Error, OSError, Unavailable):
                await self._connection.close()
            self._connection = None

    async def replay(self, key: Key) -> Appended | None:
        query = "SELECT request_hash, response, position FROM commands WHERE tenant = %s AND key = %s"
        row = first(await self._database.fetch_of(key.tenant, query, key.tenant, key.name))
        if row is None:
            return None
        if row[0] != key.request_hash:
            raise key_reused(key)
        return Appended(row[2], row[1], replayed=True)

    async def read_stream(
        self, tenant: str, stream: str, *, after: int = 0, limit: int | None = None
    ) -> Sequence[Recorded]:
        if not self._across_tenants:
            require_reach(tenant)
        rows = await self._database.fetch_of(
            tenant,
            f"SELECT {COLUMNS} FROM events WHERE tenant = %s AND stream = %s AND version > %s "
            "ORDER BY version LIMIT %s",
            tenant,
            stream,
            after,
            limit,
        )
        return [self._recorded(row) for row in rows]

    async def read_all(self, *, after: int, limit: int) -> Sequence[Recorded]:
        rows = await self._database.fetch(
            f"SELECT {COLUMNS} FROM events WHERE position > %s ORDER BY position LIMIT %s", after, limit
        )
        return [self._recorded(row) for row in rows]

    def _recorded(self, row: Sequence[Any]) -> Recorded:
        position, tenant, stream, version, event_id, name, schema_version, data, meta, at = row
        event = self._types.decode(name, data, schema_version)
        return Recorded(position, tenant, stream, version, event_id, name, event, meta, at)

    async def head(self) -> int:
        row = await self._database.fetch_one("SELECT coalesce(max(position), 0) FROM events")
        assert row
        return int(row[0])

    def watch(self) -> Watch:
        return self._wake.watch()


def _stopping() -> Unavailable:
    return unavailable(ConnectionError("this process is stopping"))


def _settle(pending: _Pending, answer: Appended | Exception) -> None:
    if pending.answer.done():  # the caller has gone
        return
    if isinstance(answer, Exception):
        pending.answer.set_exception(answer)
    else:
        pending.answer.set_result(answer)


def _arrays(lock: int, batch: Sequence[_Pending], event_types: EventTypes) -> tuple[object, ...]:
    """The batch as the parallel arrays `append_many` takes; offsets count from 1."""
    first_write, first_event = [1], [1]
    tenants: list[str] = []
    names: list[str] = []
    expected: list[int] = []
    types: list[str] = []
    payloads: list[bytes] = []
    metas: list[Jsonb] = []
    ids: list[UUID] = []
    for pending in batch:
        meta = Jsonb(dict(pending.request.meta))
        ids.extend(pending.ids)
        for write in pending.request.writes:
            tenants.append(write.tenant)
            names.append(write.stream)
            expected.append(write.expected)
            types.extend(type_name(event) for event in write.events)
            payloads.extend(event.SerializeToString() for event in write.events)
            metas.extend(meta for _ in write.events)
            first_event.append(len(types) + 1)
        first_write.append(len(names) + 1)
    keys = [pending.request.key for pending in batch]
    return (
        lock,
        first_write,
        [key and key.tenant for key in keys],
        [key and key.name for key in keys],
        [key and key.request_hash for key in keys],
        [pending.request.response for pending in batch],
        first_event,
        tenants,
        names,
        expected,
        ids,
        types,
        [event_types.schema_version(name) for name in types],
        payloads,
        metas,
    )
