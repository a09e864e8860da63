"""What the processor of this machine does now: the speed of one core, and how much of a core is left beside other work.

Runs on "cpu" are taken to be jobs of this machine, as they are with the local launcher.
"""

import os
import time
from asyncio import to_thread
from dataclasses import dataclass
from functools import cache

import numpy as np

SIDE = 64  # small enough for the library to keep to one thread, as the training of small networks does
TOGETHER = 50  # products in one call, so that neither Python nor its lock is measured
MEASURE_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Processor:
    """`core_flops` is what one core does of a matrix product when it does nothing else; `load` the runnable threads."""

    core_flops: float
    cores: int
    load: float

    @property
    def share(self) -> float:
        """Of a core, for one more thread."""
        return min(1.0, self.cores / (1 + self.load))

    @property
    def flops(self) -> float:
        """Of one more thread, now."""
        return self.core_flops * self.share


async def processor() -> Processor:
    """The load is that of the last minute, so that a moment's work elsewhere does not count for a whole run."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1  # not on macOS
    return Processor(await to_thread(core_flops), cores, os.getloadavg()[0])


@cache
def core_flops() -> float:
    """FLOP/s of small matrix products by the time the core spent on them: other work does not change it."""
    left, right = np.ones((TOGETHER, SIDE, SIDE), np.float32), np.ones((SIDE, SIDE), np.float32)
    result = np.matmul(left, right)
    started, calls = time.thread_time(), 0
    while (spent := time.thread_time() - started) < MEASURE_SECONDS:
        np.matmul(left, right, out=result)
        calls += 1
    return calls * TOGETHER * 2 * SIDE**3 / spent
