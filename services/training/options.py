"""What a run may ask for: training options with their defaults and ranges, a limit of device time, a name.

The trainer checks its options as well; here they are refused before anything is held or queued.
"""

from dataclasses import dataclass

from kernel.errors import Rejected
from kernel.names import clean_name
from neuralforge.training.v1 import service_pb2 as api

CHOICES = {
    "optimizer": ("adamw", "adam", "sgd", "rmsprop"),
    "scheduler": ("cosine", "constant"),
    "precision": ("float32", "bfloat16"),
}
DEFAULT_LIMIT_MILLISECONDS = 60 * 60 * 1000
LIMIT_MILLISECONDS = (1_000, 7 * 24 * 60 * 60 * 1000)


@dataclass(frozen=True, slots=True)
class Range:
    """Bounds, both included; `default` stands in for zero."""

    low: float
    high: float
    default: float = 0


RANGES = {
    "epochs": Range(1, 100_000, 20),
    "batch_size": Range(1, 2**20, 64),
    "learning_rate": Range(1e-9, 1e3, 2e-3),
    "warmup_epochs": Range(0, 100_000),
    "clip_norm": Range(0, 1e9),
    "label_smoothing": Range(0, 1),
    "seed": Range(0, 2**63 - 1),
}
WEIGHT_DECAY = Range(0, 1e3, 0.01)


def complete_options(given: api.TrainingOptions) -> api.TrainingOptions:
    """The options with every default filled in; raises Rejected naming the one that cannot be."""
    options = api.TrainingOptions()
    options.CopyFrom(given)
    for name, allowed in RANGES.items():
        value = getattr(options, name) or type(getattr(options, name))(allowed.default)
        setattr(options, name, _within(name, value, allowed))
    decay = options.weight_decay if options.HasField("weight_decay") else WEIGHT_DECAY.default
    options.weight_decay = _within("weight_decay", decay, WEIGHT_DECAY)
    for name, known in CHOICES.items():
        value = getattr(options, name) or known[0]
        if value not in known:
            sentence = f"{name} must be one of {', '.join(known)}, not {value[:40]!r}"
            raise Rejected(sentence, field=f"options.{name}")
        setattr(options, name, value)
    return options


def _within(name: str, value: float, allowed: Range) -> float:
    if not allowed.low <= value <= allowed.high:  # false for NaN too
        sentence = f"{name} must lie between {allowed.low:g} and {allowed.high:g}, not {value:g}"
        raise Rejected(sentence, field=f"options.{name}")
    return value


def complete_limit(milliseconds: int) -> int:
    """The ceiling of device time, an hour where none was asked for."""
    low, high = LIMIT_MILLISECONDS
    if not low <= (milliseconds or DEFAULT_LIMIT_MILLISECONDS) <= high:
        sentence = f"limit_milliseconds must lie between {low} (a second) and {high} (a week), not {milliseconds}"
        raise Rejected(sentence, field="limit_milliseconds")
    return milliseconds or DEFAULT_LIMIT_MILLISECONDS


def complete_name(name: str, default: str) -> str:
    """The run's name, `default` where none was given; raises Rejected."""
    return clean_name(name.strip() or default, "a run")
