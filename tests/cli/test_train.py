"""`neuralforge train`: results in a folder, interrupted and gone on with, and refused where it cannot begin."""

import asyncio
import json
import signal
from pathlib import Path
from typing import Any

import pytest

import blueprint
from foundry.divergence import sentence
from foundry.weights import load_module
from tests.cli.conftest import Neuralforge, check_sentence
from tests.cli.documents import invalid, valid, without_numbers
from tests.flow.commands import Command
from tests.services.training.lab import tiny

EPOCHS = 150
WALL_CLOCK = "samples_per_second"


def metrics(out: Path) -> list[dict[str, Any]]:
    """What was measured, by series and step, but for what the clock decides."""
    lines = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    measured = [line for line in lines if line["series"] != WALL_CLOCK]
    return sorted(measured, key=lambda line: (line["series"], line["step"]))


def evaluation(out: Path) -> Any:
    return json.loads((out / "report.json").read_text())["evaluation"]


def test_a_training_leaves_weights_checkpoint_metrics_and_report(neuralforge: Neuralforge, tmp_path: Path):
    out = tmp_path / "out"
    said = neuralforge("train", valid(tmp_path), "--data", "digits", "--epochs", 3, "--out", out, "--json")
    assert (said.code, said.err) == (0, "")
    *epochs, last = map(json.loads, said.out.splitlines())
    assert [line["epoch"] for line in epochs] == [1, 2, 3]
    assert {"train_loss", "train_accuracy", "val_loss", "val_accuracy", "step"} <= epochs[0].keys()
    assert (last["status"], last["out"]) == ("completed", str(out))
    load_module(blueprint.parse(tiny()), out / "model.safetensors")
    assert (out / "checkpoint").is_dir()
    losses = [line["step"] for line in metrics(out) if line["series"] == "train/loss"]
    assert losses == list(range(1, 61))
    report = json.loads((out / "report.json").read_text())
    assert report["evaluation"]["accuracy"] == last["accuracy"]
    assert report["content_hash"] == blueprint.content_hash(blueprint.parse(tiny()))
    assert (report["options"]["epochs"], "torch" in report["environment"]) == (3, True)


def test_what_is_no_number_is_null_wherever_it_is_written(neuralforge: Neuralforge, tmp_path: Path):
    out = tmp_path / "out"
    said = neuralforge("train", without_numbers(tmp_path), "--data", "digits", "--epochs", 2, "--out", out, "--json")
    assert said.code == 0, said.err
    written = [*said.out.splitlines(), *(out / "metrics.jsonl").read_text().splitlines()]
    epoch, *_ = [json.loads(line, parse_constant=pytest.fail) for line in written]
    assert (epoch["train_loss"], epoch["val_loss"]) == (None, None)
    report = json.loads((out / "report.json").read_text(), parse_constant=pytest.fail)
    assert report["evaluation"]["loss"] is None
    assert said.err == f"warning: {sentence(1)}\n"


def test_people_see_one_line_an_epoch(neuralforge: Neuralforge, tmp_path: Path):
    said = neuralforge("train", valid(tmp_path), "--data", "digits", "--epochs", 2, "--out", tmp_path / "out")
    assert [line.split(":")[0] for line in said.err.splitlines()] == ["epoch 1/2", "epoch 2/2"]
    assert said.out.startswith("trained: test accuracy 0.")


async def ended(folder: Path, *arguments: str, at: str = "", number: signal.Signals = signal.SIGINT) -> str:
    """The output of a training in a process of its own, sent a signal when it says `at`."""
    options = ("--data", "digits", "--epochs", str(EPOCHS), "--json")
    async with Command(folder / "data", "train", str(valid(folder)), *options, *arguments) as command:
        if at:
            await command.says(at)
            command.send(number)
        code = await command.ended(120)
    assert code == (-number if at and number is signal.SIGKILL else 0), command.output
    return command.output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "kill -9"])
async def test_an_interrupted_training_goes_on_to_the_same_end_bit_for_bit(tmp_path: Path, number: signal.Signals):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    first, _ = await asyncio.gather(
        ended(tmp_path, "--out", str(broken), at='"epoch": 3,', number=number),
        ended(tmp_path, "--out", str(whole)),
    )
    assert f'"epoch": {EPOCHS},' not in first, "it ended too early to prove anything"
    assert '"epoch": 1,' not in await ended(tmp_path, "--out", str(broken), "--resume")
    assert metrics(broken) == metrics(whole)
    assert evaluation(broken) == evaluation(whole)
    assert (broken / "model.safetensors").read_bytes() == (whole / "model.safetensors").read_bytes()


def test_a_metrics_file_cut_off_in_a_line_is_gone_on_with(neuralforge: Neuralforge, tmp_path: Path):
    out = tmp_path / "out"
    train = ("train", valid(tmp_path), "--data", "digits", "--out", out)
    neuralforge(*train, "--epochs", 2)
    with (out / "metrics.jsonl").open("a") as file:
        file.write('{"series": "train/loss", "st')
    said = neuralforge(*train, "--epochs", 3, "--resume")
    assert said.code == 0, said.err
    assert [line["step"] for line in metrics(out) if line["series"] == "train/loss"] == list(range(1, 61))


def test_a_refused_training_leaves_an_older_one_as_it_was(neuralforge: Neuralforge, tmp_path: Path):
    out = tmp_path / "out"
    train = ("train", valid(tmp_path), "--data", "digits", "--epochs", 1, "--out", out)
    neuralforge(*train)
    nine = tmp_path / "nine.json"
    nine.write_bytes(tiny(scores={"out_features": 9}))
    check_sentence(neuralforge("train", nine, "--data", "digits", "--out", out), "[9] per sample")
    assert neuralforge(*train, "--resume").code == 0


def test_what_cannot_be_trained_is_refused(neuralforge: Neuralforge, tmp_path: Path):
    tiny_file, out = valid(tmp_path), tmp_path / "out"
    digits = ("--data", "digits", "--out", out)
    check_sentence(neuralforge("train", invalid(tmp_path), *digits), "invalid.json is not valid")
    check_sentence(neuralforge("train", tiny_file, "--data", "nope", "--out", out), "'nope'", "digits")
    check_sentence(neuralforge("train", tiny_file, *digits, "--device", "cuda:99"), "cuda:99", "use device 'cpu'")
    check_sentence(neuralforge("train", tiny_file, *digits, "--resume"), "no checkpoint", "leave --resume out")
    assert not (out / "model.safetensors").exists()
    assert not (out / "report.json").exists()


def test_a_checkpoint_of_another_training_is_refused(neuralforge: Neuralforge, tmp_path: Path):
    out = tmp_path / "out"
    train = ("train", valid(tmp_path), "--data", "digits", "--epochs", 1, "--out", out)
    neuralforge(*train)
    check_sentence(neuralforge(*train, "--resume", "--seed", 3), "seed 0", "not 3")
    other = tmp_path / "other.json"
    other.write_bytes(tiny(hidden={"out_features": 17}))
    check_sentence(neuralforge("train", other, "--data", "digits", "--out", out, "--resume"), "checkpoint")
