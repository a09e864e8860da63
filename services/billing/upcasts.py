"""Older forms of billing's events, brought up to date as they are read."""

from kernel.events import Upcast
from neuralforge.billing.v1.events_pb2 import HoldSettled, HoldVoided


def _closed_in_its_month(message: type[HoldSettled] | type[HoldVoided], data: bytes) -> bytes:
    """At first the end of a hold did not say when the hold was placed, and counted in the month it ended in."""
    event = message.FromString(data)
    if event.HasField("at") and not event.HasField("placed_at"):
        event.placed_at.CopyFrom(event.at)
    return event.SerializeToString()


UPCASTS = (
    Upcast("billing.HoldSettled.v1", 1, lambda data: _closed_in_its_month(HoldSettled, data)),
    Upcast("billing.HoldVoided.v1", 1, lambda data: _closed_in_its_month(HoldVoided, data)),
)
