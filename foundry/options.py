"""How a network is trained: the options, and the registries of optimisers and schedules they choose from.

A new optimiser or schedule is one entry in a table here; nothing else changes.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from foundry.errors import FoundryError

PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


@dataclass(frozen=True)
class TrainOptions:
    """Everything that decides a run besides graph and data. The defaults suit the digits demo.

    `warmup` is the number of epochs (a fraction is fine) over which the learning rate rises linearly; `clip_norm` 0
    means no clipping; `checkpoint_every` counts epochs; `threads` 0 lets `foundry.fit.threads_for` choose (the number
    used is recorded). A `label_smoothing` of 0.1 keeps scores small, and with them the rounding an export is judged
    by: on the digits it halved the largest difference to ONNX (8e-6 to 4e-6) and cost no accuracy. Results are equal
    bit for bit only for equal threads, device and torch version.
    """

    epochs: int = 20
    batch_size: int = 64
    learning_rate: float = 2e-3
    weight_decay: float = 0.01
    optimizer: str = "adamw"
    scheduler: str = "cosine"
    warmup: float = 0.0
    clip_norm: float = 0.0
    label_smoothing: float = 0.0
    seed: int = 0
    device: str = "cpu"
    precision: str = "float32"
    checkpoint_every: int = 1
    threads: int = 0

    def __post_init__(self) -> None:
        for name, low, high in _RANGES:
            value = getattr(self, name)
            if not low <= value <= high:  # false for NaN too
                raise FoundryError(f"{name} must lie between {low:g} and {high:g}, not {value!r}")
        for name, known in (("optimizer", OPTIMIZERS), ("scheduler", SCHEDULES), ("precision", PRECISIONS)):
            if getattr(self, name) not in known:
                raise FoundryError(f"{name} must be one of {', '.join(known)}, not {getattr(self, name)!r}")


_RANGES = (
    ("epochs", 1, 100_000),
    ("batch_size", 1, 2**20),
    ("learning_rate", 0, 1e3),
    ("weight_decay", 0, 1e3),
    ("warmup", 0, 100_000),
    ("clip_norm", 0, 1e9),
    ("label_smoothing", 0, 1),
    ("seed", 0, 2**63 - 1),
    ("checkpoint_every", 1, 100_000),
    ("threads", 0, 1024),
)

Parameters = Iterable[nn.Parameter]

OPTIMIZERS: dict[str, Callable[[Parameters, TrainOptions], torch.optim.Optimizer]] = {
    "adamw": lambda p, o: torch.optim.AdamW(p, lr=o.learning_rate, weight_decay=o.weight_decay, fused=True),
    "adam": lambda p, o: torch.optim.Adam(p, lr=o.learning_rate, weight_decay=o.weight_decay, fused=True),
    "sgd": lambda p, o: torch.optim.SGD(
        p, lr=o.learning_rate, weight_decay=o.weight_decay, momentum=0.9, nesterov=True, fused=True
    ),
    "rmsprop": lambda p, o: torch.optim.RMSprop(p, lr=o.learning_rate, weight_decay=o.weight_decay),
}

# A schedule maps the share of the run that is done (0 to 1) to a factor of the learning rate.
SCHEDULES: dict[str, Callable[[float], float]] = {
    "constant": lambda done: 1.0,
    "cosine": lambda done: 0.5 * (1 + math.cos(math.pi * done)),
}


def learning_rate(options: TrainOptions, step: int, total_steps: int) -> float:
    """The rate for step 0 to total_steps - 1. A pure function of the step, so resuming needs no schedule state."""
    warmup_steps = round(options.warmup * total_steps / options.epochs)
    if step < warmup_steps:
        return options.learning_rate * (step + 1) / warmup_steps
    done = (step - warmup_steps) / max(1, total_steps - warmup_steps)
    return options.learning_rate * SCHEDULES[options.scheduler](done)


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Let the next step of every parameter group use `rate`."""
    for group in optimizer.param_groups:
        group["lr"] = rate


def clip_gradients(parameters: Iterable[Tensor], clip_norm: float) -> None:
    """Scale the gradients down to a total 2-norm of `clip_norm`; 0 leaves them as they are."""
    if clip_norm:
        nn.utils.clip_grad_norm_(parameters, clip_norm)
