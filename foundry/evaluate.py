"""How good a classifier is on a split: loss, accuracy, figures per class and the confusion matrix."""

from dataclasses import asdict, dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from foundry.data import Split
from foundry.figures import finite
from foundry.heads import SINGLE, Heads, split_heads

BATCH = 512


@dataclass(frozen=True)
class ClassFigures:
    """One class. `precision` is None when the class was never predicted, `recall` when it never occurs (no data),
    `f1` when neither happens."""

    name: str
    precision: float | None
    recall: float | None
    f1: float | None
    support: int


@dataclass(frozen=True)
class Evaluation:
    """`confusion[i][j]` counts samples of class i predicted as class j; `loss` is the mean cross-entropy, NaN where the
    network's scores are no numbers."""

    samples: int
    accuracy: float
    loss: float
    classes: tuple[ClassFigures, ...]
    confusion: tuple[tuple[int, ...], ...]

    def to_json(self) -> dict[str, Any]:
        """Plain dicts, lists and numbers; null for a loss that is no number."""
        return dict(finite(asdict(self)))


@torch.no_grad()
def logits(module: nn.Module, inputs: Tensor, heads: Heads = SINGLE, batch: int = BATCH) -> Tensor:
    """(N, classes) float32 scores in evaluation mode, on the inputs' device; the module's mode is put back."""
    training = module.training
    module.eval()
    try:
        return torch.cat([split_heads(module(part), heads)[0].float() for part in torch.split(inputs, batch)])
    finally:
        module.train(training)


def loss_and_accuracy(scores: Tensor, targets: Tensor) -> tuple[float, float]:
    """Mean cross-entropy and share of right answers."""
    loss = F.cross_entropy(scores, targets)
    right = (scores.argmax(1) == targets).sum()
    return loss.item(), right.item() / len(targets)


def evaluate(module: nn.Module, split: Split, classes: tuple[str, ...]) -> Evaluation:
    """Evaluate on every sample of the split; module and split are on the same device."""
    scores = logits(module, split.inputs)
    loss, accuracy = loss_and_accuracy(scores, split.targets)
    count = len(classes)
    pairs = split.targets * count + scores.argmax(1)
    confusion = torch.bincount(pairs, minlength=count * count).view(count, count).tolist()
    return Evaluation(
        samples=len(split),
        accuracy=accuracy,
        loss=loss,
        classes=tuple(_class_figures(name, i, confusion) for i, name in enumerate(classes)),
        confusion=tuple(tuple(row) for row in confusion),
    )


def _class_figures(name: str, i: int, confusion: list[list[int]]) -> ClassFigures:
    hits = confusion[i][i]
    support = sum(confusion[i])
    predicted = sum(row[i] for row in confusion)
    return ClassFigures(
        name=name,
        precision=_ratio(hits, predicted),
        recall=_ratio(hits, support),
        f1=_ratio(2 * hits, predicted + support),
        support=support,
    )


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
