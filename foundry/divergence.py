"""Tells a person that a run has diverged: a loss that is no number makes numbers of no weight it reaches."""

from collections.abc import Callable

import numpy as np

from foundry.metrics import Metrics

LOSSES = ("train/loss", "val/loss")


class DivergenceWatch:
    """Looks through what is measured and says once from which step on the loss is no number, and what helps."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._said = False

    def see(self, metrics: Metrics) -> None:
        for name in LOSSES:
            if name in metrics and not self._said:
                steps, values = metrics[name]
                lost = steps[~np.isfinite(values)]
                if len(lost):
                    self._said = True
                    self._say(sentence(int(lost[0])))


def sentence(step: int) -> str:
    """The first step's loss is that of weights nothing was learnt into, so no learning rate is to blame for it."""
    if step == 1:
        return "the loss is not a number from the first step on; look for a layer that divides by zero or takes its log"
    return f"the loss is not a number since step {step}; lower the learning rate or clip gradients"
