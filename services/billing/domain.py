"""An organisation's account: holds on quota, placed before work starts, settled or voided when it ends.

A hold is a ceiling: what is metered never exceeds it, at the price of the moment it was placed. It counts, held and
then metered, in the calendar month (UTC) it was placed in, whenever it is settled. A hold whose run is not queued in
time lapses; should the run be queued after all (its event was late), the hold is placed again before it starts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum

from google.protobuf.message import Message
from immutables import Map

from kernel.clock import moment, timestamp
from kernel.errors import Conflict, Exhausted, NotFound, Rejected
from kernel.events import UnknownEvent
from neuralforge.billing.v1 import events_pb2 as events
from services.billing.amounts import Month, affordable, cost, spell_money, spell_time
from services.billing.plans import Allowance, Plan, Plans

LAPSE_AFTER = timedelta(seconds=60)


class HoldState(Enum):
    PLACED = "placed"  # lapses unless it is confirmed in time
    CONFIRMED = "confirmed"
    SETTLED = "settled"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class Hold:
    """Device time set aside for one run. `price` is micro-dollars an hour."""

    id: str
    device_kind: str
    milliseconds: int
    micro_dollars: int
    price: int
    placed_at: datetime
    state: HoldState = HoldState.PLACED
    metered_milliseconds: int = 0
    metered_micro_dollars: int = 0
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """What one month has seen of one device kind."""

    held_milliseconds: int = 0
    metered_milliseconds: int = 0
    metered_micro_dollars: int = 0

    @property
    def milliseconds(self) -> int:
        """What counts against the quota."""
        return self.held_milliseconds + self.metered_milliseconds


@dataclass(frozen=True, slots=True)
class Preview:
    """What would become of a hold. Times are milliseconds; None is no limit, or no price."""

    refusal: str
    remaining: int | None
    expected_cost: int | None
    sufficient: bool


@dataclass(frozen=True, slots=True)
class Account:
    """The plan chosen (empty: none, which is the default plan), every hold, and the use they add up to.

    An account has a hold per run ever queued, so `holds` shares what an event leaves alone instead of copying it.
    """

    plan: str = ""
    holds: Map[str, Hold] = field(default_factory=Map)
    uses: Mapping[tuple[Month, str], Use] = field(default_factory=dict)

    def use(self, month: Month, device_kind: str) -> Use:
        return self.uses.get((month, device_kind), Use())


def evolve(account: Account, event: Message) -> Account:
    """The account after one event."""
    match event:
        case events.PlanChosen():
            return replace(account, plan=event.plan)
        case events.HoldPlaced():
            amounts = (event.milliseconds, event.micro_dollars, event.price)
            hold = Hold(event.hold_id, event.device_kind, *amounts, moment(event.at))
            return _with(account, hold, held=hold.milliseconds)
        case events.HoldConfirmed():
            return _with(account, replace(account.holds[event.hold_id], state=HoldState.CONFIRMED))
        case events.HoldSettled():
            hold = replace(
                account.holds[event.hold_id],
                state=HoldState.SETTLED,
                metered_milliseconds=event.metered_milliseconds,
                metered_micro_dollars=event.metered_micro_dollars,
                closed_at=moment(event.at),
            )
            return _with(account, hold, held=-hold.milliseconds)
        case events.HoldVoided():
            hold = replace(account.holds[event.hold_id], state=HoldState.VOIDED, closed_at=moment(event.at))
            return _with(account, hold, held=-hold.milliseconds)
    raise UnknownEvent(f"an account does not know the event {event.DESCRIPTOR.full_name}")


def _with(account: Account, hold: Hold, *, held: int = 0) -> Account:
    """The account with a hold as it is now; a settled one brings what was metered."""
    settled = hold.state is HoldState.SETTLED
    key = (Month.of(hold.placed_at), hold.device_kind)
    before = account.use(*key)
    use = Use(
        before.held_milliseconds + held,
        before.metered_milliseconds + settled * hold.metered_milliseconds,
        before.metered_micro_dollars + settled * hold.metered_micro_dollars,
    )
    return replace(account, holds=account.holds.set(hold.id, hold), uses={**account.uses, key: use})


def place_hold(
    account: Account, plans: Plans, hold_id: str, device_kind: str, milliseconds: int, now: datetime
) -> list[Message]:
    """Sets quota aside; raises Conflict for an id in other use, Rejected or Exhausted as the plan says."""
    known = account.holds.get(hold_id)
    if known and (known.device_kind, known.milliseconds) != (device_kind, milliseconds):
        raise Conflict(
            f"hold {hold_id} is for {spell_time(known.milliseconds)} of {known.device_kind} time, "
            f"not {spell_time(milliseconds)} of {device_kind[:40]} time; use a new id for another hold"
        )
    if known and known.state is not HoldState.VOIDED:
        return []
    plan = plans.of(account.plan)
    allowance = _allowance(plan, device_kind)
    _require_within_run(plan, allowance, milliseconds)
    _require_within_month(account, allowance, milliseconds, Month.of(now))
    price = allowance.micro_dollars_per_hour
    return [
        events.HoldPlaced(
            hold_id=hold_id,
            device_kind=device_kind,
            milliseconds=milliseconds,
            micro_dollars=cost(milliseconds, price),
            price=price,
            at=timestamp(now),
        )
    ]


def preview_hold(
    account: Account, plans: Plans, device_kind: str, milliseconds: int, expected: int, now: datetime
) -> Preview:
    """What `place_hold` would do now, and whether the plan gives the `expected` milliseconds."""
    allowance = plans.of(account.plan).allowances.get(device_kind)
    most = allowance.milliseconds_per_month if allowance else 0
    return Preview(
        refusal=_refusal(account, plans, device_kind, milliseconds, now),
        remaining=None if most is None else max(0, most - account.use(Month.of(now), device_kind).milliseconds),
        expected_cost=cost(expected, allowance.micro_dollars_per_hour) if allowance else None,
        sufficient=not _refusal(account, plans, device_kind, expected or milliseconds, now),
    )


def _refusal(account: Account, plans: Plans, device_kind: str, milliseconds: int, now: datetime) -> str:
    try:
        place_hold(account, plans, "", device_kind, milliseconds, now)
    except (Rejected, Exhausted) as error:
        return error.message
    return ""


def _allowance(plan: Plan, device_kind: str) -> Allowance:
    allowance = plan.allowances.get(device_kind)
    if allowance is None:
        raise Rejected(
            f"the plan {plan.title} does not include {device_kind[:40]} devices; "
            f"it includes {' and '.join(plan.allowances) or 'none'}: choose one of those, or another plan"
        )
    return allowance


def _require_within_run(plan: Plan, allowance: Allowance, milliseconds: int) -> None:
    most, price = plan.micro_dollars_per_run, allowance.micro_dollars_per_hour
    if most is not None and cost(milliseconds, price) > most:
        raise Exhausted(
            f"needs up to {spell_money(cost(milliseconds, price))} for {spell_time(milliseconds)} of "
            f"{allowance.device_kind} time, the plan {plan.title} allows {spell_money(most)} a run; "
            f"shorten the run to at most {spell_time(affordable(most, price))}"
        )


def _require_within_month(account: Account, allowance: Allowance, milliseconds: int, month: Month) -> None:
    most, kind = allowance.milliseconds_per_month, allowance.device_kind
    if most is None:
        return
    left = max(0, most - account.use(month, kind).milliseconds)
    if milliseconds > left:
        raise Exhausted(
            f"needs {spell_time(milliseconds)} of {kind} time, {spell_time(left)} of {spell_time(most)} are left "
            f"this month (until {month.end:%Y-%m-%d}); shorten the run or wait"
        )


def confirm_hold(account: Account, plans: Plans, hold_id: str, now: datetime) -> list[Message]:
    """The hold does not lapse any more. One that has is placed again; raises Rejected or Exhausted as the plan says."""
    hold = find_hold(account, hold_id)
    confirmed = events.HoldConfirmed(hold_id=hold_id, at=timestamp(now))
    match hold.state:
        case HoldState.PLACED:
            return [confirmed]
        case HoldState.VOIDED:
            return [*place_hold(account, plans, hold_id, hold.device_kind, hold.milliseconds, now), confirmed]
    return []


def confirm_queued(account: Account, plans: Plans, hold_id: str, now: datetime) -> list[Message]:
    """The run was queued. A hold that lapsed and cannot be placed again stays void: the run, which asks to have it
    confirmed before it starts, will not."""
    try:
        return confirm_hold(account, plans, hold_id, now)
    except (Rejected, Exhausted):
        return []


def settle_hold(account: Account, hold_id: str, milliseconds: int, now: datetime) -> list[Message]:
    """The run has ended after `milliseconds` of device time (0: it never began); at most the hold is metered."""
    hold = find_hold(account, hold_id)
    if hold.state is HoldState.SETTLED or (hold.state is HoldState.VOIDED and not milliseconds):
        return []
    if hold.state is HoldState.VOIDED:
        raise Conflict(
            f"run {hold_id} ended after {spell_time(milliseconds)} of {hold.device_kind} time, but its hold was voided "
            "and could not be placed again; correct the account by hand"
        )
    metered = min(milliseconds, hold.milliseconds)
    return [
        events.HoldSettled(
            hold_id=hold_id,
            device_kind=hold.device_kind,
            held_milliseconds=hold.milliseconds,
            held_micro_dollars=hold.micro_dollars,
            metered_milliseconds=metered,
            metered_micro_dollars=cost(metered, hold.price),
            at=timestamp(now),
            placed_at=timestamp(hold.placed_at),
        )
    ]


def lapse_hold(account: Account, hold_id: str, now: datetime) -> list[Message]:
    """Voids a hold whose run was not queued in time; nothing where it was, or where there is time left."""
    hold = find_hold(account, hold_id)
    if hold.state is not HoldState.PLACED or now - hold.placed_at < LAPSE_AFTER:
        return []
    return [
        events.HoldVoided(
            hold_id=hold_id,
            device_kind=hold.device_kind,
            held_milliseconds=hold.milliseconds,
            held_micro_dollars=hold.micro_dollars,
            reason=f"its run was not queued within {LAPSE_AFTER.seconds} s",
            at=timestamp(now),
            placed_at=timestamp(hold.placed_at),
        )
    ]


def find_hold(account: Account, hold_id: str) -> Hold:
    """Raises NotFound for a hold that was never placed in this account."""
    hold = account.holds.get(hold_id)
    if hold is None:
        raise NotFound(f"there is no hold {hold_id[:64]!r}; a hold has the id of the run it was placed for")
    return hold
