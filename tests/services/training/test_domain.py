"""Decisions on a run: given what happened, when a command comes, then these events follow."""

from collections.abc import Callable, Sequence

import pytest
from google.protobuf.message import Message

from neuralforge.training.v1 import events_pb2 as events
from neuralforge.training.v1 import service_pb2 as api
from neuralforge.training.v1.service_pb2 import RunState
from services.training import runs
from services.training.runs import CANCELLED, Run, evolve
from tests.services.training.examples import (
    RUN,
    at,
    attached,
    cancel_requested,
    checkpoint,
    checkpoint_saved,
    lost,
    queued,
    started,
)

RUNNING = (queued(), started(), attached())


def given(*happened: Message) -> Run:
    run = Run()
    for event in happened:
        run = evolve(run, event)
    return run


def failed(reason: str, milliseconds: int, seconds: float) -> events.RunFailed:
    return events.RunFailed(run_id=RUN, reason=reason, device_milliseconds=milliseconds, at=at(seconds))


def cancelled(milliseconds: int, seconds: float) -> events.RunCancelled:
    return events.RunCancelled(run_id=RUN, reason=CANCELLED, device_milliseconds=milliseconds, at=at(seconds))


def test_a_run_is_queued_once():
    assert runs.queue(given(), queued()) == [queued()]
    assert runs.queue(given(queued()), queued()) == []


def test_attempts_count_from_one():
    assert runs.start_attempt(given(queued()), at(10)) == [started(1, 10)]
    assert runs.start_attempt(given(*RUNNING, lost()), at(40)) == [started(2, 40)]


def test_a_run_is_started_only_while_it_is_queued():
    assert runs.start_attempt(given(*RUNNING), at(40)) == []
    assert runs.start_attempt(given(queued(), cancel_requested(), cancelled(0, 20)), at(40)) == []


def test_attaching_starts_the_clock_once():
    assert runs.attach(given(queued(), started()), b'{"torch": "2"}', at(12)) == [attached(1, 12)]
    assert runs.attach(given(*RUNNING), b"{}", at(13)) == []


def test_device_time_counts_from_attaching_to_the_end():
    run = given(*RUNNING)
    assert run.used(at(15.5)) == 3_500
    assert runs.fail(run, "out of memory", at(15.5)) == [failed("out of memory", 3_500, 15.5)]


def test_device_time_of_all_attempts_is_added_up():
    again = given(*RUNNING, lost(1, 5_000), started(2, 40), attached(2, 41))
    (completed,) = runs.complete(again, events.RunCompleted(test_accuracy=0.98), at(43))
    assert completed == events.RunCompleted(run_id=RUN, test_accuracy=0.98, device_milliseconds=7_000, at=at(43))


def test_device_time_never_exceeds_the_hold():
    run = given(queued(limit_milliseconds=2_000), started(), attached(1, 12))
    assert run.used(at(100)) == 2_000
    completed = events.RunCompleted(run_id=RUN, device_milliseconds=2_000, at=at(100))
    assert runs.complete(run, events.RunCompleted(), at(100)) == [completed]


def test_a_run_is_stopped_at_its_limit_and_not_before():
    run = given(queued(limit_milliseconds=2_000), started(), attached(1, 12))
    assert runs.stop_at_limit(run, at(13.999)) == []
    (event,) = runs.stop_at_limit(run, at(14.2))
    assert isinstance(event, events.RunFailed)
    assert event.device_milliseconds == 2_000
    assert "limit of 2 s" in event.reason


def test_a_lost_attempt_costs_the_time_until_it_was_last_heard():
    run = given(*RUNNING)
    assert runs.lose_attempt(run, 1, "gone", at(20), at(30)) == [lost(1, 8_000, 30)]
    assert runs.lose_attempt(run, 1, "gone", None, at(30)) == [lost(1, 0, 30)]


def test_a_lost_attempt_puts_the_run_back_into_the_queue_with_its_last_checkpoint():
    run = given(*RUNNING, checkpoint_saved(20), checkpoint_saved(40), lost())
    assert run.state == RunState.RUN_STATE_QUEUED
    assert run.last
    assert run.last.step == 40


def test_ignored_loss_of_an_attempt_that_was_replaced():
    assert runs.lose_attempt(given(*RUNNING, lost(), started(2)), 1, "gone", None, at(50)) == []


