"""Time as an argument: domains never ask a clock, the composition root hands them one."""

from collections.abc import Callable
from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


def timestamp(moment: datetime) -> Timestamp:
    """`moment` (aware) as a protobuf Timestamp."""
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp


def moment(stamp: Timestamp) -> datetime:
    """A protobuf Timestamp as an aware datetime in UTC."""
    return stamp.ToDatetime(tzinfo=UTC)


def milliseconds(start: Timestamp, end: Timestamp) -> int:
    """Whole milliseconds from `start` to `end`, never negative."""
    return max(0, (end.ToNanoseconds() - start.ToNanoseconds()) // 1_000_000)
