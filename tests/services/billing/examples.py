"""Values that the tests of billing share."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import reduce

from google.protobuf.message import Message

from kernel.clock import timestamp
from neuralforge.billing.v1 import events_pb2 as events
from services.billing.amounts import cost
from services.billing.domain import Account, evolve
from services.billing.plans import read_plans

PLANS = read_plans()
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE = 60_000
HOUR = 60 * MINUTE
T4_PRICE = 350_000


def given(*history: Message) -> Account:
    return reduce(evolve, history, Account())


def after(account: Account, decided: Iterable[Message]) -> Account:
    return reduce(evolve, decided, account)


def placed(
    hold_id: str = "run-1", milliseconds: int = HOUR, kind: str = "t4", at: datetime = NOW, price: int = T4_PRICE
) -> events.HoldPlaced:
    return events.HoldPlaced(
        hold_id=hold_id,
        device_kind=kind,
        milliseconds=milliseconds,
        micro_dollars=cost(milliseconds, price),
        price=price,
        at=timestamp(at),
    )


def confirmed(hold_id: str = "run-1", at: datetime = NOW) -> events.HoldConfirmed:
    return events.HoldConfirmed(hold_id=hold_id, at=timestamp(at))


def settled(hold: events.HoldPlaced, milliseconds: int, at: datetime = NOW) -> events.HoldSettled:
    return events.HoldSettled(
        hold_id=hold.hold_id,
        device_kind=hold.device_kind,
        held_milliseconds=hold.milliseconds,
        held_micro_dollars=hold.micro_dollars,
        metered_milliseconds=milliseconds,
        metered_micro_dollars=cost(milliseconds, hold.price),
        at=timestamp(at),
        placed_at=hold.at,
    )


def voided(hold: events.HoldPlaced, at: datetime = NOW + timedelta(seconds=60)) -> events.HoldVoided:
    return events.HoldVoided(
        hold_id=hold.hold_id,
        device_kind=hold.device_kind,
        held_milliseconds=hold.milliseconds,
        held_micro_dollars=hold.micro_dollars,
        reason="its run was not queued within 60 s",
        at=timestamp(at),
        placed_at=hold.at,
    )
