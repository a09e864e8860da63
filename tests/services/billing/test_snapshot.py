"""An account from its snapshot is the account, and goes on like it."""

from datetime import timedelta

from google.protobuf.message import Message
from hypothesis import given as examples
from hypothesis import strategies as st

from neuralforge.billing.v1 import events_pb2 as events
from services.billing.snapshot import decode, encode
from tests.services.billing.examples import HOUR, NOW, after, confirmed, given, placed, settled, voided


@examples(st.lists(st.tuples(st.integers(0, 9), st.sampled_from("pcsv"), st.integers(0, 90)), max_size=30))
def test_a_restored_account_is_the_same_and_stays_the_same(steps: list[tuple[int, str, int]]) -> None:
    history: list[Message] = [events.PlanChosen(plan="pro")]
    for number, end, days in steps:
        hold = placed(f"run-{number}", HOUR + number, at=NOW + timedelta(days=days, microseconds=number))
        ends: dict[str, list[Message]] = {
            "p": [],
            "c": [confirmed(hold.hold_id)],
            "s": [settled(hold, 1000)],
            "v": [voided(hold)],
        }
        history += [hold, *ends[end]]
    account = given(*history)
    restored = decode(encode(account))
    assert restored == account
    later = [placed("run-x"), confirmed("run-x")]
    assert after(restored, later) == after(account, later)
