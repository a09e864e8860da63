"""The points of the main job: what has happened so far, counted, so that faults strike at events and never at times."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence

import psycopg

from kernel.settings import CONTEXTS

LOOK_SECONDS = 0.02


class Moments:
    """`told` counts what happened; `reached` waits for the n-th time."""

    def __init__(self) -> None:
        self.told: Counter[str] = Counter()
        self._waiting: dict[str, list[tuple[int, asyncio.Event]]] = {}

    def tell(self, name: str) -> None:
        self.told[name] += 1
        for number, event in self._waiting.get(name, ()):
            if self.told[name] >= number:
                event.set()

    async def reached(self, name: str, number: int) -> None:
        """Returns when `name` has been told for the `number`-th time."""
        event = asyncio.Event()
        self._waiting.setdefault(name, []).append((number, event))
        if self.told[name] >= number:
            event.set()
        await event.wait()


class UploadsHeard:
    """Told of what passes on the way to the object store: says when an upload begins and when it was answered.

    Between that answer and the event that records the upload lies a point that no log shows.
    """

    def __init__(self, moments: Moments) -> None:
        self._moments = moments
        self._open = 0

    def __call__(self, chunk: bytes, to_server: bool) -> None:
        if to_server and chunk.startswith(b"PUT "):
            self._open += 1
            self._moments.tell("upload begun")
        elif self._open and not to_server and chunk.startswith(b"HTTP/1.1 200"):
            self._open -= 1
            self._moments.tell("upload answered")


async def follow_logs(admin: str, moments: Moments, heads: Mapping[str, int]) -> None:
    """Tells `recorded <type>` for every event behind `heads`, for ever; sits out a database that is away."""
    positions = dict(heads)
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(admin, autocommit=True) as connection:
                while True:
                    for context in CONTEXTS:
                        await _tell_new(connection, context, positions, moments)
                    await asyncio.sleep(LOOK_SECONDS)
        except psycopg.Error:
            await asyncio.sleep(LOOK_SECONDS)


async def _tell_new(
    connection: psycopg.AsyncConnection[tuple[object, ...]], context: str, positions: dict[str, int], moments: Moments
) -> None:
    query = f"SELECT position, type FROM {context}.events WHERE position > %s ORDER BY position"
    rows: Sequence[tuple[object, ...]] = await (
        await connection.execute(query.encode(), (positions[context],))
    ).fetchall()
    for position, type in rows:
        positions[context] = int(str(position))
        moments.tell(f"recorded {type}")
