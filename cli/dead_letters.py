"""`neuralforge dead-letters`: events that a consumer could not take; to be looked at, taken again, or let go."""

import asyncio
import json as json_codec
import time
from collections.abc import Sequence
from typing import Any

from psycopg import sql
from psycopg.rows import dict_row

from cli.failures import Failure
from cli.stored import Connection, chosen, opened, present

WAIT_SECONDS = 20.0
POLL_SECONDS = 0.2
WIDEST = 160
LIST = """
    SELECT id, recorded_at, consumer, position, headers->>'ce-type' AS type, retries, retry_requested_at, error
    FROM {}.dead_letters ORDER BY id
"""


def show(context: str | None, *, database: str | None, json: bool) -> None:
    """Prints every dead letter, oldest first by context."""
    asyncio.run(_show(chosen(context), database, json=json))


def retry(context: str, ids: Sequence[int], *, every: bool, database: str | None) -> int:
    """Has them taken again, and waits for what becomes of it; 0 where all were taken, 1 where not."""
    chosen(context)
    return asyncio.run(_retry(context, _which(ids, every), database))


def drop(context: str, ids: Sequence[int], *, every: bool, database: str | None) -> None:
    """Deletes them; the events stay in their own log."""
    chosen(context)
    asyncio.run(_drop(context, _which(ids, every), database))


def _which(ids: Sequence[int], every: bool) -> Sequence[int] | None:
    """The ids, or None for all."""
    if bool(ids) == every:
        raise Failure("name the dead letters by their ids (neuralforge dead-letters list), or all of them by --all")
    return None if every else ids


async def _show(contexts: Sequence[str], database: str | None, *, json: bool) -> None:
    async with opened(database) as store, await store.connect() as connection:
        for context in await present(connection, contexts):
            query = sql.SQL(LIST).format(sql.Identifier(context))
            async with connection.cursor(row_factory=dict_row) as cursor:
                for row in await (await cursor.execute(query)).fetchall():
                    print(_line(context, row, json=json))


def _line(context: str, row: dict[str, Any], *, json: bool) -> str:
    if json:
        return json_codec.dumps({"context": context} | row, default=lambda moment: moment.isoformat())
    place = f"{context} {row['id']:>4}  {row['recorded_at']:%Y-%m-%d %H:%M:%S}  {row['consumer']}  "
    waits = "is being taken again  " if row["retry_requested_at"] else ""
    return f"{place}{row['type']} @{row['position']}  {waits}{row['error']}"[:WIDEST]


async def _retry(context: str, ids: Sequence[int] | None, database: str | None) -> int:
    async with opened(database) as store, await store.connect() as connection:
        asked = await _touch(connection, context, ids, "UPDATE {}.dead_letters SET retry_requested_at = now()")
        if not (store.live or database):
            print(f"{len(asked)} to be taken again when the platform starts")
            return 0
        return await _outcome(connection, context, asked)


async def _outcome(connection: Connection, context: str, asked: Sequence[int]) -> int:
    """Waits until the consumer has taken or refused each."""
    query = sql.SQL("SELECT id, retry_requested_at, error FROM {}.dead_letters WHERE id = ANY(%s) ORDER BY id")
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        rows = await (await connection.execute(query.format(sql.Identifier(context)), (list(asked),))).fetchall()
        waiting = [row for row in rows if row[1]]
        if not waiting or time.monotonic() > deadline:
            break
        await asyncio.sleep(POLL_SECONDS)
    for id, requested, error in rows:
        if not requested:
            print(f"{id} could not be taken: {error}")
    if waiting:
        print(f"{len(waiting)} not tried yet: no process of {context} has come to it; it will, once one serves")
    print(f"{len(asked) - len(rows)} of {len(asked)} taken")
    return 1 if rows else 0


async def _drop(context: str, ids: Sequence[int] | None, database: str | None) -> None:
    async with opened(database) as store, await store.connect() as connection:
        print(f"{len(await _touch(connection, context, ids, 'DELETE FROM {}.dead_letters'))} dropped")


async def _touch(connection: Connection, context: str, ids: Sequence[int] | None, verb: str) -> Sequence[int]:
    """Does that to them all or to none; returns their ids; raises Failure for an id that is not there."""
    if not await present(connection, [context]):
        raise Failure(f"{context} has no data here yet, so no dead letters")
    query = sql.SQL(verb + " WHERE %s::bigint[] IS NULL OR id = ANY(%s) RETURNING id")
    wanted = None if ids is None else list(ids)
    async with connection.transaction():
        cursor = await connection.execute(query.format(sql.Identifier(context)), (wanted, wanted))
        found = [row[0] for row in await cursor.fetchall()]
        if missing := sorted(set(wanted or ()) - set(found)):
            raise Failure(
                f"{context} has no dead letter {missing[0]}; neuralforge dead-letters list shows those it has"
            )
    return found
