"""The loop learns, reports what it does as it does it, and refuses what cannot be trained."""

import dataclasses
import time
from itertools import pairwise
from statistics import median

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import blueprint
from foundry.build import build
from foundry.epoch import batch_bounds, permutation
from foundry.errors import FoundryError
from foundry.evaluate import evaluate
from foundry.options import TrainOptions
from tests.foundry.networks import INPUT, Listener, graph, run

SHORT = TrainOptions(epochs=2, batch_size=32, threads=1)


def test_the_digits_cnn_learns_to_read(trained, cnn, data):
    _, result = trained
    module = build(cnn)
    module.load_state_dict(result.weights)
    assert evaluate(module, data.test, data.classes).accuracy >= 0.97


def test_every_step_and_every_epoch_is_reported_once(trained, data):
    listener, result = trained
    series = listener.series()
    steps = list(range(1, 20 * 20 + 1))
    for name in ("train/loss", "train/accuracy", "learning_rate"):
        assert list(series[name]) == steps
    for name in ("val/loss", "val/accuracy"):
        assert list(series[name]) == list(range(20, 401, 20))
    assert [report.epoch for report in listener.reports] == list(range(1, 21))
    assert sum(len(points.steps) for batch in listener.metrics for points in [batch.get("train/loss")] if points) == 400
    assert all(points.steps.dtype == np.int64 for batch in listener.metrics for points in batch.values())
    assert all(points.values.dtype == np.float32 for batch in listener.metrics for points in batch.values())
    assert len(listener.reports) == len(result.reports)


def test_a_step_is_heard_of_soon(data):
    """Steps of under a millisecond, in an epoch that is long enough for them to be gathered."""
    asked, heard = [], {}

    class Clocked(Listener):
        def should_stop(self):
            asked.append(time.monotonic())  # before step n + 1, so just after step n
            return False

    def hear(metrics):
        heard.update(dict.fromkeys(metrics.get("train/loss", ((), ()))[0], time.monotonic()))

    listener = Clocked()
    listener.metrics = type("Sink", (), {"append": staticmethod(hear)})  # type: ignore[assignment]
    run(blueprint.instantiate("digits-mlp"), data, TrainOptions(epochs=1, batch_size=1, threads=1), listener)
    delays = [heard[step] - asked[step] for step in range(1, len(asked))]
    assert median(delays) < 0.1, f"{1000 * median(delays):.0f} ms of {asked[-1] - asked[0]:.1f} s"


def test_the_best_epoch_is_kept(trained):
    listener, result = trained
    best = min(listener.reports, key=lambda report: (-report.val_accuracy, report.val_loss))
    assert (result.best.epoch, result.best.accuracy, result.best.loss) == (best.epoch, best.val_accuracy, best.val_loss)


def test_epoch_figures_are_the_means_of_their_steps(residual, few):
    listener = Listener()
    run(residual, few, SHORT, listener)
    sizes = np.array([32, 32, 32, 32, 33])
    losses = np.array([listener.series()["train/loss"][step] for step in range(1, 6)])
    assert listener.reports[0].train_loss == pytest.approx((losses * sizes).sum() / sizes.sum())


def test_the_same_seed_gives_the_same_bits_and_leaves_the_caller_alone(residual, few):
    torch.manual_seed(1)
    before = torch.get_rng_state(), torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    first = run(residual, few, SHORT)
    assert torch.equal(before[0], torch.get_rng_state())
    assert before[1:] == (torch.get_num_threads(), torch.are_deterministic_algorithms_enabled())
    torch.manual_seed(2)
    again, other = run(residual, few, SHORT), run(residual, few, dataclasses.replace(SHORT, seed=1))
    assert all(torch.equal(first.weights[key], again.weights[key]) for key in first.weights)
    assert not all(torch.equal(first.weights[key], other.weights[key]) for key in first.weights)


def test_the_learning_rate_warms_up_then_follows_the_cosine(residual, few):
    listener = Listener()
    run(residual, few, dataclasses.replace(SHORT, epochs=4, warmup=1.0, learning_rate=0.01), listener)
    rates = list(listener.series()["learning_rate"].values())
    assert rates[:5] == pytest.approx([0.002, 0.004, 0.006, 0.008, 0.01])
    assert rates[5] == pytest.approx(0.01)
    assert all(earlier > later for earlier, later in pairwise(rates[5:]))
    assert 0 < rates[-1] < 0.001


def test_clipping_bounds_what_a_step_can_do(residual, few):
    """With plain SGD, no momentum yet and no decay, the first step is at most rate * clip_norm long."""
    options = TrainOptions(
        epochs=1, batch_size=1000, optimizer="sgd", weight_decay=0, clip_norm=1e-3, learning_rate=1.0, threads=1
    )
    torch.manual_seed(0)
    start = dict(build(residual).named_parameters())
    end = run(residual, few, options).checkpoint.weights
    moved = torch.cat([(end[name] - value).flatten() for name, value in start.items()]).norm().item()
    assert 0 < moved <= 1.91e-3  # nesterov's first step is (1 + momentum) times the gradient


