"""Events as transfers between accounts. A hold is a pending one, posted or voided later (two-phase transfers).

    placed     quota -> held                   charges -> held
    settled    held -> metered, rest -> quota  held -> revenue, rest -> charges
    voided     held -> quota                   held -> charges

What is transferred is device time (unit `ms:<kind>`) and money (`micro_dollar`). Each transfer takes from one account
what it gives to another, so everything sums to zero per unit. `quota`, `metered` and `charges` are kept per month; the
balance of `quota`, negated, is what that month has used of it, that of `charges` what the organisation owes for it.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from kernel.clock import moment
from neuralforge.billing.v1 import events_pb2 as events
from services.billing.amounts import Month

MONEY = "micro_dollar"
REVENUE = "revenue"


class Transfer(NamedTuple):
    """`amount` of `unit` from one account to another."""

    source: str
    target: str
    unit: str
    amount: int


class Accounts(NamedTuple):
    """The accounts one hold is transferred between."""

    unit: str
    held: str
    quota: str
    metered: str
    charges: str


@lru_cache(maxsize=4096)
def accounts(tenant: str, device_kind: str, month: Month) -> Accounts:
    """The accounts of one device kind in one month."""
    return Accounts(
        unit=f"ms:{device_kind}",
        held=f"{tenant}:held",
        quota=f"{tenant}:quota:{device_kind}:{month}",
        metered=f"{tenant}:metered:{device_kind}:{month}",
        charges=f"{tenant}:charges:{month}",
    )


def _month(placed_at: Timestamp) -> Month:
    return Month.of(moment(placed_at))


def transfers(tenant: str, event: Message) -> Sequence[Transfer]:
    """What one event transfers; none of zero."""
    return [transfer for transfer in _transfers(tenant, event) if transfer.amount]


def _transfers(tenant: str, event: Message) -> Sequence[Transfer]:
    match event:
        case events.HoldPlaced():
            at = accounts(tenant, event.device_kind, _month(event.at))
            return (
                Transfer(at.quota, at.held, at.unit, event.milliseconds),
                Transfer(at.charges, at.held, MONEY, event.micro_dollars),
            )
        case events.HoldSettled():
            at = accounts(tenant, event.device_kind, _month(event.placed_at))
            return (
                Transfer(at.held, at.metered, at.unit, event.metered_milliseconds),
                Transfer(at.held, at.quota, at.unit, event.held_milliseconds - event.metered_milliseconds),
                Transfer(at.held, REVENUE, MONEY, event.metered_micro_dollars),
                Transfer(at.held, at.charges, MONEY, event.held_micro_dollars - event.metered_micro_dollars),
            )
        case events.HoldVoided():
            at = accounts(tenant, event.device_kind, _month(event.placed_at))
            return (
                Transfer(at.held, at.quota, at.unit, event.held_milliseconds),
                Transfer(at.held, at.charges, MONEY, event.held_micro_dollars),
            )
    return ()
