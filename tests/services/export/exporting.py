"""Exports as the tests of this room drive them: a completed run to export, people who ask, a job the test plays."""

import asyncio
import hashlib
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch

import blueprint
from foundry.build import build
from foundry.weights import save_weights
from kernel.launcher import Job, JobStatus
from kernel.local_launcher import LocalLauncher
from neuralforge.export.v1 import service_pb2 as api
from neuralforge.export.v1.service_pb2_grpc import ExportServiceStub, WorkerServiceStub
from neuralforge.training.v1 import service_pb2 as training
from tests.services.files import put
from tests.services.launchers import IdleLauncher
from tests.services.platform import Person, Platform
from tests.services.training.lab import Lab, tiny

CONTEXTS = ("graph", "dataset", "billing", "training", "export")
OVER = (
    api.EXPORT_STATE_VALIDATED,
    api.EXPORT_STATE_CONVERTED_NOT_VALIDATED,
    api.EXPORT_STATE_UNAVAILABLE,
    api.EXPORT_STATE_FAILED,
)


class ExportLauncher(IdleLauncher):
    """Really runs export jobs; every other job is played by the test."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._local = LocalLauncher(folder)

    async def launch(self, job: Job) -> None:
        await super().launch(job)
        if job.name.startswith("export-"):
            await self._local.launch(job)

    async def status(self, name: str) -> JobStatus:
        if name.startswith("export-"):
            return await self._local.status(name)
        return await super().status(name)

    async def stop(self, name: str, grace_seconds: float) -> None:
        await self._local.stop(name, grace_seconds)

    async def close(self) -> None:
        await self._local.close()


@cache
def weights() -> bytes:
    """Weights of the tiny network, as a run would have left them."""
    torch.manual_seed(0)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.safetensors"
        save_weights(build(blueprint.parse(tiny())).state_dict(), path)
        return path.read_bytes()


async def completed_run(lab: Lab, data: bytes | None = None) -> str:
    """The id of a run that completed with these weights as its best, the training job played by the test."""
    run, worker = await lab.running()
    data = weights() if data is None else data
    upload = training.Upload(name="model.safetensors", bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
    links = await worker.call("RequestUploads", training.RequestUploadsRequest(uploads=[upload]))
    await put(links.files[0].url, data)
    kind = training.CHECKPOINT_KIND_BEST
    await worker.call("SaveCheckpoint", training.SaveCheckpointRequest(kind=kind, epoch=1, step=20, files=[upload]))
    await worker.complete()
    return run.id


async def create(person: Person, run_id: str, format: str = "onnx", key: str = "") -> api.CreateExportResponse:
    request = api.CreateExportRequest(run_id=run_id, format=format)
    answer: api.CreateExportResponse = await person.call(ExportServiceStub, "CreateExport", request, key=key)
    return answer


async def get(person: Person, export_id: str) -> api.Export:
    found: api.Export = (
        await person.call(ExportServiceStub, "GetExport", api.GetExportRequest(export_id=export_id))
    ).export
    return found


async def ended(person: Person, export_id: str) -> api.Export:
    """The export once it is in one of its four ends."""

    async def probe() -> api.Export | None:
        found = await get(person, export_id)
        return found if found.state in OVER else None

    found: api.Export = await person.platform.eventually(probe, timeout=180)
    return found


async def download(person: Person, export_id: str) -> api.File:
    request = api.GetDownloadRequest(export_id=export_id)
    file: api.File = (await person.call(ExportServiceStub, "GetDownload", request)).file
    return file


class PlayedExport:
    """An export job whose calls the test makes."""

    def __init__(self, platform: Platform, token: str) -> None:
        self._platform = platform
        self._token = token

    @classmethod
    async def of(cls, person: Person, export_id: str, attempt: int = 1) -> "PlayedExport":
        """The job of that attempt, once the service has launched it."""
        platform = person.platform
        assert isinstance(platform.launcher, IdleLauncher)
        while f"export-{export_id}-{attempt}" not in [job.name for job in platform.launcher.launched]:
            await asyncio.sleep(0.05)
        return cls(platform, await platform.job_token("export", person.tenant, export_id, attempt))

    async def call(self, method: str, request: Any) -> Any:
        return await self._platform.call(WorkerServiceStub, method, request, token=self._token)

    async def upload(self, data: bytes) -> api.Upload:
        upload = api.Upload(name="model.onnx", bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
        granted = await self.call("RequestUploads", api.RequestUploadsRequest(uploads=[upload]))
        await put(granted.files[0].url, data)
        return upload
