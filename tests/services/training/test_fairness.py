"""Which queued runs get the free slots."""

from hypothesis import given
from hypothesis import strategies as st

from neuralforge.training.v1.service_pb2 import RunState
from services.training.fairness import next_runs
from services.training.projection import OpenRun

QUEUED, RUNNING = RunState.RUN_STATE_QUEUED, RunState.RUN_STATE_RUNNING


def run(position, tenant, state=QUEUED, device="cpu"):
    return OpenRun(position, tenant, f"r{position}", "p", device, state, 1)


def names(chosen):
    return [run.id for run in chosen]


def test_first_come_first_served_within_a_tenant():
    assert names(next_runs([run(3, "a"), run(1, "a"), run(2, "a")], {"cpu": 2})) == ["r1", "r2"]


def test_the_tenant_with_the_fewest_running_goes_first():
    waiting = [run(1, "a", RUNNING), run(2, "a"), run(3, "a"), run(4, "b")]
    assert names(next_runs(waiting, {"cpu": 3})) == ["r4", "r2"]


def test_a_run_waits_for_its_own_device():
    waiting = [run(1, "a", RUNNING, "cuda:0"), run(2, "a", device="cuda:0"), run(3, "a"), run(4, "a", device="gone")]
    assert names(next_runs(waiting, {"cpu": 1, "cuda:0": 1})) == ["r3"]


open_runs = st.lists(
    st.builds(
        run,
        st.integers(1, 10**6),
        st.sampled_from("abc"),
        st.sampled_from([QUEUED, RUNNING]),
        st.sampled_from(["cpu", "cuda:0"]),
    ),
    max_size=30,
    unique_by=lambda run: run.position,
)


@given(open_runs, st.integers(0, 3), st.integers(0, 3))
def test_slots_are_filled_and_never_given_twice(waiting, cpus, gpus):
    slots = {"cpu": cpus, "cuda:0": gpus}
    chosen = next_runs(waiting, slots)
    assert len(set(chosen)) == len(chosen)
    for device, most in slots.items():
        active = sum(run.active for run in waiting if run.device == device)
        queued = sum(not run.active for run in waiting if run.device == device)
        assert sum(run.device == device for run in chosen) == min(queued, max(0, most - active))
