"""The training job: fetches what to train on what, trains, reports, keeps checkpoints safe, evaluates, goes home.

Training never waits for the line: reports and uploads have threads of their own. A checkpoint is recorded only after
everything measured before it is stored, so a successor that goes on from it leaves no gap in any curve.
"""

import json
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import blueprint
import foundry
from foundry.build import build
from foundry.checkpoint import Best, Checkpoint, save_weights
from foundry.data import Data, load
from foundry.epoch import EpochReport, batch_bounds
from foundry.errors import FoundryError
from foundry.evaluate import evaluate
from foundry.heads import scores_alone
from foundry.metrics import Metrics
from foundry.options import TrainOptions
from foundry.reproduce import environment, pick_device
from foundry.train import TrainResult, train
from kernel import telemetry
from kernel.children import die_with_parent
from kernel.errors import DomainError
from kernel.job import JobConnection, Lost
from kernel.trace import current, failed, past, span
from neuralforge.training.v1 import service_pb2 as api
from neuralforge.training.v1 import service_pb2_grpc as rpc
from neuralforge.training.v1.service_pb2 import CheckpointKind
from services.training.reporter import Reporter
from services.training.uploader import Uploader

DEVICE = "NF_DEVICE"
STOPPED = "cancelled"
CHECKPOINTS = Path("checkpoint")
WEIGHTS = "model.safetensors"


@dataclass(frozen=True)
class Task:
    """What the service asked for, fetched to this machine."""

    graph: blueprint.Graph
    data: Data
    options: TrainOptions
    resume: Checkpoint | None


def main() -> None:
    die_with_parent()
    with telemetry.job("training-worker"):
        attempt()


def attempt() -> None:
    connection = JobConnection.from_environment()
    stub = connection.stub(rpc.WorkerServiceStub)
    try:
        work(connection, stub)
    except Lost as lost:
        sys.exit(str(lost))
    except (FoundryError, DomainError, ValueError) as error:
        failed(type(error).__name__)
        give_up(connection, stub, str(error))
    except Exception as error:
        traceback.print_exc()
        failed(type(error).__name__)
        give_up(connection, stub, f"{type(error).__name__}: {error}")
    finally:
        connection.close()


def give_up(connection: JobConnection, stub: rpc.WorkerServiceStub, reason: str) -> None:
    """Says why the run cannot be finished: trying again would end the same way."""
    print(reason, file=sys.stderr)
    try:
        connection.call(stub.Fail, api.FailRequest(reason=reason))
    except (Lost, DomainError) as error:
        sys.exit(str(error))


def work(connection: JobConnection, stub: rpc.WorkerServiceStub) -> None:
    device = os.environ.get(DEVICE, "cpu")
    surroundings = environment(device) | {"commit": commit()}
    attach = api.AttachRequest(environment=json.dumps(surroundings).encode())
    assignment = connection.call(stub.Attach, attach)
    with Reporter(connection, stub, assignment.last_sequence) as reporter:
        reporter.log(f"attached with torch {surroundings['torch']} on {surroundings['device_name']}")
        with span("fetch"):
            task = fetch(connection, assignment, device)
        with Uploader(connection, stub, reporter, CheckpointWriter()) as uploader, span("train"):
            result = run(task, reporter, uploader)
        if result.status == "stopped":
            reporter.drain()
            connection.call(stub.Fail, api.FailRequest(reason=STOPPED))
            return
        with span("evaluate"):
            finished = evaluated(task, result)
        reporter.log(f"accuracy on the test split: {finished.test_accuracy:.4f}")
        reporter.drain()
    connection.call(stub.Complete, finished)


def fetch(connection: JobConnection, assignment: api.AttachResponse, device: str) -> Task:
    """Downloads data and checkpoint into the present folder, verified by their hashes."""
    download(connection, assignment.dataset_files, Path("data"))
    graph = blueprint.parse(assignment.document)
    resume = None
    if assignment.resume_files:
        download(connection, assignment.resume_files, Path("resume"))
        resume = Checkpoint.load(Path("resume"), graph)
    return Task(graph, load("data"), train_options(assignment.options, device), resume)


def download(connection: JobConnection, files: Sequence[api.File], folder: Path) -> None:
    for file in files:
        name = Path(file.name).name
        connection.download(file.url, folder / name, file.sha256)


def train_options(options: api.TrainingOptions, device: str) -> TrainOptions:
    return TrainOptions(
        epochs=options.epochs,
        batch_size=options.batch_size,
        learning_rate=options.learning_rate,
        weight_decay=options.weight_decay,
        optimizer=options.optimizer,
        scheduler=options.scheduler,
        warmup=options.warmup_epochs,
        clip_norm=options.clip_norm,
        label_smoothing=options.label_smoothing,
        seed=options.seed,
        precision=options.precision,
        device=device,
    )


