"""People who upload files: the place, the form, the version that becomes of it."""

import asyncio
from typing import Any

import urllib3

from neuralforge.dataset.v1 import service_pb2 as api
from neuralforge.dataset.v1.service_pb2_grpc import DatasetServiceStub
from tests.services.platform import Person

ZIP, CSV = api.SOURCE_KIND_IMAGE_FOLDERS, api.SOURCE_KIND_CSV
SPLIT = api.Split(train=600, validation=200, test=200)
TABLE = b"width,colour,kind\n" + b"".join(
    b"%d.5,%s,%c\n" % (i, (b"red", b"blue")[i % 3 > 0], b"ab"[i % 2]) for i in range(30)
)


async def start(
    person: Person, project_id: str, data: bytes, kind: Any, *, key: str = "", **fields: Any
) -> api.StartUploadResponse:
    fields = {"filename": "my data.zip" if kind == ZIP else "my data.csv", "bytes": len(data)} | fields
    request = api.StartUploadRequest(project_id=project_id, kind=kind, **fields)
    answer: api.StartUploadResponse = await person.call(DatasetServiceStub, "StartUpload", request, key=key)
    return answer


async def post(place: api.StartUploadResponse, data: bytes, **changed: str) -> int:
    """Sends the file as a browser does; the status."""
    fields: dict[str, Any] = {**place.fields, **changed, "file": ("file", data)}
    response = await asyncio.to_thread(urllib3.request, "POST", place.url, fields=fields)
    return response.status


async def uploaded(person: Person, project_id: str, data: bytes, kind: Any, **fields: Any) -> str:
    """The id of an upload that has arrived."""
    place = await start(person, project_id, data, kind, **fields)
    assert await post(place, data) == 204
    return place.upload_id


async def create_from(person: Person, upload_id: str, *, key: str = "", **fields: Any) -> api.CreateDatasetResponse:
    fields = {"split": SPLIT} | fields
    request = api.CreateDatasetRequest(upload_id=upload_id, **fields)
    answer: api.CreateDatasetResponse = await person.call(DatasetServiceStub, "CreateDataset", request, key=key)
    return answer


async def faults(person: Person, dataset_id: str, number: int = 0) -> list[api.Fault]:
    request = api.ListDatasetFaultsRequest(dataset_id=dataset_id, number=number)
    return list((await person.call(DatasetServiceStub, "ListDatasetFaults", request)).faults)
