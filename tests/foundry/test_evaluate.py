"""Evaluation agrees with scikit-learn, and says "no data" where there is none."""

import json

import pytest
import torch
from sklearn.metrics import confusion_matrix, log_loss, precision_recall_fscore_support
from torch import nn

from foundry.data import Split
from foundry.evaluate import evaluate, logits


def split_of(targets):
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(len(targets), 4, generator=generator)
    return Split(inputs, targets, torch.arange(len(targets)))


def test_figures_agree_with_scikit_learn():
    torch.manual_seed(0)
    module, split = nn.Linear(4, 3), split_of(torch.arange(900) % 3)
    result = evaluate(module, split, ("a", "b", "c"))
    scores = module(split.inputs).detach()
    predicted = scores.argmax(1)
    precision, recall, f1, support = precision_recall_fscore_support(split.targets, predicted)
    for i, figures in enumerate(result.classes):
        assert (figures.precision, figures.recall, figures.f1) == pytest.approx((precision[i], recall[i], f1[i]))
        assert figures.support == support[i]
    assert [list(row) for row in result.confusion] == confusion_matrix(split.targets, predicted).tolist()
    assert result.loss == pytest.approx(log_loss(split.targets, scores.softmax(1)), rel=1e-5)
    assert result.accuracy == pytest.approx((predicted == split.targets).float().mean().item())
    json.dumps(result.to_json(), allow_nan=False)


def test_a_class_that_never_occurs_has_no_figures():
    always_first = nn.Linear(4, 2)
    nn.init.zeros_(always_first.weight)
    always_first.bias.data = torch.tensor([1.0, 0.0])
    result = evaluate(always_first, split_of(torch.zeros(5, dtype=torch.int64)), ("seen", "unseen"))
    assert (result.classes[1].precision, result.classes[1].recall, result.classes[1].f1) == (None, None, None)
    assert result.classes[0].f1 == 1.0


def test_a_loss_that_is_no_number_is_null_in_json():
    lost = nn.Linear(4, 2)
    nn.init.constant_(lost.weight, float("nan"))
    result = evaluate(lost, split_of(torch.arange(6) % 2), ("a", "b"))
    written = json.loads(json.dumps(result.to_json(), allow_nan=False))
    assert (written["loss"], written["accuracy"], written["samples"]) == (None, 0.5, 6)


def test_logits_leave_the_mode_as_it_was():
    module = nn.Dropout(0.5).train()
    inputs = torch.ones(4, 2)
    assert torch.equal(logits(module, inputs), inputs)
    assert module.training
