"""Curves of runs in the database: chunks as they were reported, and previews of them in three sizes.

Chunks are the truth. A preview says up to which chunk it goes; reading adds the newer chunks to it, so a preview need
not be written with every report. Where newer chunks repeat earlier steps, as after a resumed attempt, the curve is
read from all its chunks: of equal steps the later attempt's value stands.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kernel.database import Connection
from kernel.tenancy import TenantDatabase
from neuralforge.training.v1 import service_pb2 as api
from services.training import pyramid
from services.training.pyramid import FINEST, LEVELS, Curve, Points

PREVIEW_SECONDS = 2.0
MOST_POINTS = 10_000
Chunk = tuple[int, int]  # (attempt, sequence)
BEFORE_ALL: Chunk = (0, 0)


@dataclass(frozen=True, slots=True)
class Preview:
    """A curve up to and including the chunk `until`."""

    curve: Curve
    until: Chunk


class Metrics:
    """`previewed` remembers when a run's previews were written; forgetting it only costs writing them once more."""

    def __init__(self, database: TenantDatabase) -> None:
        self._database = database
        self._previewed: dict[tuple[str, str], tuple[float, frozenset[str]]] = {}

    async def write(
        self, connection: Connection, tenant: str, run_id: str, chunk: Chunk, series: Mapping[str, Points]
    ) -> None:
        """Stores one report's points, and the run's previews where they are due."""
        async with connection.cursor() as cursor:
            await cursor.executemany(
                "INSERT INTO metric_chunks (tenant, run_id, series, attempt, sequence, steps, values) "
                "VALUES (%s, %s, %s, %s, %s, %s, %s)",
                [
                    (tenant, run_id, name, *chunk, steps.tobytes(), values.tobytes())
                    for name, (steps, values) in series.items()
                ],
            )
        written, known = self._previewed.get((tenant, run_id), (float("-inf"), frozenset()))
        if time.monotonic() - written > PREVIEW_SECONDS or not series.keys() <= known:
            known |= series.keys()
            await self._preview(connection, tenant, run_id, known)
            self._previewed[tenant, run_id] = time.monotonic(), known

    async def finish(self, tenant: str, run_id: str) -> None:
        """Brings the previews of a run that is over up to date and forgets about it."""
        _, known = self._previewed.pop((tenant, run_id), (0.0, frozenset()))
        async with self._database.transaction() as connection:
            await self._preview(connection, tenant, run_id, known)

    async def _preview(self, connection: Connection, tenant: str, run_id: str, names: Iterable[str]) -> None:
        known = await self._previews(connection, tenant, run_id, FINEST)
        for name in sorted({*names, *known}):
            before = known.get(name, Preview(pyramid.EMPTY, BEFORE_ALL))
            newer = await self._chunks(connection, tenant, run_id, name, before.until)
            if not newer:
                continue
            curve = await self._grown(connection, tenant, run_id, name, before.curve, newer)
            await _write_previews(connection, tenant, run_id, name, Preview(curve, max(newer)))

    async def _grown(
        self, connection: Connection, tenant: str, run_id: str, name: str, curve: Curve, newer: Mapping[Chunk, Points]
    ) -> Curve:
        """`curve` with the newer chunks added; from all chunks where they reach back into it."""
        points = pyramid.merge([newer[chunk] for chunk in sorted(newer)])
        if not len(points[0]) or points[0][0] > curve.last_step:
            return pyramid.extend(curve, points)
        return await self._whole(connection, tenant, run_id, name)

    async def _whole(self, connection: Connection, tenant: str, run_id: str, name: str) -> Curve:
        chunks = await self._chunks(connection, tenant, run_id, name, BEFORE_ALL)
        return pyramid.curve_of(pyramid.merge([chunks[chunk] for chunk in sorted(chunks)]))

    async def read(self, tenant: str, run_id: str, names: Sequence[str], points: int) -> Sequence[api.Series]:
        """Curves of at most `points` (0: MOST_POINTS) entries; all of the run's where no names are given."""
        want = points or MOST_POINTS
        level = next((level for level in LEVELS if level >= want), FINEST)
        async with self._database.transaction() as connection:
            previews = await self._previews(connection, tenant, run_id, level)
            wanted = [name for name in sorted(previews) if not names or name in names]
            return [await self._read(connection, tenant, run_id, name, previews[name], want) for name in wanted]

    async def _read(
        self, connection: Connection, tenant: str, run_id: str, name: str, preview: Preview, want: int
    ) -> api.Series:
        newer = await self._chunks(connection, tenant, run_id, name, preview.until)
        curve = await self._grown(connection, tenant, run_id, name, preview.curve, newer)
        if curve.points <= want and not curve.exact:
            curve = await self._whole(connection, tenant, run_id, name)
        curve = pyramid.reduce(curve, want)
        return api.Series(
            name=name,
            steps=curve.steps.tobytes(),
            values=curve.minima.tobytes(),
            maxima=b"" if curve.exact else curve.maxima.tobytes(),
            total_points=curve.points,
        )

    async def _previews(self, connection: Connection, tenant: str, run_id: str, level: int) -> Mapping[str, Preview]:
        cursor = await connection.execute(
            "SELECT series, attempt, sequence, points, width, last_step, steps, minima, maxima FROM metric_previews "
            "WHERE tenant = %s AND run_id = %s AND level = %s",
            (tenant, run_id, level),
        )
        return {
            name: Preview(
                Curve(_steps(steps), _values(minima), _values(maxima), points, width, last_step), (attempt, sequence)
            )
            for name, attempt, sequence, points, width, last_step, steps, minima, maxima in await cursor.fetchall()
        }

    async def _chunks(
        self, connection: Connection, tenant: str, run_id: str, name: str, after: Chunk
    ) -> Mapping[Chunk, Points]:
        cursor = await connection.execute(
            "SELECT attempt, sequence, steps, values FROM metric_chunks "
            "WHERE tenant = %s AND run_id = %s AND series = %s AND (attempt, sequence) > (%s, %s)",
            (tenant, run_id, name, *after),
        )
        rows = await cursor.fetchall()
        return {(attempt, sequence): (_steps(steps), _values(values)) for attempt, sequence, steps, values in rows}


async def _write_previews(connection: Connection, tenant: str, run_id: str, name: str, preview: Preview) -> None:
    curve = preview.curve
    rows: list[Sequence[object]] = []
    for level in sorted(LEVELS, reverse=True):
        curve = pyramid.reduce(curve, level)
        arrays = curve.steps.tobytes(), curve.minima.tobytes(), curve.maxima.tobytes()
        rows.append((tenant, run_id, name, level, *preview.until, curve.points, curve.width, curve.last_step, *arrays))
    async with connection.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO metric_previews (tenant, run_id, series, level, attempt, sequence, points, width, last_step, "
            "steps, minima, maxima) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) "
            "ON CONFLICT (tenant, run_id, level, series) DO UPDATE SET attempt = excluded.attempt, "
            "sequence = excluded.sequence, points = excluded.points, width = excluded.width, "
            "last_step = excluded.last_step, steps = excluded.steps, minima = excluded.minima, "
            "maxima = excluded.maxima",
            rows,
        )


def _steps(data: bytes) -> pyramid.Steps:
    return np.frombuffer(data, "<i8")


def _values(data: bytes) -> pyramid.Values:
    return np.frombuffer(data, "<f4")
