"""Read models by position: events in log order, rows and checkpoint in one transaction, one leader per service.

A projection is a function that turns one event into statements. Statements of different streams commute (a
read model's rows belong to one stream, counters only add), so equal statements are sent together as one batch. Where
even the order within a stream is open, one statement takes all rows of the batch, which is many times faster.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import LiteralString

import msgspec
import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from kernel.cancellation import cancel
from kernel.database import Connection, Database
from kernel.errors import Unavailable
from kernel.leader import lead
from kernel.log import EventLog, Recorded
from kernel.watch import Watches

BATCH = 1000
POLL_SECONDS = 5.0
FOLLOW_SECONDS = 0.02

Project = Callable[[Recorded, "Statements"], None]


@dataclass(frozen=True, slots=True)
class Projection:
    """`project(recorded, statements)` and the tables it fills, which a rebuild empties first."""

    project: Project
    tables: Sequence[str]


class Statements:
    """Collects statements in an order that keeps each stream's own and groups equal ones across streams."""

    def __init__(self) -> None:
        self.groups: list[tuple[LiteralString, list[Sequence[object]]]] = []
        self.sets: dict[LiteralString, list[Mapping[str, object]]] = {}
        self._groups_of: dict[str, list[int]] = {}
        self._last_group: dict[tuple[str, str], int] = {}
        self._stream = ("", "")

    def of(self, recorded: Recorded) -> "Statements":
        self._stream = (recorded.tenant, recorded.stream)
        return self

    def __call__(self, query: LiteralString, *values: object) -> None:
        """Adds one statement for the current event's stream."""
        earliest = self._last_group.get(self._stream, 0)
        known = self._groups_of.setdefault(query, [])
        index = next((number for number in reversed(known) if number >= earliest), None)
        if index is None:
            index = len(self.groups)
            self.groups.append((query, []))
            known.append(index)
        self.groups[index][1].append(values)
        self._last_group[self._stream] = index

    def together(self, query: LiteralString, **row: object) -> None:
        """Adds a row to the one statement that takes all rows, in log order, as a JSON array.

        For rows that are only inserted, only added up, or of which the latest counts; write the query as
        `INSERT ... SELECT ... FROM jsonb_to_recordset(%s) AS row (tenant text, amount bigint)`.
        """
        self.sets.setdefault(query, []).append(row)


@dataclass(frozen=True, slots=True)
class Batch:
    """What a run of events up to `position` does to the read model."""

    events: int
    position: int
    statements: Statements


async def read_batch(log: EventLog, projection: Projection, after: int, until: int | None = None) -> Batch:
    """The next events behind `after`, as what they do; none behind `until`."""
    events = await log.read_all(after=after, limit=BATCH)
    if until is not None:
        events = [recorded for recorded in events if recorded.position <= until]
    statements = Statements()
    for recorded in events:
        projection.project(recorded, statements.of(recorded))
    return Batch(len(events), events[-1].position if events else after, statements)


async def execute(connection: Connection, statements: Statements) -> None:
    """Runs what was collected, in the connection's transaction."""
    async with connection.cursor() as cursor:
        for query, rows in statements.groups:
            await cursor.executemany(query, rows)
        for together, objects in statements.sets.items():
            await cursor.execute(together, (Jsonb(objects, dumps=msgspec.json.encode),))


class Projector:
    """Applies a projection to a log for as long as it leads."""

    def __init__(self, log: EventLog, database: Database, projection: Projection) -> None:
        self._log = log
        self._database = database
        self._projection = projection
        self._advanced = Watches()
        self._ahead: asyncio.Task[Batch] | None = None
        self.position = 0

    async def run(self) -> None:
        """Leads when no other process does; on a fault starts again from the checkpoint, never skips."""
        await lead(self._database, "projector", self._follow)

    async def _follow(self) -> None:
        watch = self._log.watch()
        await self._forget_ahead()  # of an earlier term: others may have gone on meanwhile
        self.position = await self._checkpoint()
        while True:
            if not await self.advance():
                await watch.wait(POLL_SECONDS)

    async def advance(self) -> int:
        """Applies the next batch; returns how many events that were. Far behind, it reads on while it applies."""
        ahead, self._ahead = self._ahead, None
        batch = await (ahead or self._read(self.position))
        if not batch.events:
            return 0
        ahead = asyncio.create_task(self._read(batch.position)) if batch.events == BATCH else None
        try:
            await self._apply(batch)
        except BaseException:
            await cancel(*filter(None, [ahead]))
            raise
        self._ahead = ahead
        return batch.events

    async def _read(self, after: int) -> Batch:
        return await read_batch(self._log, self._projection, after)

    async def _forget_ahead(self) -> None:
        ahead, self._ahead = self._ahead, None
        await cancel(*filter(None, [ahead]))

    async def _apply(self, batch: Batch) -> None:
        async with self._database.transaction() as connection:
            await execute(connection, batch.statements)
            await self._move(connection, batch.position)
        self.position = batch.position
        self._advanced.ring()

    async def _move(self, connection: Connection, position: int) -> None:
        """Moves the checkpoint from where this projector believes it to be."""
        cursor = await connection.execute(
            "INSERT INTO checkpoints (name, position) VALUES ('projection', %s) "
            "ON CONFLICT (name) DO UPDATE SET position = excluded.position WHERE checkpoints.position = %s",
            (position, self.position),
        )
        if cursor.rowcount != 1:
            raise psycopg.OperationalError("another process moved the projection's checkpoint")

    async def _checkpoint(self) -> int:
        row = await self._database.fetch_one("SELECT position FROM checkpoints WHERE name = 'projection'")
        return int(row[0]) if row else 0

    async def reached(self, position: int, timeout: float) -> None:
        """Returns when rows of `position` can be read; raises Unavailable after `timeout` seconds."""
        watch = self._advanced.watch()
        deadline = asyncio.get_running_loop().time() + timeout
        while self.position < position and await self._checkpoint() < position:
            if asyncio.get_running_loop().time() > deadline:
                raise Unavailable(
                    f"the {self._database.schema} read model has not reached position {position} yet; ask again",
                    reason="PROJECTION_BEHIND",
                    retry_seconds=0.2,
                )
            await watch.wait(FOLLOW_SECONDS)

    async def rebuild(self) -> int:
        """Empties the read model and replays the whole log; returns the position reached. The service must not lead."""
        async with self._database.transaction() as connection:
            for table in self._projection.tables:
                await connection.execute(sql.SQL("TRUNCATE {}").format(sql.Identifier(table)))
            await connection.execute("DELETE FROM checkpoints WHERE name = 'projection'")
        await self._forget_ahead()
        self.position = 0
        while await self.advance():
            pass
        return self.position
