"""`neuralforge train`: the foundry's training loop on this machine, its results in a folder."""

import json as json_codec
import signal
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

import blueprint
from cli.documents import read_valid
from cli.failures import Failure
from cli.progress import Steps
from foundry.build import build
from foundry.checkpoint import Checkpoint
from foundry.data import load
from foundry.epoch import EpochReport
from foundry.evaluate import evaluate
from foundry.figures import finite
from foundry.heads import scores_alone
from foundry.metrics import Metrics
from foundry.options import TrainOptions
from foundry.reproduce import environment
from foundry.train import train
from foundry.weights import save_weights


def run(file: Path, data: str, *, epochs: int, seed: int, device: str, out: Path, resume: bool, json: bool) -> None:
    graph = read_valid(file)
    dataset = load(data, seed)
    options = TrainOptions(epochs=epochs, seed=seed, device=device)
    checkpoint_folder = out / "checkpoint"
    if resume and not checkpoint_folder.is_dir():
        raise Failure(f"there is no checkpoint in {checkpoint_folder}; leave --resume out to start afresh")
    start = Checkpoint.load(checkpoint_folder, graph) if resume else None
    out.mkdir(parents=True, exist_ok=True)
    stop = threading.Event()
    previous = signal.signal(signal.SIGINT, lambda *_: stop.set())
    try:
        metrics_file = MetricsFile(out / "metrics.jsonl", keep=start.progress.step if start else 0)
        with metrics_file as metrics, Steps("training", epochs, json=json) as steps:

            def epoch_done(report: EpochReport) -> None:
                figures = f"loss {report.train_loss:.4f}, validation accuracy {report.val_accuracy:.4f}"
                steps.step(report.epoch, f"epoch {report.epoch}/{epochs}: {figures}", **asdict(report))

            def keep(checkpoint: Checkpoint) -> None:
                checkpoint.save(checkpoint_folder)

            result = train(
                graph,
                dataset,
                options,
                on_metrics=metrics.write,
                on_log=lambda line: None,
                on_warning=steps.warn,
                on_epoch=epoch_done,
                on_checkpoint=keep,
                should_stop=stop.is_set,
                resume=start,
            )
    finally:
        signal.signal(signal.SIGINT, previous)
    save_weights(result.weights, out / "model.safetensors")
    module = build(scores_alone(graph))
    module.load_state_dict(result.weights)
    evaluation = evaluate(module, dataset.test, dataset.classes).to_json()
    report: dict[str, Any] = {
        "status": result.status,
        "content_hash": blueprint.content_hash(graph),
        "data": data,
        "options": asdict(options),
        "seconds": result.seconds,
        "evaluation": evaluation,
        "environment": environment(),
    }
    (out / "report.json").write_text(json_codec.dumps(report, indent=2) + "\n")
    if json:
        print(json_codec.dumps({"status": result.status, "accuracy": evaluation["accuracy"], "out": str(out)}))
    else:
        ended = "stopped; go on with --resume" if result.status == "stopped" else "trained"
        print(f"{ended}: test accuracy {evaluation['accuracy']:.4f}, results in {out}")


class MetricsFile:
    """Metrics as JSON lines `{"series", "step", "value"}`, null for no number; steps after `keep` are written anew."""

    def __init__(self, path: Path, *, keep: int) -> None:
        old = path.read_text().splitlines(keepends=True) if keep and path.exists() else []
        whole = [line for line in old if line.endswith("\n")]  # a killed training leaves half a line
        kept = [line for line in whole if json_codec.loads(line)["step"] <= keep]
        self._file = path.open("w")
        self._file.writelines(kept)

    def __enter__(self) -> "MetricsFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, metrics: Metrics) -> None:
        for series, points in metrics.items():
            for step, value in zip(np.asarray(points.steps), np.asarray(points.values), strict=True):
                line = {"series": series, "step": int(step), "value": finite(float(value))}
                self._file.write(json_codec.dumps(line) + "\n")
        self._file.flush()
