"""What a run leaves behind: curves, log lines, checkpoints, and all it takes to reproduce it."""

import math
import sys
from datetime import datetime
from enum import Enum

import strawberry
from strawberry.scalars import Base64

from gateway.context import Info
from gateway.live import Frame
from gateway.scalars import JSON, BigInt, json_value
from gateway.schema.files import File, file
from kernel.clock import moment
from neuralforge.training.v1 import service_pb2 as api


@strawberry.type
class Progress(Frame):
    """Each replaces the one before it."""

    expendable = True

    epoch: int
    epochs: int
    step: BigInt
    steps: BigInt
    seconds: float
    remaining_seconds: float
    samples_per_second: float


@strawberry.type(description="A curve; its arrays are little-endian and of equal length.")
class Series:
    name: str
    count: int = strawberry.field(description="Points in the arrays.")
    total_points: BigInt = strawberry.field(description="Points recorded.")
    steps: Base64 = strawberry.field(description="int64")
    values: Base64 = strawberry.field(description="float32; the minimum of each bucket where there are buckets.")
    maxima: Base64 = strawberry.field(description="float32; empty where every point is given.")


@strawberry.type
class LogLine:
    number: BigInt
    at: datetime
    level: str
    text: str
    attempt: int


@strawberry.enum
class CheckpointKind(Enum):
    BEST = api.CHECKPOINT_KIND_BEST
    LAST = api.CHECKPOINT_KIND_LAST


@strawberry.type
class Checkpoint:
    """A diverged run's loss is no number, which GraphQL's Float cannot say. To make `validation_loss` nullable would
    break those who rely on it, so `loss` came beside it, and the old field tells the worst there is, which sorts and
    compares as such a loss should.
    """

    kind: CheckpointKind
    epoch: int
    step: BigInt
    validation_accuracy: float
    validation_loss: float = strawberry.field(
        deprecation_reason="Cannot say that there is no such number, and gives the largest one instead; ask for `loss`."
    )
    loss: float | None = strawberry.field(
        description="On the validation split; null where it is no number, as in a diverged run, and for the last one."
    )
    files: list[File]
    created_at: datetime
    attempt: int


@strawberry.type
class Reproduction:
    record: JSON = strawberry.field(description="Hashes, dataset version, options, seeds, versions, hardware.")
    document: JSON = strawberry.field(description="The blueprint trained.")


def progress(message: api.Progress) -> Progress:
    return Progress(
        epoch=message.epoch,
        epochs=message.epochs,
        step=BigInt(message.step),
        steps=BigInt(message.steps),
        seconds=message.seconds,
        remaining_seconds=message.remaining_seconds,
        samples_per_second=message.samples_per_second,
    )


def curve(message: api.Series) -> Series:
    return Series(
        name=message.name,
        count=len(message.values) // 4,
        total_points=BigInt(message.total_points),
        steps=Base64(message.steps),
        values=Base64(message.values),
        maxima=Base64(message.maxima),
    )


def log_line(message: api.LogLine) -> LogLine:
    return LogLine(
        number=BigInt(message.number),
        at=moment(message.at),
        level=message.level,
        text=message.text,
        attempt=message.attempt,
    )


def checkpoint(message: api.Checkpoint, files: list[File]) -> Checkpoint:
    kind, loss = CheckpointKind(message.kind), message.validation_loss
    finite = math.isfinite(loss)
    return Checkpoint(
        kind=kind,
        epoch=message.epoch,
        step=BigInt(message.step),
        validation_accuracy=message.validation_accuracy,
        validation_loss=loss if finite else sys.float_info.max,
        loss=loss if finite and kind is CheckpointKind.BEST else None,
        files=files,
        created_at=moment(message.created_at),
        attempt=message.attempt,
    )


@strawberry.type
class RunRecords:
    """The fields of a run that are read when they are asked for."""

    id: strawberry.ID

    @strawberry.field(description="At most `points` per series, reduced to minimum and maximum per bucket.")
    async def metrics(self, info: Info, series: list[str] | None = None, points: int = 0) -> list[Series]:
        request = api.GetMetricsRequest(run_id=self.id, series=series or (), points=points)
        answer = await info.context.ask(info.context.stubs.runs.GetMetrics, request)
        return [curve(each) for each in answer.series]

    @strawberry.field(description="Lines after the number `after`.")
    async def logs(self, info: Info, after: BigInt | None = None, first: int = 0) -> list[LogLine]:
        request = api.ListLogLinesRequest(run_id=self.id, after=after or 0, page_size=first)
        answer = await info.context.ask(info.context.stubs.runs.ListLogLines, request)
        return [log_line(each) for each in answer.lines]

    @strawberry.field(description="The best and the last, with links to their files.")
    async def checkpoints(self, info: Info) -> list[Checkpoint]:
        request = api.ListCheckpointsRequest(run_id=self.id)
        answer = await info.context.ask(info.context.stubs.runs.ListCheckpoints, request)
        links = info.context.links
        return [checkpoint(each, [file(one, links) for one in each.files]) for each in answer.checkpoints]

    @strawberry.field(description="Null, with an error, before the run has started.")
    async def reproduction(self, info: Info) -> Reproduction | None:
        request = api.GetReproductionRequest(run_id=self.id)
        answer = await info.context.ask(info.context.stubs.runs.GetReproduction, request)
        return Reproduction(record=json_value(answer.reproduction), document=json_value(answer.document))
