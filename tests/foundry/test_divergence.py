"""A run that diverges says so once, and an epoch of it from before is worth more than any after."""

import json
import math
from itertools import permutations

import pytest
import torch
from safetensors import safe_open

import blueprint
from foundry.checkpoint import FILE, Best, Checkpoint
from foundry.options import TrainOptions
from tests.foundry.networks import INPUT, Listener, graph, run

NAN, INFINITY = math.nan, math.inf
# Five steps an epoch; the loss is 1e25 after the first and no number in the second.
DIVERGING = TrainOptions(epochs=40, warmup=40, batch_size=32, optimizer="sgd", learning_rate=100, threads=1)


@pytest.fixture(scope="module")
def diverged(few):
    listener = Listener(stop_after=15)
    return listener, run(blueprint.instantiate("digits-mlp"), few, DIVERGING, listener)


def test_it_says_once_since_when_and_what_to_do(diverged):
    listener, _ = diverged
    losses = listener.series()["train/loss"]
    first = next(step for step, loss in losses.items() if not math.isfinite(loss))
    assert 5 < first <= 10
    advice = "lower the learning rate or clip gradients"
    assert listener.warnings == [f"the loss is not a number since step {first}; {advice}"]


def test_the_epoch_before_is_the_best(diverged):
    listener, result = diverged
    assert [math.isfinite(report.val_loss) for report in listener.reports] == [True, False, False]
    assert (result.best.epoch, math.isfinite(result.best.loss)) == (1, True)
    assert all(torch.isfinite(weight).all() for weight in result.weights.values())


def test_a_run_in_order_has_nothing_to_warn_of(trained):
    assert trained[0].warnings == []


def test_a_network_that_never_gave_numbers_is_not_told_to_learn_slower(few):
    network = graph(
        "lost",
        INPUT,
        ("log", "Lambda", {"expression": "log(x - x)"}),
        ("flat", "Flatten", {}),
        ("fc", "Linear", {"out_features": 10}),
        ("out", "Output", {}),
    )
    listener = Listener(stop_after=1)
    run(network, few, TrainOptions(batch_size=32, threads=1), listener)
    assert listener.warnings == [
        "the loss is not a number from the first step on; look for a layer that divides by zero or takes its log"
    ]


@pytest.mark.parametrize("lost", [NAN, INFINITY])
def test_any_epoch_with_a_loss_beats_one_without(lost):
    best_first = [Best(3, 30, 0.2, 1.0), Best(4, 40, 0.2, 2.0), Best(2, 20, 0.1, 1.0), Best(1, 10, 0.9, lost)]
    for order in permutations(best_first):
        best = None
        for epoch in order:
            best = epoch if epoch.beats(best) else best
        assert best == best_first[0]


def test_its_checkpoint_is_json_throughout_and_can_be_gone_on_from(few, tmp_path):
    network = blueprint.instantiate("digits-mlp")
    options = TrainOptions(epochs=3, batch_size=32, optimizer="sgd", learning_rate=1000, threads=1)
    stopped = run(network, few, options, Listener(stop_after=7))
    assert math.isnan(stopped.best.loss)
    stopped.checkpoint.save(tmp_path)
    with safe_open(tmp_path / FILE, "pt") as file:
        header = json.loads(file.metadata()["neuralforge"], parse_constant=pytest.fail)
    assert header["best"]["loss"] is None
    resumed = run(network, few, options, resume=Checkpoint.load(tmp_path, network))
    assert (resumed.status, resumed.best.epoch, math.isnan(resumed.best.loss)) == ("completed", 1, True)
