"""Both sides of a run as the tests of this room drive them: a person who asks, and a worker played by the test."""

import asyncio
import hashlib
import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from neuralforge.dataset.v1 import service_pb2 as dataset
from neuralforge.dataset.v1.service_pb2_grpc import DatasetServiceStub
from neuralforge.graph.v1 import service_pb2 as graph
from neuralforge.graph.v1.service_pb2_grpc import ArchitectureServiceStub
from neuralforge.training.v1 import service_pb2 as api
from neuralforge.training.v1.service_pb2 import CheckpointKind
from neuralforge.training.v1.service_pb2_grpc import RunServiceStub, WorkerServiceStub
from tests.services.dataset.ingesting import PlayedJob, ended
from tests.services.files import put
from tests.services.launchers import IdleLauncher
from tests.services.platform import Person, Platform

TINY = {
    "schema": "neuralforge.blueprint/1",
    "name": "tiny",
    "nodes": [
        {"id": "in", "type": "Input", "config": {"shape": ["B", 1, 8, 8]}},
        {"id": "flat", "type": "Flatten"},
        {"id": "hidden", "type": "Linear", "config": {"out_features": 16}},
        {"id": "act", "type": "ReLU"},
        {"id": "drop", "type": "Dropout", "config": {"p": 0.1}},
        {"id": "scores", "type": "Linear", "config": {"out_features": 10}},
        {"id": "out", "type": "Output"},
    ],
    "edges": [
        {"source": "in", "target": "flat"},
        {"source": "flat", "target": "hidden"},
        {"source": "hidden", "target": "act"},
        {"source": "act", "target": "drop"},
        {"source": "drop", "target": "scores"},
        {"source": "scores", "target": "out"},
    ],
}
EVALUATION = b'{"accuracy": 0.98}'
Curve = dict[int, bytes]


def tiny(**configs: dict[str, Any]) -> bytes:
    """The tiny network with other configs: `scores={"out_features": 9}`."""
    nodes = [node | {"config": configs[node["id"]]} if node["id"] in configs else node for node in TINY["nodes"]]  # type: ignore[index,operator]
    return json.dumps(TINY | {"nodes": nodes}).encode()


@dataclass(frozen=True)
class Lab:
    """Somebody with a network and a dataset in one project."""

    person: Person
    project_id: str
    architecture_id: str
    dataset_id: str

    @property
    def platform(self) -> Platform:
        return self.person.platform

    @property
    def launcher(self) -> IdleLauncher:
        assert isinstance(self.platform.launcher, IdleLauncher)
        return self.platform.launcher

    async def call(self, method: str, request: Any, **metadata: Any) -> Any:
        return await self.person.call(RunServiceStub, method, request, **metadata)

    async def start(self, key: str = "", **fields: Any) -> api.Run:
        chosen: dict[str, Any] = {"architecture_id": self.architecture_id, "dataset_id": self.dataset_id}
        request = api.StartRunRequest(**(chosen | fields))
        run: api.Run = (await self.call("StartRun", request, key=key)).run
        return run

    async def get(self, run_id: str) -> api.Run:
        run: api.Run = (await self.call("GetRun", api.GetRunRequest(run_id=run_id))).run
        return run

    async def cancel(self, run_id: str) -> api.Run:
        run: api.Run = (await self.call("CancelRun", api.CancelRunRequest(run_id=run_id))).run
        return run

    async def until(self, run_id: str, *states: int, timeout: float = 60) -> api.Run:
        """The run once it is in one of these states."""

        async def probe() -> api.Run | None:
            run = await self.get(run_id)
            return run if run.state in states else None

        run: api.Run = await self.platform.eventually(probe, timeout=timeout)
        return run

    async def curves(self, run_id: str, points: int = 0, *names: str) -> dict[str, api.Series]:
        request = api.GetMetricsRequest(run_id=run_id, series=names, points=points)
        return {series.name: series for series in (await self.call("GetMetrics", request)).series}

    async def worker(self, run_id: str, attempt: int = 1) -> "PlayedWorker":
        """The worker of that attempt, once the service has launched it."""

        async def launched() -> bool:
            return f"training-{run_id}-{attempt}" in [job.name for job in self.launcher.launched]

        await self.platform.eventually(launched)
        token = await self.platform.job_token("training", self.person.tenant, run_id, attempt, self.project_id)
        return PlayedWorker(self.platform, token)

    async def running(self, **fields: Any) -> "tuple[api.Run, PlayedWorker]":
        """A run whose first worker has attached."""
        run = await self.start(**fields)
        worker = await self.worker(run.id)
        await worker.attach()
        return run, worker


