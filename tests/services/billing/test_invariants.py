"""What holds after any sequence of commands: nothing is lost, nothing exceeds the quota, the ledger balances."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from google.protobuf.message import Message
from hypothesis import given as examples
from hypothesis import strategies as st

from kernel.errors import DomainError
from services.billing.amounts import Month, affordable, cost
from services.billing.domain import Account, HoldState, confirm_hold, lapse_hold, place_hold, settle_hold
from services.billing.ledger import MONEY, accounts, transfers
from tests.services.billing.examples import HOUR, PLANS, after

START = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
QUOTA = 10 * HOUR
OPEN = (HoldState.PLACED, HoldState.CONFIRMED)
Balances = Counter[tuple[str, str]]
Command = tuple[Any, ...]
IDS = st.sampled_from([f"run-{number}" for number in range(8)])
KINDS = st.sampled_from(["t4", "t4", "cpu"])
TIMES = st.integers(1, 170 * 60_000)
COMMANDS = st.one_of(
    st.tuples(st.just("place"), IDS, KINDS, TIMES),
    st.tuples(st.just("confirm"), IDS),
    st.tuples(st.just("settle"), IDS, st.integers(0, 4 * HOUR)),
    st.tuples(st.just("lapse"), IDS),
)


def decide(account: Account, command: Command, now: datetime) -> list[Message]:
    try:
        match command:
            case ("place", hold_id, kind, milliseconds):
                return place_hold(account, PLANS, hold_id, kind, milliseconds, now)
            case ("confirm", hold_id):
                return confirm_hold(account, PLANS, hold_id, now)
            case ("settle", hold_id, milliseconds):
                return settle_hold(account, hold_id, milliseconds, now)
            case ("lapse", hold_id):
                return lapse_hold(account, hold_id, now)
    except DomainError:
        return []  # refused, so nothing happened; the books are checked all the same
    raise AssertionError(command)


@examples(st.lists(st.tuples(COMMANDS, st.integers(0, 120)), max_size=60))
def test_any_history_keeps_the_books(steps: list[tuple[Command, int]]) -> None:
    account, now, balances = Account(), START, Balances()
    for command, seconds in steps:
        now += timedelta(seconds=seconds)
        decided = decide(account, command, now)
        account = after(account, decided)
        for event in decided:
            enter(event, balances)
        check_quota(account)
        check_ledger(account, balances)


def enter(event: Message, balances: Balances) -> None:
    for source, target, unit, amount in transfers("org", event):
        assert amount > 0
        balances[source, unit] -= amount
        balances[target, unit] += amount


def check_quota(account: Account) -> None:
    for (_, kind), use in account.uses.items():
        assert min(use.held_milliseconds, use.metered_milliseconds, use.metered_micro_dollars) >= 0
        assert kind == "cpu" or use.milliseconds <= QUOTA
    for hold in account.holds.values():
        assert 0 <= hold.metered_milliseconds <= hold.milliseconds
        assert 0 <= hold.metered_micro_dollars <= hold.micro_dollars


def check_ledger(account: Account, balances: Balances) -> None:
    totals: Counter[str] = Counter()
    for (_, unit), amount in balances.items():
        totals[unit] += amount
    assert not any(totals.values())
    open_money = sum(hold.micro_dollars for hold in account.holds.values() if hold.state in OPEN)
    assert balances["org:held", MONEY] == open_money
    for (month, kind), use in account.uses.items():
        names = accounts("org", kind, month)
        assert -balances[names.quota, names.unit] == use.milliseconds
        assert balances[names.metered, names.unit] == use.metered_milliseconds


@examples(st.integers(0, 10**9), st.integers(1, 10**8))
def test_affordable_time_is_the_most_whose_cost_fits(money: int, price: int) -> None:
    most = affordable(money, price)
    assert cost(most, price) <= money < cost(most + 1, price)


@examples(st.datetimes(datetime(2000, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC)))
def test_every_moment_is_in_its_month(moment: datetime) -> None:
    month = Month.of(moment)
    assert month.start <= moment < month.end
    assert Month.of(month.end) != month
