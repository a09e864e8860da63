"""What a run may ask for, and what it is refused with."""

import pytest

from foundry.options import OPTIMIZERS, PRECISIONS, SCHEDULES, TrainOptions
from kernel import launcher
from kernel.errors import Rejected
from neuralforge.training.v1 import service_pb2 as api
from services.training.devices import describe
from services.training.options import CHOICES, complete_limit, complete_name, complete_options
from services.training.worker import train_options


def test_defaults_are_the_trainers_own():
    assert train_options(complete_options(api.TrainingOptions()), "cpu") == TrainOptions()


def test_choices_are_the_trainers_own():
    assert [set(CHOICES[name]) for name in ("optimizer", "scheduler", "precision")] == [
        set(OPTIMIZERS),
        set(SCHEDULES),
        set(PRECISIONS),
    ]


def test_what_was_given_stays():
    given = api.TrainingOptions(
        epochs=3,
        batch_size=16,
        learning_rate=0.1,
        weight_decay=0.0,
        optimizer="sgd",
        scheduler="constant",
        warmup_epochs=0.5,
        clip_norm=1.0,
        label_smoothing=0.1,
        seed=2**63 - 1,
        precision="bfloat16",
    )
    assert complete_options(given) == given


REFUSED = [
    ({"epochs": -1}, "epochs must lie between 1 and 100000, not -1"),
    ({"batch_size": 2**21}, "batch_size must lie between 1 and 1.04858e"),
    ({"learning_rate": float("nan")}, "learning_rate must lie between"),
    ({"learning_rate": -0.1}, "learning_rate must lie between"),
    ({"weight_decay": -1.0}, "weight_decay must lie between 0 and 1000, not -1"),
    ({"optimizer": "lion"}, "optimizer must be one of adamw, adam, sgd, rmsprop, not 'lion'"),
    ({"scheduler": "step"}, "scheduler must be one of cosine, constant, not 'step'"),
    ({"precision": "float16"}, "precision must be one of float32, bfloat16, not 'float16'"),
    ({"label_smoothing": 1.5}, "label_smoothing must lie between 0 and 1, not 1.5"),
    ({"seed": -1}, "seed must lie between"),
]


@pytest.mark.parametrize(("options", "sentence"), REFUSED, ids=lambda value: str(value)[:30])
def test_rejected_options(options, sentence):
    with pytest.raises(Rejected) as refusal:
        complete_options(api.TrainingOptions(**options))
    assert refusal.value.message.startswith(sentence)
    assert refusal.value.field == f"options.{next(iter(options))}"


def test_the_limit_is_an_hour_unless_given():
    assert complete_limit(0) == 3_600_000
    assert complete_limit(5_000) == 5_000


@pytest.mark.parametrize("limit", [-1, 999, 7 * 24 * 3_600_000 + 1])
def test_rejected_limits(limit):
    with pytest.raises(Rejected, match="limit_milliseconds must lie between"):
        complete_limit(limit)


def test_names():
    assert complete_name("  mine ", "run-1") == "mine"
    assert complete_name(" ", "run-1") == "run-1"
    for bad, amiss in (("x" * 101, "this one has 101"), ("x" * 40 + "\u202e" + "y" * 49, r"U\+202E .*number 41 of 90")):
        with pytest.raises(Rejected, match=f"a run's name has 1 to 100 printable characters; {amiss}"):
            complete_name(bad, "")


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        ("Tesla T4", "t4"),
        ("NVIDIA A10G", "a10g"),
        ("NVIDIA A100-SXM4-40GB", "a100"),
        ("NVIDIA H100 80GB HBM3", "h100"),
        ("NVIDIA GeForce RTX 4090", "cuda"),
        ("NVIDIA A10", "cuda"),
    ],
)
def test_a_gpus_kind_is_what_plans_price(model, kind):
    assert describe(launcher.Device("cuda:0", "cuda", 1, model)).kind == kind
