"""Training, as a text one reads from top to bottom.

Data stay on the device as two tensors and batches are picked by an index permutation; the optimiser is fused;
metrics leave the device in batches; callbacks run in a thread of their own. `python -m bench.training` compares the
whole of it, live metrics, validation and checkpoints included, with hand-written loops.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

import blueprint
from foundry.checkpoint import Best, Checkpoint, Progress
from foundry.data import Data, Split
from foundry.divergence import DivergenceWatch
from foundry.evaluate import logits, loss_and_accuracy
from foundry.fit import check_fits, threads_for
from foundry.metrics import Metrics, Recorder, Series, point
from foundry.options import TrainOptions, clip_gradients, learning_rate, set_learning_rate
from foundry.outbox import Outbox
from foundry.reproduce import pick_device, reproducible
from foundry.state import RunState

__all__ = ["Checkpoint", "EpochReport", "Metrics", "Series", "TrainOptions", "TrainResult", "train"]


@dataclass(frozen=True)
class EpochReport:
    """What an epoch (from 1, of `epochs`) came to; train figures are means over its rows while they were trained on."""

    epoch: int
    epochs: int
    step: int
    train_loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float
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
        """The best epoch's weights; the latest when there is no best yet."""
        return self.checkpoint.best_weights or self.checkpoint.weights


def train(
    graph: blueprint.Graph,
    data: Data,
    options: TrainOptions,
    *,
    on_metrics: Callable[[Metrics], None],
    on_log: Callable[[str], None],
    on_warning: Callable[[str], None],
    on_epoch: Callable[[EpochReport], None],
    on_checkpoint: Callable[[Checkpoint], None],
    should_stop: Callable[[], bool],
    resume: Checkpoint | None = None,
) -> TrainResult:
    """Train a classifier and keep its best epoch by validation accuracy (of equal ones, the one of lower loss).

    Callbacks run in one thread of their own, in order; what was measured up to a checkpoint is handed over before
    it, and a checkpoint not yet handed over is skipped for a newer one. `on_warning` hears of what a person should look
    at: a run that has diverged. `should_stop` is asked before every batch,
    in the loop itself: it must be quick. An error in a callback ends the run and is raised here.
    Raises FoundryError where graph, data, options and checkpoint do not belong together.
    """
    check_fits(graph, data)
    if resume:
        resume.check_fits(graph, options)
    device = pick_device(options.device)
    threads = options.threads or (resume.threads if resume else threads_for(graph, options.batch_size))
    with reproducible(options.seed, threads, device), Outbox() as outbox:
        state = RunState(graph, options, device)
        if resume:
            state.restore(resume)
            outbox.post(on_log, _resume_message(resume))
        watch = DivergenceWatch(on_warning)

        def measured(metrics: Metrics) -> None:
            on_metrics(metrics)
            watch.see(metrics)

        recorder = Recorder(
            lambda batch: outbox.post(lambda: measured(batch.read())), state.progress.step, state.figures
        )
        train_split, val_split = _to_device(data.train, device), _to_device(data.val, device)
        sizes = [rows.stop - rows.start for rows in batch_bounds(len(train_split), options.batch_size)]
        started = time.perf_counter()
        reports: list[EpochReport] = []
        status: Literal["completed", "stopped"] = "completed"

        for epoch in range(state.progress.epoch, options.epochs):
            epoch_started = time.perf_counter()
            if not train_epoch(state, train_split, recorder, should_stop):
                status = "stopped"
                break
            train_loss, train_accuracy = recorder.finish_epoch(sizes)
            val_scores = logits(state.model, val_split.inputs, state.heads)
            val_loss, val_accuracy = loss_and_accuracy(val_scores, val_split.targets)
            step = state.progress.step
            state.keep_if_best(Best(epoch + 1, step, val_accuracy, val_loss))
            state.progress = Progress(epoch + 1, 0, step)

            seconds = time.perf_counter() - epoch_started
            report = EpochReport(
                epoch + 1, options.epochs, step, train_loss, train_accuracy, val_loss, val_accuracy, seconds
            )
            reports.append(report)
            outbox.post(measured, {"val/loss": point(step, val_loss), "val/accuracy": point(step, val_accuracy)})
            outbox.post(on_epoch, report)
            if (epoch + 1) % options.checkpoint_every == 0 and epoch + 1 < options.epochs:
                outbox.post_newest(on_checkpoint, state.checkpoint(recorder.epoch_so_far()))

        checkpoint = state.checkpoint(recorder.epoch_so_far())
        outbox.post_newest(on_checkpoint, checkpoint)
        outbox.post(on_log, f"{status} after step {state.progress.step}")
        return TrainResult(status, checkpoint, tuple(reports), time.perf_counter() - started)


def train_epoch(state: RunState, split: Split, recorder: Recorder, should_stop: Callable[[], bool]) -> bool:
    """Train the rest of the current epoch; False when `should_stop` said so before it was over."""
    options, progress = state.options, state.progress
    order = permutation(options.seed, progress.epoch, len(split)).to(state.device)
    bounds = batch_bounds(len(split), options.batch_size)
    total_steps = options.epochs * len(bounds)
    state.model.train()
    recorder.restart_clock()

    for position in range(progress.position, len(bounds)):
        if should_stop():
            return False
        rows = order[bounds[position]]
        inputs, targets = split.inputs[rows], split.targets[rows]
        rate = learning_rate(options, state.progress.step, total_steps)
        set_learning_rate(state.optimizer, rate)

        scores, auxiliary = state.forward(inputs)
        loss = F.cross_entropy(scores.float(), targets, label_smoothing=options.label_smoothing) + auxiliary
        state.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        clip_gradients(state.parameters, options.clip_norm)
        state.optimizer.step()

        hits = (scores.detach().argmax(1) == targets).sum(dtype=torch.float32)
        recorder.step(rate, len(rows), loss.detach(), hits)
        state.progress = Progress(progress.epoch, position + 1, state.progress.step + 1)
    return True


def permutation(seed: int, epoch: int, size: int) -> Tensor:
    """The order of rows in an epoch: a pure function of its arguments, whatever was drawn before."""
    digest = hashlib.sha256(f"{seed}/{epoch}".encode()).digest()
    generator = torch.Generator().manual_seed(int.from_bytes(digest[:8], "big") >> 1)
    return torch.randperm(size, generator=generator)


def batch_bounds(size: int, batch_size: int) -> list[slice]:
    """Slices of an epoch's order. A last batch of one row joins the one before it: batch norm needs two."""
    starts = list(range(0, size, batch_size))
    if size % batch_size == 1 and len(starts) > 1:
        starts.pop()
    return [slice(start, end) for start, end in zip(starts, [*starts[1:], size], strict=True)]


def _to_device(split: Split, device: torch.device) -> Split:
    return Split(split.inputs.to(device), split.targets.to(device), split.rows)


def _resume_message(checkpoint: Checkpoint) -> str:
    message = f"resumed at epoch {checkpoint.progress.epoch + 1}, batch {checkpoint.progress.position + 1}"
    if (checkpoint.torch, checkpoint.threads) == (torch.__version__, torch.get_num_threads()):
        return message
    return f"{message}; torch or its threads differ from the checkpoint's, so results will not be equal bit for bit"
