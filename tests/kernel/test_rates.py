"""Budgets in memory: spent, given back, shared by nobody who matters, and never larger than they may be."""

import pytest

from kernel.errors import TooMany
from kernel.rates import BUCKETS, Rate
from kernel.status import from_rpc, to_status


def spend(rate: Rate, who: str) -> int:
    """How many are taken before one is refused."""
    for taken in range(1_000):
        try:
            rate.count(who)
        except TooMany:
            return taken
    raise AssertionError("nothing was refused")


def test_a_budget_is_spent_by_one_and_not_by_another() -> None:
    rate = Rate("3 per hour", "tries")
    assert [spend(rate, who) >= 3 for who in ("ada", "eve")] == [True, True]
    with pytest.raises(TooMany):
        rate.count("ada")


def test_a_refusal_says_how_long_to_wait() -> None:
    rate = Rate("2 per hour", "tries")
    spend(rate, "ada")
    with pytest.raises(TooMany, match=r"^more than 2 tries within 60 minutes; try again in ") as error:
        rate.count("ada")
    assert 1 <= error.value.retry_seconds <= 3600


def test_a_budget_can_be_given_back() -> None:
    rate = Rate("2 per hour", "tries")
    spend(rate, "ada")
    rate.forget("ada")
    assert spend(rate, "ada") >= 2


def test_no_limit_refuses_nobody() -> None:
    rate = Rate("0 per minute", "tries")
    with pytest.raises(AssertionError, match="nothing was refused"):
        spend(rate, "ada")


def test_a_flood_of_strangers_takes_no_more_memory_than_there_are_buckets() -> None:
    rate = Rate("1000000 per hour", "tries")
    for number in range(2 * BUCKETS):
        rate.count(f"stranger {number}")
    storage = rate._limiter.storage
    assert len(storage.storage) <= 2 * BUCKETS  # type: ignore[attr-defined]
    assert len({rate._bucket(f"stranger {number}") for number in range(5 * BUCKETS)}) <= BUCKETS


def test_the_wait_travels_between_services() -> None:
    status = to_status(TooMany("wait", retry_seconds=17))

    class Failed:
        def code(self) -> object:
            return status.code

        def details(self) -> str:
            return str(status.details)

        def trailing_metadata(self) -> object:
            return status.trailing_metadata

    found = from_rpc(Failed())
    assert isinstance(found, TooMany)
    assert found.retry_seconds == 17