class PlayedWorker:
    """A training job whose calls the test makes."""

    def __init__(self, platform: Platform, token: str) -> None:
        self._platform = platform
        self._token = token
        self._sequence = 0

    async def call(self, method: str, request: Any) -> Any:
        return await self._platform.call(WorkerServiceStub, method, request, token=self._token)

    async def attach(self) -> api.AttachResponse:
        request = api.AttachRequest(environment=b'{"torch": "2.13.0", "threads": 1}')
        answer: api.AttachResponse = await self.call("Attach", request)
        return answer

    async def report(self, sequence: int = 0, **fields: Any) -> api.ReportResponse:
        self._sequence = sequence or self._sequence + 1
        answer: api.ReportResponse = await self.call("Report", api.ReportRequest(sequence=self._sequence, **fields))
        return answer

    async def save(
        self, data: bytes, step: int, *, best: bool = False, loss: float = 0.0, put_bytes: bytes | None = None
    ) -> None:
        """Uploads a checkpoint of one file and records it."""
        kind = CheckpointKind.CHECKPOINT_KIND_BEST if best else CheckpointKind.CHECKPOINT_KIND_LAST
        upload = api.Upload(name="checkpoint.safetensors", bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
        links = await self.call("RequestUploads", api.RequestUploadsRequest(uploads=[upload]))
        await put(links.files[0].url, data if put_bytes is None else put_bytes)
        request = api.SaveCheckpointRequest(
            kind=kind, epoch=1, step=step, validation_accuracy=0.9, validation_loss=loss, files=[upload]
        )
        await self.call("SaveCheckpoint", request)

    async def complete(self, accuracy: float = 0.98) -> None:
        request = api.CompleteRequest(
            evaluation=EVALUATION, test_accuracy=accuracy, best_validation_accuracy=0.97, best_epoch=3
        )
        await self.call("Complete", request)

    async def fail(self, reason: str) -> None:
        await self.call("Fail", api.FailRequest(reason=reason))


def points(series: str, steps: Any, values: Any) -> api.Points:
    return api.Points(
        series=series, steps=np.asarray(steps, "<i8").tobytes(), values=np.asarray(values, "<f4").tobytes()
    )


def steps_of(series: api.Series) -> list[int]:
    found: list[int] = np.frombuffer(series.steps, "<i8").tolist()
    return found


def values_of(series: api.Series) -> list[float]:
    found: list[float] = np.frombuffer(series.values, "<f4").tolist()
    return found


async def lab_of(platform: Platform, name: str = "ada") -> Lab:
    """A new person with the tiny network as version 1 and the digits, ingested."""
    person = await platform.person(name)
    project_id = await person.project()
    architecture_id, dataset_id = await asyncio.gather(
        architecture(person, project_id, tiny()), digits(person, project_id)
    )
    return Lab(person, project_id, architecture_id, dataset_id)


async def architecture(person: Person, project_id: str, document: bytes) -> str:
    """The id of a new architecture with the document saved as version 1."""
    request = graph.CreateArchitectureRequest(project_id=project_id, document=document)
    created = await person.call(ArchitectureServiceStub, "CreateArchitecture", request)
    id: str = created.architecture.id
    await person.call(ArchitectureServiceStub, "SaveVersion", graph.SaveVersionRequest(architecture_id=id))
    return id


async def digits(person: Person, project_id: str) -> str:
    """The id of the digits as a dataset, version 1 ready; its job is played where nothing launches jobs."""
    request = dataset.CreateDatasetRequest(project_id=project_id, builtin="digits")
    created = await person.call(DatasetServiceStub, "CreateDataset", request)
    id: str = created.dataset.id
    if isinstance(person.platform.launcher, IdleLauncher):
        await (await PlayedJob.of(person, id)).finish()
    assert (await ended(person, id)).state == dataset.VERSION_STATE_READY
    return id
