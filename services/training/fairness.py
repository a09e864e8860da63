"""Who gets a free slot: the tenant with the fewest runs on devices, and of its runs the one that waits longest."""

from collections import Counter
from collections.abc import Mapping, Sequence

from services.training.projection import OpenRun


def next_runs(open_runs: Sequence[OpenRun], slots: Mapping[str, int]) -> Sequence[OpenRun]:
    """The queued runs to start now; `slots` says how many runs fit on each device."""
    running = Counter(run.tenant for run in open_runs if run.active)
    taken = Counter(run.device for run in open_runs if run.active)
    queued = [run for run in open_runs if not run.active]
    chosen: list[OpenRun] = []
    while waiting := [run for run in queued if taken[run.device] < slots.get(run.device, 0)]:
        best = min(waiting, key=lambda run: (running[run.tenant], run.position))
        queued.remove(best)
        running[best.tenant] += 1
        taken[best.device] += 1
        chosen.append(best)
    return chosen
