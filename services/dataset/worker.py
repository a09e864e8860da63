"""The ingest job: builds a version's files of a built-in dataset or of an upload. Holds nothing but its grant."""

import sys
import tempfile
from pathlib import Path

from foundry.builtin_data import builtin
from foundry.dataset_files import write_dataset
from foundry.errors import FoundryError
from foundry.ingest import faults as found
from foundry.ingest.columns import Kind
from foundry.ingest.csv_files import TableOptions, ingest_csv
from foundry.ingest.encoding import Categories, Missing
from foundry.ingest.folders import ImageOptions, ingest_folders
from foundry.ingest.pictures import Fit
from foundry.ingest.shards import Splitting
from foundry.splits import stratified_split
from kernel import telemetry
from kernel.children import die_with_parent
from kernel.errors import DomainError
from kernel.heartbeat import Heartbeat
from kernel.job import JobConnection, Lost, digest
from kernel.trace import span
from neuralforge.dataset.v1 import service_pb2 as api
from neuralforge.dataset.v1 import service_pb2_grpc as rpc
from services.dataset.manifest import LARGEST_BYTES

MANIFEST = "manifest.json"
FILES, SOURCE = "files", "source"
FITS = {api.IMAGE_FIT_PAD: "pad", api.IMAGE_FIT_CROP: "crop", api.IMAGE_FIT_STRETCH: "stretch"}
MISSING = {api.MISSING_CELLS_FAIL: "fail", api.MISSING_CELLS_DROP_ROW: "drop", api.MISSING_CELLS_FILL: "fill"}
KINDS = {api.COLUMN_KIND_NUMBER: "number", api.COLUMN_KIND_CATEGORY: "category", api.COLUMN_KIND_IGNORE: "ignore"}
ENCODINGS = {api.CATEGORY_ENCODING_ONE_HOT: "one_hot", api.CATEGORY_ENCODING_ORDINAL: "ordinal"}


def main() -> None:
    die_with_parent()
    with telemetry.job("dataset-worker"):
        attempt()


def attempt() -> None:
    connection = JobConnection.from_environment()
    try:
        with tempfile.TemporaryDirectory() as folder:
            ingest(connection, Path(folder))
    except (Lost, DomainError) as error:
        sys.exit(f"the ingest stopped: {error}")


class Ingest:
    """One version on its way: what was asked for, how far it is, and what could not be used."""

    def __init__(self, job: api.AttachResponse, folder: Path) -> None:
        self.job = job
        self.source = folder / SOURCE
        self.files = folder / FILES
        self.faults = found.Faults()
        self.source_sha256 = ""
        self._progress = api.IngestProgress()

    def progress(self, stage: str, done: int, total: int) -> None:
        """Remembered for the next beat, which reads it from another thread: one assignment, so it is never half."""
        self._progress = api.IngestProgress(stage=stage, done=done, total=total)

    def beat(self) -> api.HeartbeatRequest:
        progress = self._progress
        return api.HeartbeatRequest(progress=progress if progress.stage else None)

    def build(self, connection: JobConnection) -> str:
        """Writes the version's files; returns why it cannot be done, or nothing."""
        self.files.mkdir()
        try:
            if self.job.HasField("source"):
                self._fetch(connection)
                self.faults = read_upload(self)
            else:
                build_files(self.job, self.files)
        except FoundryError as error:
            if isinstance(error, found.Refused):
                self.faults = error.faults
            return str(error)
        size = (self.files / MANIFEST).stat().st_size
        return f"the manifest would have {size} bytes; use fewer columns or rows" if size > LARGEST_BYTES else ""

    def _fetch(self, connection: JobConnection) -> None:
        source = self.job.source
        self.progress("fetching", 0, source.bytes)
        self.source_sha256 = connection.stream(self.job.source_url, self.source)
        if (size := self.source.stat().st_size) != source.bytes:
            raise found.Refused(f"the file has {size} bytes where {source.bytes} were announced; upload it again")
        if source.sha256 not in ("", self.source_sha256):
            was = f"{self.source_sha256[:12]}, not {source.sha256[:12]}"
            raise found.Refused(f"the file has the SHA-256 {was} as announced or found before; upload it again")


