"""Uploaded files of a dataset: a place opened for each, made use of once it has arrived, else removed after a day.

They belong to the stream of the dataset that will be made of them, so that no second decision is ever needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from google.protobuf.message import Message

from kernel.clock import timestamp
from kernel.errors import NotFound, Rejected
from kernel.names import clean_name
from kernel.uploads import DIGEST
from neuralforge.dataset.v1 import events_pb2 as events
from neuralforge.dataset.v1 import service_pb2 as api

LARGEST_BYTES = 2 * 2**30
LIFE = timedelta(days=1)
MOST_UPLOADS = 1000
KINDS = (api.SOURCE_KIND_IMAGE_FOLDERS, api.SOURCE_KIND_CSV)


@dataclass(frozen=True, slots=True)
class StoredUpload:
    """A file and what it is for. `used`: a version was made of it, so it stays; `removed`: it is gone for ever."""

    dataset_id: str
    number: int
    project_id: str
    source: api.SourceFile
    used: bool = False
    removed: bool = False


Uploads = tuple[StoredUpload, ...]


def evolve_uploads(uploads: Uploads, event: Message) -> Uploads:
    match event:
        case events.UploadStarted():
            return (*uploads, StoredUpload(event.dataset_id, event.number, event.project_id, event.source))
        case events.UploadRemoved():
            return _with(uploads, replace(uploads[event.number - 1], removed=True))
        case events.VersionRequested() if event.upload:
            return _with(uploads, replace(uploads[event.upload - 1], used=True))
        case _:
            return uploads


def start(
    dataset_id: str, uploads: Uploads, project_id: str, source: api.SourceFile, by: str, now: datetime
) -> list[Message]:
    """A place for one more file, which is at most LARGEST_BYTES."""
    if len(uploads) >= MOST_UPLOADS:
        raise Rejected(f"a dataset has at most {MOST_UPLOADS} uploads; create another dataset")
    started = events.UploadStarted(
        dataset_id=dataset_id,
        number=len(uploads) + 1,
        project_id=project_id,
        source=source,
        started_by=by,
        at=timestamp(now),
    )
    return [started]


def check_source_file(source: api.SourceFile) -> api.SourceFile:
    """The file as announced; raises Rejected for what cannot be taken."""
    filename = clean_name(source.filename, "a file", field="filename")
    if source.kind not in KINDS:
        raise Rejected("say what the file is: a zip of class folders, or CSV", field="kind")
    if not 1 <= source.bytes <= LARGEST_BYTES:
        raise Rejected(f"the file has {source.bytes} bytes; 1 to {LARGEST_BYTES} are taken", field="bytes")
    if source.sha256 and not DIGEST.fullmatch(source.sha256):
        raise Rejected("the sha256 must be 64 lower-case hexadecimal digits, or empty", field="sha256")
    return api.SourceFile(kind=source.kind, filename=filename, bytes=source.bytes, sha256=source.sha256)


def usable(uploads: Uploads, number: int) -> StoredUpload:
    """The upload of that number; raises NotFound, Rejected where it has been removed."""
    if not 1 <= number <= len(uploads):
        raise NotFound("there is no such upload in your organisation; start one and send the file")
    found = uploads[number - 1]
    if found.removed:
        raise Rejected(f"{found.source.filename} was removed because nothing was made of it in time; upload it again")
    return found


def remove(uploads: Uploads, number: int, now: datetime) -> Sequence[Message]:
    """The file goes, unless it has been made use of or is gone."""
    found = uploads[number - 1]
    if found.used or found.removed:
        return []
    return [events.UploadRemoved(dataset_id=found.dataset_id, number=number, at=timestamp(now))]


def found_to_be(uploads: Uploads, number: int, source: api.SourceFile) -> Uploads:
    """With the SHA-256 that an ingest has found, which every later one must find again."""
    return _with(uploads, replace(uploads[number - 1], source=source)) if number and source.sha256 else uploads


def upload_id(dataset_id: str, number: int) -> str:
    """What an upload is called outside."""
    return f"{dataset_id}-{number}"


def of_upload(id: str) -> tuple[str, int]:
    """(dataset id, number) of an upload's name; number -1, which never exists, for a foreign one."""
    dataset_id, _, number = id.rpartition("-")
    return dataset_id, int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else -1


def key(tenant: str, dataset_id: str, number: int) -> str:
    """Where the file lies."""
    return f"{tenant}/upload/{upload_id(dataset_id, number)}"


def _with(uploads: Uploads, upload: StoredUpload) -> Uploads:
    return (*uploads[: upload.number - 1], upload, *uploads[upload.number :])
