"""Both sides of an ingest as the tests of this room drive them: people who ask, and a job played by the test."""

from typing import Any

from neuralforge.dataset.v1 import service_pb2 as api
from neuralforge.dataset.v1.service_pb2_grpc import DatasetServiceStub, IngestServiceStub
from services.dataset import domain
from tests.services.dataset.examples import digits_files, uploads
from tests.services.files import put
from tests.services.platform import Person, Platform


async def create(person: Person, project_id: str, *, key: str = "", **fields: Any) -> api.CreateDatasetResponse:
    request = api.CreateDatasetRequest(project_id=project_id, builtin=fields.pop("builtin", "digits"), **fields)
    answer: api.CreateDatasetResponse = await person.call(DatasetServiceStub, "CreateDataset", request, key=key)
    return answer


async def version(person: Person, dataset_id: str, number: int = 0) -> api.DatasetVersion:
    request = api.GetDatasetVersionRequest(dataset_id=dataset_id, number=number)
    found: api.DatasetVersion = (await person.call(DatasetServiceStub, "GetDatasetVersion", request)).version
    return found


async def ended(person: Person, dataset_id: str, number: int = 0) -> api.DatasetVersion:
    """The version once it is ready or failed."""

    async def probe() -> api.DatasetVersion | None:
        found = await version(person, dataset_id, number)
        return None if found.state == api.VERSION_STATE_INGESTING else found

    found: api.DatasetVersion = await person.platform.eventually(probe, timeout=90)
    return found


async def files_of(person: Person, dataset_id: str, number: int = 0) -> list[api.File]:
    request = api.ListDatasetFilesRequest(dataset_id=dataset_id, number=number)
    return list((await person.call(DatasetServiceStub, "ListDatasetFiles", request)).files)


class PlayedJob:
    """An ingest job whose calls the test makes."""

    def __init__(self, platform: Platform, token: str) -> None:
        self._platform = platform
        self._token = token

    @classmethod
    async def of(cls, person: Person, dataset_id: str, attempt: int = 1, number: int = 1) -> "PlayedJob":
        """The job of that attempt, once the service has begun one."""
        platform, job = person.platform, domain.job_id(dataset_id, number)
        played = cls(platform, await platform.job_token("dataset", person.tenant, job, attempt))
        assert platform.launcher

        async def launched() -> bool:
            names = [job.name for job in platform.launcher.launched]  # type: ignore[union-attr]
            return f"dataset-{job}-{attempt}" in names

        await platform.eventually(launched)
        return played

    async def call(self, method: str, request: Any) -> Any:
        return await self._platform.call(IngestServiceStub, method, request, token=self._token)

    async def upload(self, files: dict[str, bytes], announced: list[api.Upload] | None = None) -> list[api.Upload]:
        announced = announced or uploads(files)
        granted = await self.call("RequestUploads", api.RequestUploadsRequest(uploads=announced))
        for file in granted.files:
            await put(file.url, files[file.name])
        return announced

    async def complete(self, files: dict[str, bytes], listed: list[api.Upload] | None = None) -> None:
        listed = uploads(files) if listed is None else listed
        await self.call("Complete", api.CompleteRequest(manifest=files["manifest.json"], files=listed))

    async def finish(self) -> None:
        """Everything a good job does."""
        await self.call("Attach", api.AttachRequest())
        await self.upload(digits_files())
        await self.complete(digits_files())
