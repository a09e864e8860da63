"""What the demo leaves in out/demo/: the network in every form, its curves, and a report in figures."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cli.demo_job import Outcome


def write(folder: Path, outcome: Outcome, seconds: Mapping[str, float], events: Mapping[str, int]) -> dict[str, Any]:
    """Writes every file and returns the report."""
    folder.mkdir(parents=True, exist_ok=True)
    report = _report(outcome, seconds, events)
    (folder / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    (folder / "blueprint.json").write_text(json.dumps(outcome.version["document"], indent=2) + "\n")
    (folder / "model.onnx").write_bytes(outcome.model)
    (folder / "model.safetensors").write_bytes(outcome.weights)
    (folder / "model.py").write_text(outcome.source)
    _write_csv(folder / "curves.csv", outcome)
    _draw(folder / "curves.png", outcome)
    return report


def _report(outcome: Outcome, seconds: Mapping[str, float], events: Mapping[str, int]) -> dict[str, Any]:
    validation = outcome.export["validation"]
    return {
        "accuracy": outcome.run["evaluation"]["accuracy"],
        "test_indices": outcome.splits["test"],
        "epochs": outcome.run["options"]["epochs"],
        "seconds": {name: round(value, 2) for name, value in seconds.items()},
        "parameters": int(outcome.version["params"]),
        "macs": int(outcome.version["macs"]),
        "content_hash": outcome.version["contentHash"],
        "evaluation": outcome.run["evaluation"],
        "export": {
            "format": "onnx",
            "state": outcome.export["state"].lower(),
            "max_abs_diff": validation["maxAbsDiff"],
            "argmax_mismatches": validation["argmaxMismatches"],
            "samples": validation["samples"],
            "bytes": int(outcome.export["bytes"]),
        },
        "metered_ms": outcome.metered_ms,
        "ledger_balanced": outcome.balanced,
        "events": dict(events),
    }


def _write_csv(path: Path, outcome: Outcome) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["series", "step", "value"])
        for name, (steps, values) in sorted(outcome.curves.items()):
            writer.writerows((name, int(step), float(value)) for step, value in zip(steps, values, strict=True))


def _draw(path: Path, outcome: Outcome) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4), layout="constrained")
    for axes, kind in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
        for part in ("train", "val"):
            if f"{part}/{kind}" in outcome.curves:
                steps, values = outcome.curves[f"{part}/{kind}"]
                axes.plot(steps, values, label={"train": "training", "val": "validation"}[part], linewidth=1)
        axes.set_xlabel("step")
        axes.set_ylabel(kind)
        axes.legend()
        axes.grid(alpha=0.3)
    figure.savefig(path, dpi=120)