class Pace:
    """How far training is, from the steps it reports."""

    def __init__(self, task: Task) -> None:
        self._epochs = task.options.epochs
        self._per_epoch = len(batch_bounds(len(task.data.train), task.options.batch_size))
        self._first = task.resume.progress.step if task.resume else 0
        self._started = time.monotonic()
        self._trace, self._epoch_began = current(), time.time_ns()

    def epoch_ends(self, epoch: int) -> None:
        """Tells the trace of an epoch that is over, from whichever thread."""
        past("epoch", self._epoch_began, parent=self._trace, attributes={"neuralforge.epoch": epoch})
        self._epoch_began = time.time_ns()

    def at(self, step: int, samples_per_second: float) -> api.Progress:
        steps, seconds = self._epochs * self._per_epoch, time.monotonic() - self._started
        return api.Progress(
            epoch=-(-step // self._per_epoch),
            epochs=self._epochs,
            step=step,
            steps=steps,
            seconds=seconds,
            remaining_seconds=seconds / max(1, step - self._first) * (steps - step),
            samples_per_second=samples_per_second,
        )


class CheckpointWriter:
    """Files of checkpoints. The best epoch's weights go before the checkpoint that says they are the best."""

    def __init__(self) -> None:
        self._best: Best | None = None

    def __call__(self, checkpoint: Checkpoint) -> Iterator[tuple[api.SaveCheckpointRequest, Path]]:
        if checkpoint.best and checkpoint.best != self._best:
            yield self._best_weights(checkpoint, checkpoint.best)
            self._best = checkpoint.best
        progress = checkpoint.progress
        request = api.SaveCheckpointRequest(
            kind=CheckpointKind.CHECKPOINT_KIND_LAST, epoch=progress.epoch, step=progress.step
        )
        yield request, checkpoint.save(CHECKPOINTS)

    def _best_weights(self, checkpoint: Checkpoint, best: Best) -> tuple[api.SaveCheckpointRequest, Path]:
        path = CHECKPOINTS / WEIGHTS
        save_weights(checkpoint.best_weights, path)
        request = api.SaveCheckpointRequest(
            kind=CheckpointKind.CHECKPOINT_KIND_BEST,
            epoch=best.epoch,
            step=best.step,
            validation_accuracy=best.accuracy,
            validation_loss=best.loss,
        )
        return request, path


def run(task: Task, reporter: Reporter, uploader: Uploader[Checkpoint]) -> TrainResult:
    """Trains; everything that is heard of it goes out by reporter and uploader."""
    pace = Pace(task)

    def on_metrics(metrics: Metrics) -> None:
        reporter.points(metrics)
        if rate := metrics.get("samples_per_second"):
            reporter.progress(pace.at(int(rate.steps[-1]), float(rate.values[-1])))

    def on_epoch(epoch: EpochReport) -> None:
        pace.epoch_ends(epoch.epoch)
        reporter.log(
            f"epoch {epoch.epoch}/{epoch.epochs}: train loss {epoch.train_loss:.4f}, "
            f"validation loss {epoch.val_loss:.4f}, validation accuracy {epoch.val_accuracy:.4f}"
        )

    def on_checkpoint(checkpoint: Checkpoint) -> None:
        if not reporter.should_stop:  # a cancelled run is not gone on with
            uploader.put(checkpoint)

    return train(
        task.graph,
        task.data,
        task.options,
        on_metrics=on_metrics,
        on_log=reporter.log,
        on_warning=lambda sentence: reporter.log(sentence, "warning"),
        on_epoch=on_epoch,
        on_checkpoint=on_checkpoint,
        should_stop=lambda: reporter.should_stop,
        resume=task.resume,
    )


def evaluated(task: Task, result: TrainResult) -> api.CompleteRequest:
    """The best epoch's weights on the test split."""
    assert result.best, "a completed run has a best epoch"
    device = pick_device(task.options.device)
    module = build(scores_alone(task.graph))
    module.load_state_dict(result.weights)
    module.to(device)
    test = task.data.test
    moved = type(test)(test.inputs.to(device), test.targets.to(device), test.rows)
    found = evaluate(module, moved, task.data.classes)
    return api.CompleteRequest(
        evaluation=json.dumps(found.to_json()).encode(),
        test_accuracy=found.accuracy,
        best_validation_accuracy=result.best.accuracy,
        best_epoch=result.best.epoch,
    )


def commit() -> str | None:
    """The commit of the platform's code, where it runs from a git checkout."""
    folder = Path(foundry.__file__).resolve().parents[1]
    command = ("git", "-C", str(folder), "rev-parse", "HEAD")
    try:
        found: Any = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return str(found.stdout).strip() or None


if __name__ == "__main__":
    main()
