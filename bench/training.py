"""Training the digits CNN with live metrics, beside two hand-written loops doing the same epochs in the same run.

The references are what a person would write: (a) AdamW over a shuffling DataLoader; (b) tensors kept whole, batches
by index, fused AdamW. Same blueprint, data, batch size and threads, and a validation pass after every epoch in all
three. Ours also emits metrics, follows a schedule, keeps the best weights and hands over a checkpoint per epoch.
Repeats are interleaved and each contender's fastest counts, since other work on the machine can only add time; a
ratio above 1 means that ours is faster.
"""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

import blueprint
from bench.rows import Row, Target
from foundry.build import build
from foundry.data import Data, Split, digits
from foundry.fit import threads_for
from foundry.options import TrainOptions
from foundry.reproduce import environment
from foundry.train import train

EPOCHS = 5
REPEATS = 9
TARGETS = {"dataloader": 1.0, "resident": 0.9}
REFERENCES = {"dataloader": "AdamW over a DataLoader", "resident": "fused AdamW over resident tensors"}


def measure() -> dict[str, object]:
    """Samples per second of each contender, and our ratio to each reference."""
    graph, data, options = blueprint.instantiate("digits-cnn"), digits(), TrainOptions(epochs=EPOCHS)
    threads = threads_for(graph, options.batch_size) or torch.get_num_threads()
    torch.set_num_threads(threads)
    contenders: dict[str, Callable[[], None]] = {
        "ours": lambda: ours(graph, data, options),
        "dataloader": lambda: dataloader_loop(graph, data, options),
        "resident": lambda: resident_loop(graph, data, options),
    }
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for run in contenders.values():
        run()  # warm up
    for _ in range(REPEATS):
        for name, run in contenders.items():
            started = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - started)
    samples = EPOCHS * len(data.train)
    fastest = {name: min(times) for name, times in seconds.items()}
    ratios = {name: round(fastest[name] / fastest["ours"], 3) for name in TARGETS}
    return {
        "samples_per_second": {name: round(samples / time) for name, time in fastest.items()},
        "ratios": ratios,
        "repeats": REPEATS,
        "threads": threads,
        "cpu": environment()["cpu"],
    }


def rows(found: Mapping[str, Any]) -> list[Row]:
    rates, ratios = found["samples_per_second"], found["ratios"]
    return [
        Row(
            f"training: digits CNN, beside {REFERENCES[name]}",
            "samples/s",
            rates["ours"],
            rates[name],
            ratios[name],
            Target("ratio", ">=", target),
        )
        for name, target in TARGETS.items()
    ]


def ours(graph: blueprint.Graph, data: Data, options: TrainOptions) -> None:
    """The product's own training, live metrics and checkpoints included."""
    received: list[object] = []
    train(
        graph,
        data,
        options,
        on_metrics=received.append,
        on_log=received.append,
        on_warning=received.append,
        on_epoch=received.append,
        on_checkpoint=received.append,
        should_stop=lambda: False,
    )


def dataloader_loop(graph: blueprint.Graph, data: Data, options: TrainOptions) -> None:
    """AdamW as it comes, over a DataLoader."""
    torch.manual_seed(options.seed)
    model = build(graph)
    optimizer = torch.optim.AdamW(model.parameters(), lr=options.learning_rate, weight_decay=options.weight_decay)
    loader = DataLoader(TensorDataset(data.train.inputs, data.train.targets), options.batch_size, shuffle=True)
    validation = DataLoader(TensorDataset(data.val.inputs, data.val.targets), 512)
    for _ in range(options.epochs):
        model.train()
        for inputs, targets in loader:
            loss = F.cross_entropy(model(inputs), targets)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        for inputs, targets in validation:
            _validate(model, inputs, targets)


def resident_loop(graph: blueprint.Graph, data: Data, options: TrainOptions) -> None:
    """Fused AdamW over tensors kept whole."""
    torch.manual_seed(options.seed)
    model = build(graph)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=options.learning_rate, weight_decay=options.weight_decay, fused=True
    )
    split: Split = data.train
    for _ in range(options.epochs):
        model.train()
        for rows in torch.split(torch.randperm(len(split)), options.batch_size):
            loss = F.cross_entropy(model(split.inputs[rows]), split.targets[rows])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        _validate(model, data.val.inputs, data.val.targets)


@torch.no_grad()
def _validate(model: nn.Module, inputs: torch.Tensor, targets: torch.Tensor) -> tuple[float, float]:
    model.eval()
    scores = model(inputs)
    return F.cross_entropy(scores, targets).item(), (scores.argmax(1) == targets).float().mean().item()


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