def ingest(connection: JobConnection, folder: Path) -> None:
    """Attach, build, upload, complete; data that cannot be built fails the version, anything else this attempt."""
    service = connection.stub(rpc.IngestServiceStub)
    task = Ingest(connection.call(service.Attach, api.AttachRequest()), folder)
    with Heartbeat(lambda: connection.call(service.Heartbeat, task.beat())):
        with span("build"):
            refusal = task.build(connection)
        with span("upload"):
            uploads = [] if refusal else upload_files(connection, service, task)
    if refusal:
        connection.call(service.Fail, api.FailRequest(reason=refusal, faults=faults_message(task.faults)))
        return
    request = api.CompleteRequest(
        manifest=(task.files / MANIFEST).read_bytes(),
        files=uploads,
        faults=faults_message(task.faults),
        source_sha256=task.source_sha256,
    )
    connection.call(service.Complete, request)


def build_files(job: api.AttachResponse, folder: Path) -> None:
    """Writes shards, splits and manifest of a built-in dataset into `folder`."""
    arrays = builtin(job.builtin)
    write_dataset(folder, arrays, stratified_split(arrays.labels, fractions(job.split), job.split.seed))


def read_upload(task: Ingest) -> found.Faults:
    """Writes shards, splits, manifest and pictures of an upload; returns what was left out."""
    job = task.job
    splitting = Splitting(fractions(job.split), job.split.seed)
    if job.source.kind == api.SOURCE_KIND_IMAGE_FOLDERS:
        images = image_options(job.options)
        return ingest_folders(task.source, job.name, images, splitting, task.files, task.progress)
    return ingest_csv(task.source, job.name, table_options(job.options), splitting, task.files, task.progress)


def fractions(split: api.Split) -> tuple[float, float, float]:
    return split.train / 1000, split.validation / 1000, split.test / 1000


def image_options(options: api.IngestOptions) -> ImageOptions:
    asked, tolerance = options.images, found.Tolerance(options.skip_per_mille)
    return ImageOptions(asked.height, asked.width, asked.channels, Fit(FITS[asked.fit]), tolerance)


def table_options(options: api.IngestOptions) -> TableOptions:
    asked = options.table
    return TableOptions(
        target=asked.target,
        delimiter=asked.delimiter,
        kinds={column.name: Kind(KINDS[column.kind]) for column in asked.columns},
        missing=Missing(MISSING[asked.missing]),
        categories=Categories(ENCODINGS[asked.categories]),
        normalise=not asked.keep_scale,
        tolerance=found.Tolerance(options.skip_per_mille),
    )


def faults_message(faults: found.Faults) -> api.Faults:
    listed = [
        api.Fault(code=each.code, reason=each.reason, path=each.path, row=each.row, column=each.column)
        for each in faults.listed
    ]
    counts = [api.FaultCount(code=code, count=count) for code, count in faults.counts.most_common()]
    return api.Faults(listed=listed, counts=counts)


def upload_files(connection: JobConnection, service: rpc.IngestServiceStub, task: Ingest) -> list[api.Upload]:
    """Every file of the version, uploaded; returns them as announced."""
    uploads = []
    for path in sorted(task.files.iterdir()):
        size, sha256 = digest(path)
        uploads.append(api.Upload(name=path.name, bytes=size, sha256=sha256))
    granted = connection.call(service.RequestUploads, api.RequestUploadsRequest(uploads=uploads))
    for number, file in enumerate(granted.files, start=1):
        connection.upload(file.url, task.files / file.name)
        task.progress("storing", number, len(granted.files))
    return uploads


if __name__ == "__main__":
    main()