def test_the_third_lost_attempt_fails_the_run():
    run = given(*RUNNING, lost(1, 1_000), started(2), attached(2), lost(2, 1_000), started(3, 40), attached(3, 41))
    (last, end) = runs.lose_attempt(run, 3, "its last words were: bus error", at(42), at(60))
    assert last == events.AttemptLost(
        run_id=RUN, attempt=3, reason="its last words were: bus error", device_milliseconds=1_000, at=at(60)
    )
    assert end == failed("3 workers were lost; of the last one: its last words were: bus error", 3_000, 60)


def test_attempts_that_saved_a_checkpoint_do_not_count_against_the_run():
    history = [
        *RUNNING,
        lost(1),
        started(2),
        attached(2),
        checkpoint_saved(20, attempt=2),
        lost(2),
        started(3),
        lost(3),
    ]
    run = given(*history, started(4), attached(4))
    assert runs.lose_attempt(run, 4, "gone", None, at(60)) == [lost(4, 0, 60)]
    run = given(*history, started(4), lost(4), started(5), attached(5))
    assert len(runs.lose_attempt(run, 5, "gone", None, at(60))) == 2


def test_a_lost_attempt_of_a_cancelled_run_ends_it():
    run = given(*RUNNING, cancel_requested())
    assert runs.lose_attempt(run, 1, "gone", at(20), at(30)) == [lost(1, 8_000, 30), cancelled(8_000, 30)]


def test_a_queued_run_is_cancelled_at_once():
    asked = events.CancelRequested(run_id=RUN, by="u1", at=at(5))
    assert runs.request_cancel(given(queued()), "u1", at(5)) == [asked, cancelled(0, 5)]


def test_a_cancelled_queued_run_keeps_the_time_its_lost_attempt_used():
    (_, end) = runs.request_cancel(given(*RUNNING, lost(1, 8_000)), "u1", at(50))
    assert end == cancelled(8_000, 50)


def test_a_running_run_is_cancelled_when_its_worker_stops():
    run = given(*RUNNING)
    assert runs.request_cancel(run, "u1", at(20)) == [cancel_requested(20)]
    assert runs.fail(evolve(run, cancel_requested(20)), "cancelled", at(21)) == [cancelled(9_000, 21)]


def test_ignored_second_cancel():
    assert runs.request_cancel(given(*RUNNING, cancel_requested()), "u2", at(22)) == []


def test_a_checkpoint_is_recorded_once_under_its_attempt():
    run = given(*RUNNING)
    (saved,) = runs.save_checkpoint(run, checkpoint(20), at(15))
    assert saved == checkpoint_saved(20)
    assert runs.save_checkpoint(evolve(run, saved), checkpoint(20), at(16)) == []


def test_best_and_last_checkpoints_are_kept_beside_each_other():
    run = given(*RUNNING, checkpoint_saved(20, best=True), checkpoint_saved(20), checkpoint_saved(40))
    assert [kept.step for kept in run.checkpoints] == [20, 40]


Command = Callable[[Run], Sequence[Message]]
COMMANDS: dict[str, Command] = {
    "start_attempt": lambda run: runs.start_attempt(run, at(90)),
    "attach": lambda run: runs.attach(run, b"{}", at(90)),
    "request_cancel": lambda run: runs.request_cancel(run, "u1", at(90)),
    "complete": lambda run: runs.complete(run, events.RunCompleted(), at(90)),
    "fail": lambda run: runs.fail(run, "late", at(90)),
    "stop_at_limit": lambda run: runs.stop_at_limit(run, at(9_000)),
    "lose_attempt": lambda run: runs.lose_attempt(run, 1, "gone", None, at(90)),
}
ENDS = (events.RunCompleted(run_id=RUN, at=at(60)), failed("x", 1, 60), cancelled(1, 60))


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.DESCRIPTOR.name)
@pytest.mark.parametrize("command", COMMANDS)
def test_terminal_is_terminal(end, command):
    assert COMMANDS[command](given(*RUNNING, end)) == []


def test_an_unknown_event_raises():
    with pytest.raises(TypeError, match="StartRunRequest"):
        evolve(Run(), api.StartRunRequest())
