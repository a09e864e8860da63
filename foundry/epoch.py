"""One epoch of training: its batches in an order of its own, then validation."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from foundry.checkpoint import Best, Progress
from foundry.data import Split
from foundry.evaluate import logits, loss_and_accuracy
from foundry.metrics import Recorder
from foundry.options import clip_gradients, learning_rate, set_learning_rate
from foundry.state import RunState


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


def run_epoch(
    state: RunState, train: Split, validation: Split, recorder: Recorder, should_stop: Callable[[], bool]
) -> EpochReport | None:
    """Train the rest of the current epoch, validate, keep the best; None when `should_stop` said so before its end."""
    options, epoch, started = state.options, state.progress.epoch + 1, time.perf_counter()
    if not train_epoch(state, train, recorder, should_stop):
        return None
    sizes = [rows.stop - rows.start for rows in batch_bounds(len(train), options.batch_size)]
    train_loss, train_accuracy = recorder.finish_epoch(sizes)
    loss, accuracy = loss_and_accuracy(logits(state.model, validation.inputs, state.heads), validation.targets)
    step = state.progress.step
    state.keep_if_best(Best(epoch, step, accuracy, loss))
    state.progress = Progress(epoch, 0, step)
    seconds = time.perf_counter() - started
    return EpochReport(epoch, options.epochs, step, train_loss, train_accuracy, loss, accuracy, seconds)


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
