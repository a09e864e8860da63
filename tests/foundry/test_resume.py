"""A run interrupted anywhere and resumed ends as if it had never stopped, bit for bit."""

import dataclasses
import json

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from foundry.checkpoint import FILE, Checkpoint
from foundry.errors import FoundryError
from foundry.options import TrainOptions
from tests.foundry.networks import Listener, run

OPTIONS = TrainOptions(epochs=3, batch_size=32, warmup=0.5, clip_norm=1.0, label_smoothing=0.1, threads=1)
WALL_CLOCK = "samples_per_second"


@pytest.fixture(scope="module", params=["adamw", "sgd", "rmsprop"])
def whole(request, residual, few):
    listener, options = Listener(), dataclasses.replace(OPTIONS, optimizer=request.param)
    return options, run(residual, few, options, listener), listener.series()


# 161 rows make 5 batches an epoch (a last one of 33): in the first, middle and last epoch, between two and at its end.
@pytest.mark.parametrize("stop_after", [0, 1, 3, 5, 8, 10, 14])
def test_resumed_run_equals_the_uninterrupted_one(whole, residual, few, tmp_path, stop_after):
    options, result, series = whole
    first = Listener(stop_after)
    stopped = run(residual, few, options, first)
    assert stopped.status == "stopped"
    assert stopped.checkpoint.progress.step == stop_after
    torch.rand(7)  # other work in between draws from the same generators
    stopped.checkpoint.save(tmp_path)

    second = Listener()
    resumed = run(residual, few, options, second, resume=Checkpoint.load(tmp_path, residual))
    assert resumed.status == "completed"
    assert_equal(resumed.checkpoint, result.checkpoint)
    before, after = first.series(), second.series()
    for name in series.keys() - {WALL_CLOCK}:
        assert {**before.get(name, {}), **after.get(name, {})} == series[name], name
        assert not before.get(name, {}).keys() & after.get(name, {}).keys(), name


def test_resumed_from_an_epoch_checkpoint_handed_over_before_a_crash(whole, residual, few, tmp_path):
    options, result, series = whole

    class Crash(Exception):
        pass

    saved = []

    def keep_then_crash(checkpoint):
        saved.append(checkpoint.save(tmp_path))
        raise Crash

    listener = Listener()
    listener.checkpoints = type("Sink", (), {"append": staticmethod(keep_then_crash)})  # type: ignore[assignment]
    with pytest.raises(Crash):
        run(residual, few, options, listener)
    second = Listener()
    resumed = run(residual, few, options, second, resume=Checkpoint.load(tmp_path, residual))
    assert_equal(resumed.checkpoint, result.checkpoint)
    known = {**listener.series()["train/loss"], **second.series()["train/loss"]}
    assert known == series["train/loss"]


def test_a_finished_run_resumes_to_itself(whole, residual, few):
    options, result, _ = whole
    assert_equal(run(residual, few, options, resume=result.checkpoint).checkpoint, result.checkpoint)


def test_rejected_options_that_would_make_it_another_run(whole, residual, few):
    options, result, _ = whole
    with pytest.raises(FoundryError, match="trained with batch_size 32, not 16"):
        run(residual, few, dataclasses.replace(options, batch_size=16), resume=result.checkpoint)


def test_rejected_checkpoint_of_another_blueprint(whole, cnn, few, tmp_path):
    options, result, _ = whole
    result.checkpoint.save(tmp_path)
    with pytest.raises(FoundryError, match="belongs to another blueprint"):
        Checkpoint.load(tmp_path, cnn)
    with pytest.raises(FoundryError, match="belongs to another blueprint"):
        run(cnn, few, options, resume=result.checkpoint)


def test_rejected_truncated_checkpoint(whole, residual, tmp_path):
    _, result, _ = whole
    path = result.checkpoint.save(tmp_path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(FoundryError, match="not a whole safetensors file"):
        Checkpoint.load(tmp_path, residual)


def edit(path, change_header=None, change_tensors=None):
    with safe_open(path, "pt") as file:
        header = json.loads(file.metadata()["neuralforge"])
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    (change_header or dict)(header)
    (change_tensors or dict)(tensors)
    save_file(tensors, path, {"neuralforge": json.dumps(header)})


HOSTILE = {
    "lacks the tensor 'weights/linear_1.bias'": {"change_tensors": lambda t: t.pop("weights/linear_1.bias")},
    "lacks the tensor 'random/cpu'": {"change_tensors": lambda t: t.pop("random/cpu")},
    "'random/cpu' is U8": {"change_tensors": lambda t: t.update({"random/cpu": torch.zeros(3, dtype=torch.uint8)})},
    "'optimizer/0/x' is F32 \\[9\\]": {"change_tensors": lambda t: t.update({"optimizer/0/x": torch.zeros(9)})},
    "a parameter the blueprint lacks": {"change_tensors": lambda t: t.update({"optimizer/99/x": torch.zeros(1)})},
    "has a tensor 'other'": {"change_tensors": lambda t: t.update(other=torch.zeros(1))},
    "not a neuralforge.checkpoint/1 file": {"change_header": lambda h: h.update(schema="other")},
    "not a checkpoint of a training run": {"change_header": lambda h: h["progress"].update(epoch="one")},
    "name the folder a run wrote": {"change_header": lambda h: h["options"].update(magic=1)},
    "epochs must lie between": {"change_header": lambda h: h["options"].update(epochs=0)},
}


@pytest.mark.parametrize("words", HOSTILE)
def test_rejected_hostile_checkpoint(whole, residual, tmp_path, words):
    edit(whole[1].checkpoint.save(tmp_path), **HOSTILE[words])
    with pytest.raises(FoundryError, match=words) as refusal:
        Checkpoint.load(tmp_path, residual)
    assert "\n" not in str(refusal.value)


def test_rejected_folder_without_checkpoint(residual, tmp_path):
    with pytest.raises(FoundryError, match=f"{FILE} does not exist"):
        Checkpoint.load(tmp_path, residual)


def assert_equal(left, right):
    for group in ("weights", "optimizer", "random", "best_weights"):
        ours, theirs = getattr(left, group), getattr(right, group)
        assert ours.keys() == theirs.keys()
        assert all(torch.equal(ours[key], theirs[key]) for key in ours), group
    assert torch.equal(left.figures, right.figures)
    assert (left.progress, left.best, left.options) == (right.progress, right.best, right.options)
