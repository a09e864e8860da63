"""What a worker reports, checked and stored: points of curves, log lines, progress.

Reports of an attempt are numbered from 1 without gaps. One that comes again is known by its number and changes
nothing; one that is stored is also published once to whoever watches live.
"""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np

from kernel.clock import moment, timestamp
from kernel.database import Connection
from kernel.errors import Rejected
from kernel.grants import Grant
from kernel.tenancy import TenantDatabase
from neuralforge.training.v1 import service_pb2 as api
from services.training.metrics import Metrics
from services.training.pyramid import Points

MOST_SERIES = 64
MOST_POINTS = 200_000
MOST_LINES = 1_000
LONGEST_LINE = 4_000
LEVELS = ("debug", "info", "warning", "error")
SERIES_NAME = re.compile(r"[A-Za-z0-9_./-]{1,100}")
DEFAULT_LINES = 200
MOST_LINES_PAGE = 1_000
# The condition settles a race between two sendings of a run's very first report, when there is no row to lock yet.
TAKE = (
    "INSERT INTO run_progress (tenant, run_id, attempt, sequence, heard_at, lines, progress) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (tenant, run_id) DO UPDATE SET "
    "attempt = excluded.attempt, sequence = excluded.sequence, heard_at = excluded.heard_at, lines = excluded.lines, "
    "progress = CASE WHEN excluded.progress = '' THEN run_progress.progress ELSE excluded.progress END "
    "WHERE (run_progress.attempt, run_progress.sequence) < (excluded.attempt, excluded.sequence)"
)


class Reports:
    """The tables behind curves, log lines and progress."""

    def __init__(self, database: TenantDatabase, metrics: Metrics) -> None:
        self._database = database
        self._metrics = metrics

    async def store(self, job: Grant, request: api.ReportRequest, now: datetime) -> Sequence[api.LogLine] | None:
        """The log lines with their numbers; None where the report is stored already. Raises Rejected."""
        series, lines = check_points(request.points), check_lines(request.lines)
        check_progress(request.progress)
        async with self._database.transaction() as connection:
            numbered = await self._take(connection, job, request, len(lines), now)
            if numbered is None:
                return None
            if series:
                await self._metrics.write(connection, job.tenant, job.job, (job.attempt, request.sequence), series)
            for number, line in enumerate(lines, start=numbered - len(lines) + 1):
                line.number, line.attempt = number, job.attempt
            await _write_lines(connection, job, lines)
        return lines

    async def _take(
        self, connection: Connection, job: Grant, request: api.ReportRequest, lines: int, now: datetime
    ) -> int | None:
        """Claims the report's number, and numbers for its lines: the last of these, or None for a duplicate."""
        cursor = await connection.execute(
            "SELECT attempt, sequence, lines FROM run_progress WHERE tenant = %s AND run_id = %s FOR UPDATE",
            (job.tenant, job.job),
        )
        attempt, stored, known = await cursor.fetchone() or (0, 0, 0)
        last = stored if attempt == job.attempt else 0
        if attempt > job.attempt or 1 <= request.sequence <= last:
            return None
        if request.sequence != last + 1:
            raise Rejected(
                f"report {request.sequence} came where report {last + 1} is due; send the missing ones first",
                field="sequence",
            )
        progress = request.progress.SerializeToString() if request.HasField("progress") else b""
        cursor = await connection.execute(
            TAKE, (job.tenant, job.job, job.attempt, request.sequence, now, known + lines, progress)
        )
        return int(known) + lines if cursor.rowcount else None

    async def progress(self, tenant: str, run_id: str) -> api.Progress | None:
        """What the worker said last of how far it is."""
        query = "SELECT progress FROM run_progress WHERE tenant = %s AND run_id = %s"
        row = await self._database.fetch_one(query, tenant, run_id)
        return api.Progress.FromString(row[0]) if row and row[0] else None

    async def last_sequence(self, tenant: str, run_id: str, attempt: int) -> int:
        """The number of the last report stored for this attempt."""
        query = "SELECT sequence FROM run_progress WHERE tenant = %s AND run_id = %s AND attempt = %s"
        row = await self._database.fetch_one(query, tenant, run_id, attempt)
        return int(row[0]) if row else 0

    async def heard_at(self, tenant: str, run_id: str, attempt: int) -> datetime | None:
        """When the attempt's last report was stored."""
        query = "SELECT heard_at FROM run_progress WHERE tenant = %s AND run_id = %s AND attempt = %s"
        row = await self._database.fetch_one(query, tenant, run_id, attempt)
        return row[0] if row else None

    async def lines(self, tenant: str, run_id: str, after: int, size: int) -> Sequence[api.LogLine]:
        """Log lines numbered above `after`, in order; raises Rejected."""
        if not 0 <= size <= MOST_LINES_PAGE:
            sentence = f"page_size must be 1 to {MOST_LINES_PAGE}, or 0 for {DEFAULT_LINES}; it is {size}"
            raise Rejected(sentence, field="page_size")
        rows = await self._database.fetch(
            "SELECT number, at, level, text, attempt FROM log_lines "
            "WHERE tenant = %s AND run_id = %s AND number > %s ORDER BY number LIMIT %s",
            tenant,
            run_id,
            after,
            size or DEFAULT_LINES,
        )
        return [
            api.LogLine(number=number, at=timestamp(at), level=level, text=text, attempt=attempt)
            for number, at, level, text, attempt in rows
        ]


