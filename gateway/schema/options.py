"""How a network is trained."""

from dataclasses import asdict

import strawberry

from gateway.scalars import BigInt
from neuralforge.training.v1 import service_pb2 as api


@strawberry.input(description="What is left out has the trainer's default.")
class TrainingOptionsInput:
    epochs: int | None = None
    batch_size: int | None = None
    learning_rate: float | None = None
    weight_decay: float | None = None
    optimizer: str | None = None
    scheduler: str | None = None
    warmup_epochs: float | None = None
    clip_norm: float | None = None
    label_smoothing: float | None = None
    seed: BigInt | None = None
    precision: str | None = None


@strawberry.type
class TrainingOptions:
    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    optimizer: str
    scheduler: str
    warmup_epochs: float
    clip_norm: float
    label_smoothing: float
    seed: BigInt
    precision: str


def options_message(given: TrainingOptionsInput | None) -> api.TrainingOptions:
    """Only what was given, so that the trainer fills in its defaults."""
    values = asdict(given) if given else {}
    return api.TrainingOptions(**{name: value for name, value in values.items() if value is not None})


def training_options(message: api.TrainingOptions) -> TrainingOptions:
    return TrainingOptions(
        epochs=message.epochs,
        batch_size=message.batch_size,
        learning_rate=message.learning_rate,
        weight_decay=message.weight_decay,
        optimizer=message.optimizer,
        scheduler=message.scheduler,
        warmup_epochs=message.warmup_epochs,
        clip_norm=message.clip_norm,
        label_smoothing=message.label_smoothing,
        seed=BigInt(message.seed),
        precision=message.precision,
    )
