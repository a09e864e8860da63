"""How long nobody was at work: what a convergence takes beside the work that was still to be done."""

import asyncio
import time

import psutil

from tests.chaos.machine import JOB_CONTEXTS, Machine
from tests.chaos.parts import workers_of

LOOK_SECONDS = 1.0
LEAST_CPU_SECONDS = 0.02  # in one look; a worker that only tells that it lives takes less


class Waiting:
    """`seconds` in all, `longest` at a stretch, since `begin`: no job used the processor, no event was recorded.

    `stretch` is the present one.
    """

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.begin()

    def begin(self) -> None:
        self.seconds = self.longest = self.stretch = 0.0

    async def follow(self) -> None:
        """Looks until it is cancelled; who follows the logs tells what they record."""
        recorded, used, looked = self._recorded(), self._used(), time.monotonic()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            now_recorded, now_used, now = self._recorded(), self._used(), time.monotonic()
            busy = sum(seconds - used.get(pid, 0.0) for pid, seconds in now_used.items())
            self._add(now - looked, at_work=now_recorded > recorded or busy >= LEAST_CPU_SECONDS)
            recorded, used, looked = now_recorded, now_used, now

    def _add(self, seconds: float, *, at_work: bool) -> None:
        self.stretch = 0.0 if at_work else self.stretch + seconds
        self.seconds += 0.0 if at_work else seconds
        self.longest = max(self.longest, self.stretch)

    def _recorded(self) -> int:
        """Events in the logs, and uploads."""
        told = self._machine.moments.told
        return sum(count for name, count in told.items() if name.startswith(("recorded ", "upload ")))

    def _used(self) -> dict[int, float]:
        """Processor seconds by job."""
        found = {}
        for context in JOB_CONTEXTS:
            for process in workers_of(self._machine.parts[context]):
                try:
                    times = process.cpu_times()
                    found[process.pid] = float(times.user + times.system)
                except psutil.Error:
                    continue  # it has ended
        return found
