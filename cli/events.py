"""`neuralforge events`: the log of one machine as people read it."""

import asyncio
import json as json_codec
import os
from importlib import import_module
from pathlib import Path

import psycopg
from google.protobuf.json_format import MessageToDict
from psycopg import sql

from cli.failures import Failure
from kernel.embedded import EmbeddedServers, running_postgres
from kernel.events import EventTypes
from kernel.settings import CONTEXTS, data_folder

WIDEST = 160


def run(context: str | None, stream: str | None, *, json: bool) -> None:
    if context and context not in CONTEXTS:
        raise Failure(f"there is no context {context!r}; choose one of {', '.join(CONTEXTS)}")
    folder = data_folder(os.environ)
    if not (folder / "postgres").is_dir():
        raise Failure(f"{folder} holds no data yet; start the platform once (make up), or set NF_DATA_DIR")
    asyncio.run(_events(folder, [context] if context else list(CONTEXTS), stream, json=json))


async def _events(folder: Path, contexts: list[str], stream: str | None, *, json: bool) -> None:
    if url := running_postgres(folder):
        await _print_all(url, contexts, stream, json=json)
        return
    servers = EmbeddedServers(folder)
    try:
        await _print_all((await servers.start()).postgres, contexts, stream, json=json)
    finally:
        await servers.stop()


async def _print_all(url: str, contexts: list[str], stream: str | None, *, json: bool) -> None:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        for context in contexts:
            found = await connection.execute("SELECT to_regclass(%s)", (f"{context}.events",))
            if (await found.fetchone() or (None,))[0] is not None:
                await _print(connection, context, stream, json=json)


async def _print(
    connection: psycopg.AsyncConnection[psycopg.rows.TupleRow], context: str, stream: str | None, *, json: bool
) -> None:
    types = EventTypes(import_module(f"neuralforge.{context}.v1.events_pb2"))
    query = sql.SQL(
        "SELECT position, recorded_at, tenant, stream, version, type, data FROM {}.events "
        "WHERE %s::text IS NULL OR stream = %s ORDER BY position"
    ).format(sql.Identifier(context))
    async with connection.cursor(f"events_{context}") as cursor:
        await cursor.execute(query, (stream, stream))
        async for position, at, tenant, name, version, type_, data in cursor:
            event = MessageToDict(types.decode(type_, data), preserving_proto_field_name=True)
            if json:
                line = {"position": position, "at": at.isoformat(), "tenant": tenant, "stream": name}
                print(json_codec.dumps(line | {"version": version, "type": type_, "event": event}))
            else:
                text = f"{context} {position:>6}  {at:%Y-%m-%d %H:%M:%S}  {name}@{version}  {type_}  "
                print((text + json_codec.dumps(event))[:WIDEST])
