"""What an account decides: given a history, when a command comes, then these events, or this refusal."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
from google.protobuf.message import Message

from kernel.errors import Conflict, Exhausted, NotFound, Rejected
from kernel.events import UnknownEvent
from neuralforge.billing.v1 import events_pb2 as events
from neuralforge.training.v1 import events_pb2 as training
from services.billing.domain import (
    Account,
    HoldState,
    confirm_hold,
    confirm_queued,
    evolve,
    lapse_hold,
    place_hold,
    settle_hold,
)
from tests.services.billing.examples import HOUR, MINUTE, NOW, PLANS, confirmed, given, placed, settled, voided

Event = TypeVar("Event", bound=Message)
LATER = NOW + timedelta(seconds=60)


def only(decided: list[Message], kind: type[Event]) -> Event:
    (event,) = decided
    assert isinstance(event, kind)
    return event


def place(
    account: Account, hold_id: str = "run-1", kind: str = "t4", milliseconds: int = HOUR, at: datetime = NOW
) -> list[Message]:
    return place_hold(account, PLANS, hold_id, kind, milliseconds, at)


def test_a_hold_sets_time_and_money_aside_at_todays_price() -> None:
    assert place(given()) == [placed()]


def test_money_is_rounded_up_once_to_a_whole_micro_dollar() -> None:
    event = only(place(given(), milliseconds=1), events.HoldPlaced)
    assert event.micro_dollars == 1
    assert only(settle_hold(given(event), "run-1", 1, NOW), events.HoldSettled).metered_micro_dollars == 1


def test_cpu_time_is_metered_without_price_and_without_limit() -> None:
    month = 30 * 24 * HOUR
    before = given(placed("other", month, "cpu", price=0))
    event = only(place(before, kind="cpu", milliseconds=month), events.HoldPlaced)
    assert (event.micro_dollars, event.price) == (0, 0)


def test_the_same_hold_again_is_already_done() -> None:
    assert place(given(placed())) == []
    assert place(given(placed(), confirmed())) == []
    assert place(given(placed(), confirmed(), settled(placed(), 5))) == []


def test_an_id_in_use_for_another_hold_is_refused() -> None:
    with pytest.raises(Conflict) as refusal:
        place(given(placed()), milliseconds=2 * HOUR)
    assert str(refusal.value) == ("hold run-1 is for 1 h of t4 time, not 2 h of t4 time; use a new id for another hold")


def test_a_lapsed_hold_can_be_placed_again() -> None:
    assert place(given(placed(), voided(placed())), at=LATER) == [placed(at=LATER)]


def test_a_device_kind_outside_the_plan_is_refused() -> None:
    with pytest.raises(Rejected) as refusal:
        place(given(), kind="h100")
    assert refusal.value.field is None
    assert str(refusal.value) == (
        "the plan Free does not include h100 devices; it includes cpu and t4: choose one of those, or another plan"
    )


def test_a_plan_that_is_not_offered_any_more_is_named() -> None:
    with pytest.raises(Rejected, match="the plan 'gold' is not offered any more; choose one of free"):
        place(given(events.PlanChosen(plan="gold")))


def test_a_run_that_costs_too_much_is_refused() -> None:
    with pytest.raises(Exhausted) as refusal:
        place(given(), milliseconds=3 * HOUR)
    assert str(refusal.value) == (
        "needs up to $1.05 for 3 h of t4 time, the plan Free allows $1.00 a run; "
        "shorten the run to at most 2 h 51 min 25 s 714 ms"
    )
    assert place(given(), milliseconds=2 * HOUR + 51 * MINUTE + 25_714)
    with pytest.raises(Exhausted):
        place(given(), milliseconds=2 * HOUR + 51 * MINUTE + 25_715)


def test_a_month_that_is_used_up_is_refused_with_what_is_left() -> None:
    past = [placed(f"past-{number}", 2 * HOUR) for number in range(4)]
    history = [*past, settled(past[0], 2 * HOUR), settled(past[1], 90 * MINUTE), placed("open", HOUR)]
    with pytest.raises(Exhausted) as refusal:
        place(given(*history), milliseconds=2 * HOUR)
    assert str(refusal.value) == (
        "needs 2 h of t4 time, 1 h 30 min of 10 h are left this month (until 2026-12-01); shorten the run or wait"
    )
    assert place(given(*history), milliseconds=90 * MINUTE)


def test_a_hold_counts_in_the_month_it_was_placed_in() -> None:
    november = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)
    december = november + timedelta(seconds=1)
    full = [placed(f"past-{number}", 2 * HOUR, at=november) for number in range(5)]
    with pytest.raises(Exhausted):
        place(given(*full), at=november)
    assert place(given(*full), at=december)
    late = given(*full, settled(full[0], 2 * HOUR, at=december))
    assert place(late, milliseconds=2 * HOUR, at=december)
    with pytest.raises(Exhausted):
        place(late, milliseconds=1, at=november)


def test_december_ends_with_the_year() -> None:
    december = datetime(2026, 12, 31, tzinfo=UTC)
    full = [placed(f"past-{number}", 2 * HOUR, at=december) for number in range(5)]
    with pytest.raises(Exhausted, match="until 2027-01-01"):
        place(given(*full), at=december)


def test_a_queued_run_confirms_its_hold_once() -> None:
    assert confirm_hold(given(placed()), PLANS, "run-1", NOW) == [confirmed()]
    assert confirm_hold(given(placed(), confirmed()), PLANS, "run-1", NOW) == []
    assert confirm_hold(given(placed(), confirmed(), settled(placed(), 0)), PLANS, "run-1", NOW) == []


def test_a_run_queued_after_its_hold_lapsed_gets_it_again() -> None:
    lapsed = given(placed(), voided(placed()))
    assert confirm_hold(lapsed, PLANS, "run-1", LATER) == [placed(at=LATER), confirmed(at=LATER)]


def test_a_run_queued_after_its_hold_lapsed_and_the_quota_went_is_refused() -> None:
    others = [placed(f"other-{number}", 2 * HOUR) for number in range(5)]
    with pytest.raises(Exhausted, match="0 s of 10 h are left"):
        confirm_hold(given(placed(), voided(placed()), *others), PLANS, "run-1", LATER)


def test_a_late_run_that_cannot_have_its_hold_again_leaves_it_void_and_settles_nothing() -> None:
    others = [placed(f"other-{number}", 2 * HOUR) for number in range(5)]
    account = given(placed(), voided(placed()), *others)
    assert confirm_queued(account, PLANS, "run-1", LATER) == []
    assert settle_hold(account, "run-1", 0, LATER) == []


def test_an_ended_run_settles_what_it_used_and_frees_the_rest() -> None:
    account = given(placed(), confirmed())
    assert settle_hold(account, "run-1", 10 * MINUTE, LATER) == [settled(placed(), 10 * MINUTE, LATER)]


def test_the_hold_is_the_ceiling() -> None:
    event = only(settle_hold(given(placed(), confirmed()), "run-1", 2 * HOUR, LATER), events.HoldSettled)
    assert (event.metered_milliseconds, event.metered_micro_dollars) == (HOUR, 350_000)


def test_settling_uses_the_price_of_the_hold() -> None:
    event = only(settle_hold(given(placed(price=7)), "run-1", HOUR, LATER), events.HoldSettled)
    assert event.metered_micro_dollars == 7


def test_a_run_that_never_got_a_device_settles_nothing() -> None:
    account = given(placed(), confirmed(), *settle_hold(given(placed(), confirmed()), "run-1", 0, LATER))
    assert account.holds["run-1"].state is HoldState.SETTLED
    assert [use.milliseconds for use in account.uses.values()] == [0]


def test_a_settled_hold_is_settled() -> None:
    assert settle_hold(given(placed(), settled(placed(), 5)), "run-1", 9, LATER) == []


def test_a_run_that_ran_on_a_voided_hold_is_a_fault() -> None:
    with pytest.raises(Conflict) as refusal:
        settle_hold(given(placed(), voided(placed())), "run-1", 5 * MINUTE, LATER)
    assert "run run-1 ended after 5 min of t4 time, but its hold was voided" in str(refusal.value)


def test_a_hold_lapses_after_a_minute_unless_its_run_was_queued() -> None:
    assert lapse_hold(given(placed()), "run-1", LATER) == [voided(placed())]
    assert lapse_hold(given(placed()), "run-1", LATER - timedelta(milliseconds=1)) == []
    assert lapse_hold(given(placed(), confirmed()), "run-1", LATER) == []
    assert lapse_hold(given(placed(), voided(placed())), "run-1", LATER) == []


@pytest.mark.parametrize(
    "command",
    [
        lambda account: confirm_hold(account, PLANS, "run-9", NOW),
        lambda account: settle_hold(account, "run-9", 5, NOW),
        lambda account: lapse_hold(account, "run-9", NOW),
    ],
)
def test_a_hold_never_placed_is_not_found(command: Callable[[Account], object]) -> None:
    with pytest.raises(NotFound, match="there is no hold 'run-9'"):
        command(given(placed()))


def test_an_event_of_another_kind_stops_the_fold() -> None:
    with pytest.raises(UnknownEvent):
        evolve(Account(), training.RunQueued())
