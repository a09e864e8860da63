"""`neuralforge demo`, then split on the same data: what it leaves in out/demo/ is true, and it finds what it made."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from sklearn.datasets import load_digits

import blueprint
from tests.flow.commands import Command, nothing_left
from tests.flow.test_main_job import outputs_of_source

# Both runs, on a machine that does other things as well.
pytestmark = pytest.mark.timeout(600)
ONCE = ("workspace.UserRegistered.v1", "workspace.ProjectCreated.v1", "dataset.DatasetCreated.v1")
EACH = ("training.RunCompleted.v1", "billing.HoldSettled.v1", "graph.ArchitectureCreated.v1")


async def test_the_demo_leaves_what_it_promises_and_reuses_what_it_finds(tmp_path: Path):
    first, output = await demo(tmp_path)
    check_model(tmp_path / "out" / "demo", first)
    check_curves(tmp_path / "out" / "demo", first)
    assert "account   demo@example.com, new" in output
    second, again = await demo(tmp_path, "--split")  # on the same data: they are no form's own
    check_model(tmp_path / "out" / "demo", second)
    assert "account   demo@example.com, there already" in again
    assert "project   'Handwritten digits', there already" in again
    for number, report in enumerate((first, second), start=1):
        assert {name: report["events"][name] for name in ONCE} == dict.fromkeys(ONCE, 1)
        assert {name: report["events"][name] for name in EACH} == dict.fromkeys(EACH, number)
    assert second["test_indices"] == first["test_indices"]
    assert second["content_hash"] == first["content_hash"]


async def demo(folder: Path, *arguments: str) -> tuple[dict[str, Any], str]:
    """(report.json, what was printed) of one demo; nothing is left running."""
    async with Command(folder / "data", "demo", *arguments) as command:
        code = await command.ended(seconds=280)
    assert (code, "Traceback" in command.output) == (0, False), command.output
    await nothing_left(folder / "data")
    return json.loads((folder / "out" / "demo" / "report.json").read_text()), command.output


def check_model(out: Path, report: dict[str, Any]) -> None:
    """The exported file and the source with its weights give the same scores, and the accuracy reported."""
    assert report["accuracy"] >= 0.97
    session = onnxruntime.InferenceSession(out / "model.onnx")
    (taken,), (given,) = session.get_inputs(), session.get_outputs()
    assert (taken.type, taken.shape[1:], given.shape[1:]) == ("tensor(float)", [1, 8, 8], [10])
    digits, rows = load_digits(), report["test_indices"]
    assert len(set(rows)) == len(rows) == 269
    pixels = digits.images[rows].astype(np.float32)[:, None]
    (logits,) = session.run(None, {taken.name: pixels})
    assert (logits.argmax(1) == digits.target[rows]).mean() == pytest.approx(report["accuracy"])
    assert np.abs(logits - outputs_of_source(out, pixels)).max() <= 1e-5
    assert report["export"]["max_abs_diff"] <= 1e-5
    assert report["export"]["samples"] >= 100
    document: Any = blueprint.analyze(blueprint.parse((out / "blueprint.json").read_bytes())).to_json()
    assert (report["parameters"], report["macs"]) == (
        int(document["totals"]["params"]),
        int(document["totals"]["macs"]),
    )


def check_curves(out: Path, report: dict[str, Any]) -> None:
    with (out / "curves.csv").open() as file:
        rows = list(csv.DictReader(file))
    steps = [int(row["step"]) for row in rows if row["series"] == "train/loss"]
    assert steps == list(range(1, report["epochs"] * 20 + 1))
    assert (out / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert report["seconds"].keys() >= {"setup", "train", "export", "total"}
    assert 0 < report["metered_ms"] <= 1_000 * report["seconds"]["train"]
    assert report["ledger_balanced"]
