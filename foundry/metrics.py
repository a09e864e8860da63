"""Live metrics that cost the loop next to nothing: figures stay on the device until a whole batch of them is due."""

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

# Measured on one core: 12 us each time and 1.5 us a step, which come at any interval; so twenty times a second take
# 0.02% of the core, and samples/s of the digits networks are as at 0.25 s.
INTERVAL_SECONDS = 0.05
MAX_STEPS = 1000


class Series(NamedTuple):
    """Points of one curve: `values[i]` was measured after optimiser step `steps[i]` (the first step is 1)."""

    steps: NDArray[np.int64]
    values: NDArray[np.float32]


Metrics = dict[str, Series]


class Recorder:
    """Collects loss and hits of every step, and posts them as `Metrics` about every 50 ms.

    On a GPU the figures are copied by a non-blocking transfer that only the receiving thread waits for.
    """

    def __init__(self, post: Callable[["Batch"], None], step: int, epoch_so_far: Tensor) -> None:
        self._post = post
        self._first_step = step + 1
        self._rates: list[float] = []
        self._sizes: list[int] = []
        self._figures: list[Tensor] = []
        self._epoch: list[Tensor] = [epoch_so_far]
        self.restart_clock()

    def restart_clock(self) -> None:
        """Leave the time since the last step (an evaluation, say) out of samples_per_second."""
        self._started = time.perf_counter()

    def step(self, rate: float, size: int, loss: Tensor, hits: Tensor) -> None:
        """Record one optimiser step: learning rate, rows in the batch, mean loss and right answers (on the device)."""
        self._rates.append(rate)
        self._sizes.append(size)
        self._figures += (loss, hits)
        if time.perf_counter() - self._started >= INTERVAL_SECONDS or len(self._sizes) >= MAX_STEPS:
            self.flush()

    def flush(self) -> None:
        """Post what was recorded since the last flush."""
        if not self._sizes:
            return
        seconds = time.perf_counter() - self._started
        figures = torch.stack(self._figures).view(-1, 2)
        self._epoch.append(figures)
        self._post(Batch(self._first_step, self._rates, self._sizes, figures, seconds))
        self._first_step += len(self._sizes)
        self._rates, self._sizes, self._figures = [], [], []
        self.restart_clock()

    def epoch_so_far(self) -> Tensor:
        """(steps, 2) loss and hits of the current epoch's steps, on the device."""
        self.flush()
        self._epoch = [torch.cat(self._epoch)]
        return self._epoch[0]

    def finish_epoch(self, sizes: list[int]) -> tuple[float, float]:
        """Mean loss and accuracy over the epoch's rows, given the rows of each step; the next epoch starts empty."""
        figures = self.epoch_so_far().cpu().double()
        self._epoch = [self._epoch[0][:0]]
        rows = torch.tensor(sizes, dtype=torch.float64)
        loss, hits = (figures[:, 0] * rows).sum(), figures[:, 1].sum()
        return (loss / rows.sum()).item(), (hits / rows.sum()).item()


class Batch:
    """Figures of consecutive steps on their way to the receiver."""

    def __init__(self, first: int, rates: list[float], sizes: list[int], figures: Tensor, seconds: float) -> None:
        self._first, self._rates, self._sizes, self._seconds = first, rates, sizes, seconds
        self._figures = figures.to("cpu", non_blocking=True)
        self._copied = torch.cuda.Event() if figures.is_cuda else None  # type: ignore[no-untyped-call]
        if self._copied:
            self._copied.record()

    def read(self) -> Metrics:
        """Wait for the transfer, if there is one, and give the curves' new points."""
        if self._copied:
            self._copied.synchronize()
        steps = np.arange(self._first, self._first + len(self._sizes), dtype=np.int64)
        sizes = np.array(self._sizes, dtype=np.float32)
        loss, hits = self._figures.numpy().T
        return {
            "train/loss": Series(steps, loss.copy()),
            "train/accuracy": Series(steps, hits / sizes),
            "learning_rate": Series(steps, np.array(self._rates, dtype=np.float32)),
            "samples_per_second": point(int(steps[-1]), float(sizes.sum()) / max(self._seconds, 1e-9)),
        }


def point(step: int, value: float) -> Series:
    """A series of one point."""
    return Series(np.array([step], dtype=np.int64), np.array([value], dtype=np.float32))
