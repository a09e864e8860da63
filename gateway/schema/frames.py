"""Live messages as the schema shows them: a worker's reports, and edits of architectures."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
import strawberry
from nats.aio.msg import Msg
from strawberry.scalars import Base64

from gateway.live import Frame
from gateway.scalars import JSON, BigInt, json_value
from gateway.schema.records import LogLine, Progress
from kernel.clock import moment
from kernel.cloud_events import received
from kernel.events import EventTypes
from neuralforge.graph.v1 import events_pb2 as graph_events


@strawberry.type(description="New points of one curve; its arrays are little-endian and of equal length.")
class Points:
    series: str
    count: int
    steps: Base64 = strawberry.field(description="int64")
    values: Base64 = strawberry.field(description="float32")


@strawberry.type(description="Points just reported; a slow client misses some and finds them in `Run.metrics`.")
class RunMetrics(Frame):
    expendable = True

    attempt: int
    sequence: BigInt = strawberry.field(description="Of the report; grows by one within an attempt.")
    points: list[Points]


@strawberry.type(description="Log lines just reported.")
class RunLog(Frame):
    lines: list[LogLine]


@strawberry.type(description="Frames were left out for a client too slow for them; read `Run.metrics` and `Run.logs`.")
class Missed:
    frames: int


@strawberry.type(description="A batch of edits; a gap in the revisions means to load the architecture again.")
class EditsApplied(Frame):
    architecture_id: strawberry.ID
    revision: BigInt = strawberry.field(description="What these edits lead to.")
    edits: JSON
    author: strawberry.ID
    at: datetime


@strawberry.type(description="A version has been saved.")
class VersionSaved(Frame):
    architecture_id: strawberry.ID
    number: int
    revision: BigInt
    message: str
    content_hash: str
    author: strawberry.ID
    at: datetime


class _Points(msgspec.Struct):
    series: str
    steps: bytes
    values: bytes


class _Line(msgspec.Struct):
    number: int
    at: datetime
    level: str
    text: str


class _Progress(msgspec.Struct):
    epoch: int
    epochs: int
    step: int
    steps: int
    seconds: float
    remaining_seconds: float
    samples_per_second: float


class _Report(msgspec.Struct):
    attempt: int
    sequence: int
    points: list[_Points]
    lines: list[_Line]
    progress: _Progress | None = None


_reports = msgspec.msgpack.Decoder(_Report)
_graph_types = EventTypes(graph_events)


def report_frames(message: Msg) -> Sequence[Frame]:
    """The frames of a worker's report, published by the training service as msgpack."""
    report = _reports.decode(message.data)
    frames: list[Frame] = []
    if report.points:
        points = [_points(each) for each in report.points]
        frames.append(RunMetrics(attempt=report.attempt, sequence=BigInt(report.sequence), points=points))
    if report.lines:
        frames.append(RunLog(lines=[_line(each, report.attempt) for each in report.lines]))
    if report.progress:
        frames.append(_progress(report.progress))
    return frames


def architecture_frames(message: Msg) -> Sequence[Frame] | None:
    """The frame of an event of an architecture; None for one that is no edit and no version."""
    match received(message.headers or {}, message.data, _graph_types).event:
        case graph_events.EditsApplied() as event:
            return [
                EditsApplied(
                    architecture_id=strawberry.ID(event.architecture_id),
                    revision=BigInt(event.revision),
                    edits=json_value(event.edits),
                    author=strawberry.ID(event.author),
                    at=moment(event.at),
                )
            ]
        case graph_events.VersionSaved() as event:
            return [
                VersionSaved(
                    architecture_id=strawberry.ID(event.architecture_id),
                    number=event.number,
                    revision=BigInt(event.revision),
                    message=event.message,
                    content_hash=event.content_hash,
                    author=strawberry.ID(event.author),
                    at=moment(event.at),
                )
            ]
        case _:
            return None


def look_again(message: Msg) -> Sequence[Frame] | None:
    """For events that only say that something has changed."""
    return None


def _points(given: _Points) -> Points:
    return Points(
        series=given.series,
        count=len(given.values) // 4,
        steps=Base64(given.steps),
        values=Base64(given.values),
    )


def _line(given: _Line, attempt: int) -> LogLine:
    return LogLine(number=BigInt(given.number), at=given.at, level=given.level, text=given.text, attempt=attempt)


def _progress(given: _Progress) -> Progress:
    return Progress(
        epoch=given.epoch,
        epochs=given.epochs,
        step=BigInt(given.step),
        steps=BigInt(given.steps),
        seconds=given.seconds,
        remaining_seconds=given.remaining_seconds,
        samples_per_second=given.samples_per_second,
    )
