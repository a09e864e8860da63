"""What is said about a saved version; its document and its analysis stay in the event."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from google.protobuf.timestamp_pb2 import Timestamp

from kernel.errors import NotFound, Rejected
from kernel.log import Recorded
from neuralforge.graph.v1.events_pb2 import VersionSaved

LONGEST_MESSAGE = 500


class Figures(msgspec.Struct, frozen=True):
    """The totals of a stored analysis: decimal strings or expressions."""

    params: str
    trainable_params: str
    macs: str
    flops: str
    weight_bytes: str
    activation_bytes: str
    training_bytes: str


class _Analysis(msgspec.Struct):
    totals: Figures


@dataclass(frozen=True, slots=True)
class VersionName:
    """Which version of which architecture."""

    architecture_id: str
    number: int


@dataclass(frozen=True, slots=True)
class SavedVersion:
    """A version in short."""

    number: int
    revision: int
    message: str
    content_hash: str
    author: str
    at: Timestamp
    params: str
    macs: str


def figures(analysis: bytes) -> Figures:
    """The totals of an analysis as it was stored."""
    return msgspec.json.decode(analysis, type=_Analysis).totals


def saved_version(event: VersionSaved) -> SavedVersion:
    """A version as its event tells it."""
    totals = figures(event.analysis)
    return SavedVersion(
        number=event.number,
        revision=event.revision,
        message=event.message,
        content_hash=event.content_hash,
        author=event.author,
        at=event.at,
        params=totals.params,
        macs=totals.macs,
    )


def saved_event(history: Sequence[Recorded], number: int) -> VersionSaved:
    """The event of version `number`, 0 being the newest; raises NotFound."""
    saved = [recorded.event for recorded in history if isinstance(recorded.event, VersionSaved)]
    if not saved:
        raise NotFound("the architecture has no version yet; save one first")
    if not 0 <= number <= len(saved):
        raise NotFound(f"there is no version {number}; the architecture has versions 1 to {len(saved)}")
    return saved[number - 1]


def saved_versions(history: Sequence[Recorded], number: int) -> Sequence[VersionSaved]:
    """The events of all versions up to `number`, 0 being the newest, oldest first; raises NotFound."""
    last = saved_event(history, number)
    saved = [recorded.event for recorded in history if isinstance(recorded.event, VersionSaved)]
    return saved[: last.number]


def check_message(message: str) -> None:
    """Raises Rejected for a message that is too long or cannot be shown."""
    if len(message) > LONGEST_MESSAGE:
        raise Rejected(f"the message has {len(message)} characters; use at most {LONGEST_MESSAGE}", field="message")
    if not all(character.isprintable() or character in "\n\t" for character in message):
        raise Rejected("the message holds control characters; send plain text", field="message")