def test_bfloat16_trains_too(residual, few):
    listener = Listener()
    result = run(residual, few, dataclasses.replace(SHORT, precision="bfloat16", epochs=6), listener)
    assert listener.reports[-1].train_loss < listener.reports[0].train_loss
    assert all(value.dtype != torch.bfloat16 for value in result.weights.values())


def test_an_error_in_a_callback_ends_the_run_and_is_raised(residual, few):
    class Lost(Exception):
        pass

    def fail(_):
        raise Lost

    listener = Listener()
    listener.metrics = type("Sink", (), {"append": staticmethod(fail)})  # type: ignore[assignment]
    with pytest.raises(Lost):
        run(residual, few, dataclasses.replace(SHORT, epochs=1000), listener)
    assert listener.batches < 5000


def test_metrics_arrive_before_the_checkpoint_they_led_to(residual, few):
    listener, order = Listener(), []
    listener.metrics = type("Sink", (), {"append": staticmethod(lambda m: order.append(("m", max_step(m))))})  # type: ignore[assignment]
    listener.checkpoints = type("Sink", (), {"append": staticmethod(lambda c: order.append(("c", c.progress.step)))})  # type: ignore[assignment]
    run(residual, few, SHORT, listener)
    assert order[-1] == ("c", 10)
    for i, (kind, step) in enumerate(order):
        if kind == "c":
            assert max(s for k, s in order[:i] if k == "m") == step


def max_step(metrics):
    return max(int(points.steps.max()) for points in metrics.values())


@given(size=st.integers(1, 500), batch_size=st.integers(1, 64))
def test_batches_cover_an_epoch_and_none_but_a_whole_one_has_a_single_row(size, batch_size):
    bounds = batch_bounds(size, batch_size)
    assert [i for rows in bounds for i in range(rows.start, rows.stop)] == list(range(size))
    if size > 1 and batch_size > 1:
        assert all(rows.stop - rows.start > 1 for rows in bounds)


def test_every_epoch_has_its_own_order(few):
    """At learning rate 0 the network stays as it is, so a batch's loss tells which rows were in it."""
    listener = Listener()
    run(linear_to(10), few, dataclasses.replace(SHORT, learning_rate=0.0), listener)
    losses = list(listener.series()["train/loss"].values())
    assert losses[:5] != losses[5:]
    assert listener.reports[0].train_loss == pytest.approx(listener.reports[1].train_loss, rel=1e-5)


def test_the_order_of_rows_depends_on_seed_and_epoch_only():
    torch.manual_seed(0)
    first = permutation(3, 4, 100)
    torch.manual_seed(1)
    assert torch.equal(first, permutation(3, 4, 100))
    assert sorted(first.tolist()) == list(range(100))
    assert not torch.equal(first, permutation(3, 5, 100))
    assert not torch.equal(first, permutation(4, 4, 100))


def linear_to(classes, shape=("B", 1, 8, 8)):
    layers = [("in", "Input", {"shape": list(shape)}), ("f", "Flatten", {}), ("l", "Linear", {"out_features": classes})]
    return graph("net", *layers, ("out", "Output", {}))


REFUSED = {
    "gives \\[7\\] per sample; the 10 classes need \\[10\\]": linear_to(7),
    "takes \\[1, 4, 4\\] but the data are \\[1, 8, 8\\]": linear_to(10, ("B", 1, 4, 4)),
    "2 Output nodes": graph(
        "two",
        INPUT,
        ("f", "Flatten", {}),
        ("l", "Linear", {"out_features": 10}),
        ("a", "Output", {}),
        ("b", "Output", {}),
        edges=[("in", "f"), ("f", "l"), ("l", "a"), ("l", "b")],
    ),
    "Conv2d|conv": graph("bad", INPUT, ("c", "Conv2d", {"kernel_size": 3}), ("out", "Output", {})),
}


@pytest.mark.parametrize("words", REFUSED)
def test_rejected_network(words, few):
    with pytest.raises(FoundryError, match=words) as refusal:
        run(REFUSED[words], few, SHORT)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", 0),
        ("batch_size", 0),
        ("learning_rate", float("nan")),
        ("optimizer", "magic"),
        ("scheduler", "magic"),
        ("precision", "float8"),
        ("label_smoothing", 1.5),
        ("threads", -1),
    ],
)
def test_rejected_options(name, value):
    with pytest.raises(FoundryError, match=f"^{name} must"):
        TrainOptions(**{name: value})


def test_rejected_device(residual, few):
    with pytest.raises(FoundryError, match="device 'cuda:77' is not available"):
        run(residual, few, dataclasses.replace(SHORT, device="cuda:77"))
