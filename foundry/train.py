"""Training, as a text one reads from top to bottom.

Data stay on the device as two tensors and batches are picked by an index permutation; the optimiser is fused;
metrics leave the device in batches; callbacks run in a thread of their own. `python -m bench.training` compares the
whole of it, live metrics, validation and checkpoints included, with hand-written loops.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

import blueprint
from foundry.checkpoint import Best, Checkpoint
from foundry.data import Data, Split
from foundry.divergence import DivergenceWatch
from foundry.epoch import EpochReport, run_epoch
from foundry.fit import check_fits, threads_for
from foundry.metrics import Metrics, Recorder, point
from foundry.options import TrainOptions
from foundry.outbox import Outbox
from foundry.reproduce import pick_device, reproducible
from foundry.state import RunState


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
        measured = _watched(on_metrics, DivergenceWatch(on_warning))
        recorder = Recorder(
            lambda batch: outbox.post(lambda: measured(batch.read())), state.progress.step, state.figures
        )
        train_split, val_split = _to_device(data.train, device), _to_device(data.val, device)
        started = time.perf_counter()
        reports: list[EpochReport] = []
        status: Literal["completed", "stopped"] = "completed"

        for epoch in range(state.progress.epoch + 1, options.epochs + 1):
            report = run_epoch(state, train_split, val_split, recorder, should_stop)
            if report is None:
                status = "stopped"
                break
            reports.append(report)
            validation = {"val/loss": report.val_loss, "val/accuracy": report.val_accuracy}
            outbox.post(measured, {name: point(report.step, value) for name, value in validation.items()})
            outbox.post(on_epoch, report)
            if epoch % options.checkpoint_every == 0 and epoch < options.epochs:
                outbox.post_newest(on_checkpoint, state.checkpoint(recorder.epoch_so_far()))

        checkpoint = state.checkpoint(recorder.epoch_so_far())
        outbox.post_newest(on_checkpoint, checkpoint)
        outbox.post(on_log, f"{status} after step {state.progress.step}")
        return TrainResult(status, checkpoint, tuple(reports), time.perf_counter() - started)


def _watched(on_metrics: Callable[[Metrics], None], watch: DivergenceWatch) -> Callable[[Metrics], None]:
    def measured(metrics: Metrics) -> None:
        on_metrics(metrics)
        watch.see(metrics)

    return measured


def _to_device(split: Split, device: torch.device) -> Split:
    return Split(split.inputs.to(device), split.targets.to(device), split.rows)


def _resume_message(checkpoint: Checkpoint) -> str:
    message = f"resumed at epoch {checkpoint.progress.epoch + 1}, batch {checkpoint.progress.position + 1}"
    if (checkpoint.torch, checkpoint.threads) == (torch.__version__, torch.get_num_threads()):
        return message
    return f"{message}; torch or its threads differ from the checkpoint's, so results will not be equal bit for bit"
