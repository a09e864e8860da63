"""Reports as those who watch see them: one core NATS message each, msgpack, never stored.

Subject `nf.live.training.<tenant>.<run id>`. A watcher that misses a message finds the same in GetMetrics.
"""

from collections.abc import Sequence

import msgspec
import nats.errors
import structlog
from nats.aio.client import Client

from kernel.clock import moment
from kernel.grants import Grant
from neuralforge.training.v1 import service_pb2 as api

logger = structlog.get_logger()
encoder = msgspec.msgpack.Encoder()


class LivePoints(msgspec.Struct):
    """Little-endian arrays of equal length: int64 steps, float32 values."""

    series: str
    steps: bytes
    values: bytes


class LiveLine(msgspec.Struct):
    """`at` in RFC 3339."""

    number: int
    at: str
    level: str
    text: str


class LiveProgress(msgspec.Struct):
    epoch: int
    epochs: int
    step: int
    steps: int
    seconds: float
    remaining_seconds: float
    samples_per_second: float


class LiveReport(msgspec.Struct):
    """One report; `progress` is None where the report had none."""

    run: str
    attempt: int
    sequence: int
    points: list[LivePoints]
    lines: list[LiveLine]
    progress: LiveProgress | None


def subject(tenant: str, run_id: str) -> str:
    return f"nf.live.training.{tenant}.{run_id}"


async def publish(broker: Client, job: Grant, request: api.ReportRequest, lines: Sequence[api.LogLine]) -> None:
    """Publishes a stored report. Without a broker nobody watches, which is no fault of the worker's."""
    report = LiveReport(
        run=job.job,
        attempt=job.attempt,
        sequence=request.sequence,
        points=[LivePoints(points.series, points.steps, points.values) for points in request.points],
        lines=[LiveLine(line.number, moment(line.at).isoformat(), line.level, line.text) for line in lines],
        progress=_progress(request.progress) if request.HasField("progress") else None,
    )
    try:
        await broker.publish(subject(job.tenant, job.job), encoder.encode(report))
    except nats.errors.Error as error:
        logger.debug("live report not published", run=job.job, error=repr(error))


def _progress(given: api.Progress) -> LiveProgress:
    return LiveProgress(
        given.epoch,
        given.epochs,
        given.step,
        given.steps,
        given.seconds,
        given.remaining_seconds,
        given.samples_per_second,
    )
