"""`neuralforge events`: the log as people read it, as it stands and as it grows."""

import asyncio
import base64
import json as json_codec
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from google.protobuf.json_format import MessageToDict
from psycopg import sql

from cli.failures import Failure
from cli.stored import Connection, Store, chosen, opened, present
from kernel.events import EventTypes, UnknownEvent

WIDEST = 160
AT_ONCE = 1000
POLL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Selection:
    """Which events: of a stream, of a type (`graph.VersionSaved.v1` or `VersionSaved`), behind a position."""

    stream: str | None = None
    type: str | None = None
    after: int = 0
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What `neuralforge events` was asked for."""

    contexts: Sequence[str]
    selection: Selection
    json: bool
    follow: bool
    from_end: bool


def run(
    context: str | None,
    stream: str | None,
    *,
    type: str | None = None,
    after: int | None = None,
    limit: int | None = None,
    follow: bool = False,
    database: str | None = None,
    json: bool = False,
) -> None:
    if after is not None and not context:
        raise Failure("--after is a position in one context's log; say which with --context")
    selection = Selection(stream, type, after or 0, limit)
    order = Order(chosen(context), selection, json, follow, from_end=follow and after is None)
    with suppress(KeyboardInterrupt):  # the way to end --follow; what was printed is whole lines
        asyncio.run(_events(order, database))


async def _events(order: Order, database: str | None) -> None:
    async with opened(database) as store:
        if order.follow and not (store.live or database):
            raise Failure("the platform does not run, so nothing will happen to follow; start it (make up)")
        async with await store.connect() as connection:
            contexts = await present(connection, order.contexts)
            if order.follow:
                await _follow(store, connection, contexts, order)
            else:
                await _print_all(connection, contexts, order)


async def _print_all(connection: Connection, contexts: Sequence[str], order: Order) -> None:
    left = order.selection.limit
    for context in contexts:
        selection = order.selection
        while left is None or left > 0:
            some = replace(selection, limit=min(AT_ONCE, AT_ONCE if left is None else left))
            rows = await _read(connection, context, some)
            _print(context, rows, json=order.json)
            left = left if left is None else left - len(rows)
            if len(rows) < AT_ONCE:
                break
            selection = replace(selection, after=rows[-1][0])


async def _follow(store: Store, connection: Connection, contexts: Sequence[str], order: Order) -> None:
    """Prints what is there behind --after, else nothing, and then each event as it is recorded."""
    positions = dict.fromkeys(contexts, order.selection.after)
    async with await store.connect() as listening:
        for context in contexts:
            await listening.execute(sql.SQL("LISTEN {}").format(sql.Identifier(f"nf_{context}")))
            if order.from_end:
                positions[context] = await _head(connection, context)
        left = order.selection.limit
        while left is None or left > 0:
            for context in contexts:
                most = AT_ONCE if left is None else min(left, AT_ONCE)
                some = replace(order.selection, after=positions[context], limit=most)
                rows = await _read(connection, context, some)
                _print(context, rows, json=order.json)
                positions[context] = rows[-1][0] if rows else positions[context]
                left = left if left is None else left - len(rows)
            async for _ in listening.notifies(timeout=POLL_SECONDS, stop_after=1):
                pass


async def _head(connection: Connection, context: str) -> int:
    query = sql.SQL("SELECT coalesce(max(position), 0) FROM {}.events").format(sql.Identifier(context))
    row = await (await connection.execute(query)).fetchone()
    return int(row[0]) if row else 0


async def _read(connection: Connection, context: str, selection: Selection) -> Sequence[Sequence[Any]]:
    query = sql.SQL(
        "SELECT position, recorded_at, tenant, stream, version, type, schema_version, data FROM {}.events "
        "WHERE position > %s AND (%s::text IS NULL OR stream = %s) "
        "AND (%s::text IS NULL OR %s IN (type, split_part(type, '.', 2))) ORDER BY position LIMIT %s"
    ).format(sql.Identifier(context))
    stream, type_ = selection.stream, selection.type
    values = (selection.after, stream, stream, type_, type_, selection.limit)
    return await (await connection.execute(query, values)).fetchall()


def _print(context: str, rows: Sequence[Sequence[Any]], *, json: bool) -> None:
    if not rows:
        return
    types: EventTypes = import_module(f"services.{context}.__main__").SPEC.types
    for position, at, tenant, name, version, type_, schema_version, data in rows:
        told = _told(types, type_, schema_version, bytes(data))
        if json:
            line = {"position": position, "at": at.isoformat(), "tenant": tenant, "stream": name}
            print(json_codec.dumps(line | {"version": version, "type": type_} | told))
        else:
            text = f"{context} {position:>6}  {at:%Y-%m-%d %H:%M:%S}  {name}@{version}  {type_}  "
            print((text + json_codec.dumps(told.get("event", told)))[:WIDEST])
    print(end="", flush=True)


def _told(types: EventTypes, name: str, schema_version: int, data: bytes) -> dict[str, Any]:
    """The event; of one that this version cannot read, why not and its bytes (base64)."""
    try:
        event = types.decode(name, data, schema_version)
    except UnknownEvent as error:
        return {"unreadable": str(error), "data": base64.b64encode(data).decode()}
    return {"event": MessageToDict(event, preserving_proto_field_name=True)}
