"""The export job: fetches weights and data, converts, proves the result equal to the trained network, uploads it."""

import json
import math
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kernel import telemetry
from kernel.children import die_with_parent
from kernel.errors import DomainError
from kernel.heartbeat import Heartbeat
from kernel.job import JobConnection, Lost, digest
from kernel.trace import past
from neuralforge.export.v1 import service_pb2 as api
from neuralforge.export.v1 import service_pb2_grpc as rpc

if TYPE_CHECKING:
    from torch import Tensor

    from foundry.data import Data
    from foundry.export import ExportReport

WEIGHTS = "model.safetensors"
MOST_SAMPLES = 1000
STATES = {
    "validated": api.EXPORT_STATE_VALIDATED,
    "converted_not_validated": api.EXPORT_STATE_CONVERTED_NOT_VALIDATED,
    "unavailable": api.EXPORT_STATE_UNAVAILABLE,
    "failed": api.EXPORT_STATE_FAILED,
}


class Stopwatch:
    """The stage the job is at, and the seconds each stage took."""

    def __init__(self) -> None:
        self.stage = ""
        self.seconds: dict[str, float] = {}
        self._since = time.perf_counter()
        self._began = time.time_ns()

    def enter(self, stage: str) -> None:
        now = time.perf_counter()
        if self.stage:
            self.seconds[self.stage] = round(now - self._since, 3)
            past(self.stage, self._began)
        self.stage, self._since, self._began = stage, now, time.time_ns()


def main() -> None:
    die_with_parent()
    with telemetry.job("export-worker"):
        attempt()


def attempt() -> None:
    connection = JobConnection.from_environment()
    try:
        with tempfile.TemporaryDirectory() as folder:
            work(connection, Path(folder))
    except (Lost, DomainError) as error:
        sys.exit(f"the export stopped: {error}")


def work(connection: JobConnection, folder: Path) -> None:
    """Attach, download, convert, validate, upload, complete."""
    service, watch = connection.stub(rpc.WorkerServiceStub), Stopwatch()
    job = connection.call(service.Attach, api.AttachRequest())
    with Heartbeat(lambda: connection.call(service.Heartbeat, api.HeartbeatRequest(stage=watch.stage))):
        watch.enter("downloading")
        download(connection, [*job.weights, *job.dataset_files], folder)
        result, report = convert(job, folder, watch)
        if result.state in (api.EXPORT_STATE_VALIDATED, api.EXPORT_STATE_CONVERTED_NOT_VALIDATED):
            watch.enter("uploading")
            result.file.CopyFrom(upload(connection, service, converted_file(job, folder)))
        watch.enter("")
    result.report = json.dumps(report | {"seconds": watch.seconds}, sort_keys=True).encode()
    connection.call(service.Complete, result)


def download(connection: JobConnection, files: Iterable[api.File], folder: Path) -> None:
    for file in files:
        connection.download(file.url, folder / Path(file.name).name, file.sha256)


def convert(job: api.AttachResponse, folder: Path, watch: Stopwatch) -> tuple[api.CompleteRequest, dict[str, Any]]:
    """How the export ends, and the report on it. What cannot be exported is an end, not an error."""
    import blueprint
    from foundry.data import load
    from foundry.errors import FoundryError
    from foundry.export import export
    from foundry.fit import output_shape

    try:
        graph = blueprint.parse(job.document)
        samples = real_samples(load(str(folder)))
        done = export(graph, folder / WEIGHTS, job.format, converted_file(job, folder), samples, watch.enter)
    except (FoundryError, blueprint.DocumentError) as error:
        return api.CompleteRequest(state=api.EXPORT_STATE_FAILED, reason=str(error)), {}
    report = dict(done.details)
    if "output" in report:
        report["output"] = {**report["output"], "shape": ["batch", *output_shape(graph)]}
    return to_result(done), report


def real_samples(data: "Data") -> "Tensor":
    """Inputs of the test split; where it is small of the others too, as two programs are compared, not their skill."""
    import torch

    from foundry.export import MIN_SAMPLES

    inputs = data.test.inputs
    if len(inputs) < MIN_SAMPLES:
        inputs = torch.cat([inputs, data.val.inputs, data.train.inputs[:MOST_SAMPLES]])
    return inputs[:MOST_SAMPLES]


def converted_file(job: api.AttachResponse, folder: Path) -> Path:
    from foundry.formats import FORMATS

    return folder / "converted" / f"model{FORMATS[job.format].extension}"


def to_result(done: "ExportReport") -> api.CompleteRequest:
    result = api.CompleteRequest(state=STATES[done.state], reason=done.reason)
    found = done.validation
    if found and math.isfinite(found.max_abs_diff + found.min_cosine):  # no validation rather than one without figures
        result.validation.samples = found.samples
        result.validation.max_abs_diff = found.max_abs_diff
        result.validation.tolerance = found.tolerance
        result.validation.argmax_mismatches = found.argmax_mismatches
        result.validation.min_cosine = found.min_cosine
    return result


def upload(connection: JobConnection, service: rpc.WorkerServiceStub, path: Path) -> api.Upload:
    size, sha256 = digest(path)
    announced = api.Upload(name=path.name, bytes=size, sha256=sha256)
    granted = connection.call(service.RequestUploads, api.RequestUploadsRequest(uploads=[announced]))
    connection.upload(granted.files[0].url, path)
    return announced


if __name__ == "__main__":
    main()