def check_points(given: Sequence[api.Points]) -> Mapping[str, Points]:
    """The report's points by series; raises Rejected for what is no curve."""
    series: dict[str, Points] = {}
    for points in given:
        if not SERIES_NAME.fullmatch(points.series) or points.series in series:
            sentence = "each series is named once, by 1 to 100 letters, digits and _ . / -"
            raise Rejected(f"{sentence}; {points.series[:40]!r} is not", field="points.series")
        count, rest = divmod(len(points.steps), 8)
        if rest or len(points.values) != count * 4:
            sentence = f"{points.series} needs int64 steps and float32 values of equal length"
            raise Rejected(f"{sentence}; it has {len(points.steps)} and {len(points.values)} bytes", field="points")
        steps, values = np.frombuffer(points.steps, "<i8"), np.frombuffer(points.values, "<f4")
        if count and steps.min() < 0:
            raise Rejected(f"{points.series} has a step below 0; steps count from 0", field="points.steps")
        series[points.series] = steps, values
    total = sum(len(steps) for steps, _ in series.values())
    if len(series) > MOST_SERIES or total > MOST_POINTS:
        sentence = f"a report holds at most {MOST_SERIES} series and {MOST_POINTS} points"
        raise Rejected(f"{sentence}, not {len(series)} and {total}; send several", field="points")
    return {name: points for name, points in series.items() if len(points[0])}


def check_lines(given: Sequence[api.LogEntry]) -> Sequence[api.LogLine]:
    """The report's log lines, long ones cut; raises Rejected."""
    if len(given) > MOST_LINES:
        raise Rejected(f"a report holds at most {MOST_LINES} lines, not {len(given)}; send several", field="lines")
    return [
        api.LogLine(
            at=entry.at,
            level=entry.level if entry.level in LEVELS else "info",
            text=entry.text[:LONGEST_LINE],
        )
        for entry in given
    ]


def check_progress(given: api.Progress) -> None:
    """Raises Rejected for times that are no numbers, which nobody who watches could be sent."""
    for name in ("seconds", "remaining_seconds", "samples_per_second"):
        if not math.isfinite(getattr(given, name)):
            raise Rejected(f"{name} is {getattr(given, name)}; report a finite number", field=f"progress.{name}")


async def _write_lines(connection: Connection, job: Grant, lines: Sequence[api.LogLine]) -> None:
    async with connection.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO log_lines (tenant, run_id, number, attempt, at, level, text) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [
                (job.tenant, job.job, line.number, line.attempt, moment(line.at), line.level, line.text)
                for line in lines
            ],
        )
