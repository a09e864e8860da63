"""Training, as a text one reads from top to bottom.

Data stay on the device as two tensors and batches are picked by an index permutation; the optimiser is fused;
metrics leave the device in batches; callbacks run in a thread of their own. `python -m bench.training` compares the
whole of it with hand-written loops.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import blueprint
from foundry.build import build
from foundry.checkpoint import Best, Checkpoint, Progress
from foundry.data import Data, Split
from foundry.errors import FoundryError
from foundry.evaluate import logits, loss_and_accuracy
from foundry.metrics import Batch, Metrics, Recorder, Series, point
from foundry.options import OPTIMIZERS, PRECISIONS, TrainOptions, clip_gradients, learning_rate, set_learning_rate
from foundry.outbox import Outbox
from foundry.reproduce import pick_device, reproducible

__all__ = ["EpochReport", "Metrics", "Series", "TrainOptions", "TrainResult", "train"]


@dataclass(frozen=True)
class EpochReport:
    """What an epoch (from 1, of `epochs`) came to; train figures are means over its batches as they were trained."""

    epoch: int
    epochs: int
    step: int
    train_loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float
    learning_rate: float
    seconds: float


@dataclass(frozen=True)
class TrainResult:
    """`checkpoint` is where the run ended (resume from it after a stop); `reports` are this call's epochs."""

    status: Literal["completed", "stopped"]
    checkpoint: Checkpoint
    reports: tuple[EpochReport, ...]
    seconds: float

    @property
    def best(self) -> Best | None:
        """The best epoch; None when stopped before the first was over."""
        return self.checkpoint.best

    @property
    def weights(self) -> dict[str, Tensor]:
        """The best epoch's weights, on the CPU; the latest when there is no best yet."""
        return self.checkpoint.best_weights or self.checkpoint.weights


def train(
    graph: blueprint.Graph,
    data: Data,
    options: TrainOptions,
    *,
    on_metrics: Callable[[Metrics], None],
    on_log: Callable[[str], None],
    on_epoch: Callable[[EpochReport], None],
    on_checkpoint: Callable[[Checkpoint], None],
    should_stop: Callable[[], bool],
    resume: Checkpoint | None = None,
) -> TrainResult:
    """Train a classifier and keep its best epoch by validation accuracy.

    Callbacks run in one thread of their own, in order; what was measured up to a checkpoint is handed over before
    it, and a checkpoint not yet handed over is skipped for a newer one. `should_stop` is asked before every batch,
    in the loop itself: it must be quick. An error in a callback ends the run and is raised here.
    Raises FoundryError where graph, data, options and checkpoint do not belong together.
    """
    check_fits(graph, data)
    device = pick_device(options.device)
    threads = options.threads or (resume.threads if resume else 0)
    with reproducible(options.seed, threads, device), Outbox() as outbox:
        run = _Run(graph, options, device)
        if resume:
            resume.check_fits(graph, options)
            run.restore(resume)
            outbox.post(on_log, f"resumed at epoch {run.progress.epoch + 1}, batch {run.progress.position + 1}")
            if (resume.torch, resume.threads) != (torch.__version__, torch.get_num_threads()):
                outbox.post(on_log, "torch or its threads differ from the checkpoint's: results will not be bit-equal")

        def post_metrics(batch: Batch) -> None:
            outbox.post(lambda: on_metrics(batch.read()))

        started = time.perf_counter()
        train_set, val_set = to_device(data.train, device), to_device(data.val, device)
        bounds = batch_bounds(len(train_set), options.batch_size)
        total_steps = options.epochs * len(bounds)
        recorder = Recorder(post_metrics, run.progress.step, run.figures)
        reports: list[EpochReport] = []

        for epoch in range(run.progress.epoch, options.epochs):
            epoch_started = time.perf_counter()
            order = permutation(options.seed, epoch, len(train_set)).to(device)
            run.model.train()
            recorder.restart_clock()
            for position in range(run.progress.position, len(bounds)):
                if should_stop():
                    checkpoint = run.checkpoint(recorder.epoch_so_far())
                    outbox.post_newest(on_checkpoint, checkpoint)
                    outbox.post(on_log, f"stopped in epoch {epoch + 1} before batch {position + 1} of {len(bounds)}")
                    return TrainResult("stopped", checkpoint, tuple(reports), time.perf_counter() - started)
                rows = order[slice(*bounds[position])]
                inputs, targets = train_set.inputs[rows], train_set.targets[rows]
                rate = learning_rate(options, run.progress.step, total_steps)
                set_learning_rate(run.optimizer, rate)

                with run.autocast():
                    scores = run.model(inputs)
                loss = F.cross_entropy(scores.float(), targets, label_smoothing=options.label_smoothing)
                run.optimizer.zero_grad(set_to_none=True)
                loss.backward()
                clip_gradients(run.parameters, options.clip_norm)
                run.optimizer.step()

                hits = (scores.detach().argmax(1) == targets).sum(dtype=torch.float32)
                recorder.step(rate, len(rows), loss.detach(), hits)
                run.progress = Progress(epoch, position + 1, run.progress.step + 1)

            ...
