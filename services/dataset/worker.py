"""The ingest job: builds a built-in dataset's files and uploads them. Holds nothing but its grant."""

import sys
import tempfile
from pathlib import Path

from kernel.children import die_with_parent
from kernel.errors import DomainError
from kernel.heartbeat import Heartbeat
from kernel.job import JobConnection, Lost, digest
from neuralforge.dataset.v1 import service_pb2 as api
from neuralforge.dataset.v1 import service_pb2_grpc as rpc

MANIFEST = "manifest.json"


def main() -> None:
    die_with_parent()
    connection = JobConnection.from_environment()
    try:
        with tempfile.TemporaryDirectory() as folder:
            ingest(connection, Path(folder))
    except (Lost, DomainError) as error:
        sys.exit(f"the ingest stopped: {error}")


def ingest(connection: JobConnection, folder: Path) -> None:
    """Attach, build, upload, complete; data that cannot be built fails the version, anything else this attempt."""
    service = connection.stub(rpc.IngestServiceStub)
    job = connection.call(service.Attach, api.AttachRequest())
    with Heartbeat(lambda: connection.call(service.Heartbeat, api.HeartbeatRequest())):
        refusal = build_files(job, folder)
        uploads = [] if refusal else upload_files(connection, service, folder)
    if refusal:
        connection.call(service.Fail, api.FailRequest(reason=refusal))
    else:
        manifest = (folder / MANIFEST).read_bytes()
        connection.call(service.Complete, api.CompleteRequest(manifest=manifest, files=uploads))


def build_files(job: api.AttachResponse, folder: Path) -> str:
    """Writes shards, splits and manifest into `folder`; returns why it cannot be done, or nothing."""
    from foundry.builtin_data import builtin
    from foundry.dataset_files import write_dataset
    from foundry.errors import FoundryError
    from foundry.splits import stratified_split

    fractions = tuple(share / 1000 for share in (job.split.train, job.split.validation, job.split.test))
    try:
        arrays = builtin(job.builtin)
        write_dataset(folder, arrays, stratified_split(arrays.labels, fractions, job.split.seed))
    except FoundryError as error:
        return str(error)
    return ""


def upload_files(connection: JobConnection, service: rpc.IngestServiceStub, folder: Path) -> list[api.Upload]:
    """Every file in `folder`, uploaded; returns them as announced."""
    uploads = []
    for path in sorted(folder.iterdir()):
        size, sha256 = digest(path)
        uploads.append(api.Upload(name=path.name, bytes=size, sha256=sha256))
    granted = connection.call(service.RequestUploads, api.RequestUploadsRequest(uploads=uploads))
    for file in granted.files:
        connection.upload(file.url, folder / file.name)
    return uploads


if __name__ == "__main__":
    main()
