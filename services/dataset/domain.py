"""A dataset and its versions. A version is being ingested, READY for ever, or FAILED for ever; never half."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from google.protobuf.message import Message

from kernel.clock import timestamp
from kernel.errors import NotFound, Rejected
from kernel.events import UnknownEvent
from neuralforge.dataset.v1 import events_pb2 as events
from neuralforge.dataset.v1 import service_pb2 as api
from services.dataset.catalogue import BUILTINS
from services.dataset.manifest import Manifest, check_files, check_source, check_uploaded, read_manifest
from services.dataset.uploads import Uploads, evolve_uploads, found_to_be, usable

Copied = TypeVar("Copied", bound=Message)
LONGEST_REASON = 1000
MOST_VERSIONS = 1000
INGESTING, READY, FAILED = (
    api.VERSION_STATE_INGESTING,
    api.VERSION_STATE_READY,
    api.VERSION_STATE_FAILED,
)


@dataclass(frozen=True, slots=True)
class Version:
    """What people see of it, the attempt that writes (or wrote) it, its files once it is ready, what was wrong with its
    source, and which upload that is; 0 is a built-in one."""

    public: api.DatasetVersion
    attempt: int = 0
    files: tuple[api.Upload, ...] = ()
    faults: tuple[api.Fault, ...] = ()
    upload: int = 0

    @property
    def open(self) -> bool:
        return self.public.state == INGESTING


@dataclass(frozen=True, slots=True)
class Dataset:
    """An empty id is no dataset, though files may have been uploaded for it. Version n is `versions[n - 1]`."""

    id: str = ""
    public: api.Dataset = field(default_factory=api.Dataset)
    versions: tuple[Version, ...] = ()
    uploads: Uploads = ()

    def version(self, number: int) -> Version:
        """The version of that number, the newest for 0; raises NotFound."""
        if not self.id:
            raise NotFound("there is no such dataset in your organisation; list the datasets of your project")
        if not 0 <= number <= len(self.versions):
            raise NotFound(f"the dataset has no version {number}; it has versions 1 to {len(self.versions)}")
        return self.versions[number - 1]


def evolve(state: Dataset, event: Message) -> Dataset:
    state = replace(state, uploads=evolve_uploads(state.uploads, event))
    match event:
        case events.UploadStarted() | events.UploadRemoved():
            return state
        case events.DatasetCreated():
            public = api.Dataset(
                id=event.dataset_id,
                project_id=event.project_id,
                name=event.name,
                builtin=event.builtin,
                created_by=event.created_by,
                created_at=event.at,
                kind=event.kind,
            )
            return replace(state, id=event.dataset_id, public=public)
        case events.VersionRequested():
            version = api.DatasetVersion(
                dataset_id=event.dataset_id,
                number=event.number,
                state=INGESTING,
                split=event.split,
                created_at=event.at,
                project_id=state.public.project_id,
            )
            if event.upload:
                version.options.CopyFrom(event.options)
                version.source.CopyFrom(state.uploads[event.upload - 1].source)
            public = _copy(state.public)
            public.latest_version = event.number
            return replace(state, public=public, versions=(*state.versions, Version(version, upload=event.upload)))
        case events.IngestStarted():
            known = state.versions[event.number - 1]
            anew = _copy(known.public)
            anew.ClearField("progress")
            return _with(state, event.number, replace(known, public=anew, attempt=event.attempt))
        case events.IngestProgressed():
            known = state.versions[event.number - 1]
            further = _copy(known.public)
            further.progress.CopyFrom(event.progress)
            return _with(state, event.number, replace(known, public=further))
        case events.VersionReady():
            upload = state.versions[event.number - 1].upload
            state = replace(state, uploads=found_to_be(state.uploads, upload, event.version.source))
            ready = Version(event.version, event.attempt, tuple(event.files), tuple(event.faults), upload)
            return _with(state, event.number, ready)
        case events.VersionFailed():
            known = state.versions[event.number - 1]
            failed = _copy(known.public)
            failed.state, failed.failure = FAILED, event.reason
            failed.fault_counts.extend(event.faults.counts)
            return _with(state, event.number, replace(known, public=failed, faults=tuple(event.faults.listed)))
        case _:
            raise UnknownEvent(f"{type(event).__name__} is no event of a dataset")


def create(
    dataset_id: str, project_id: str, name: str, builtin: str, split: api.Split, by: str, now: datetime
) -> list[Message]:
    """A dataset and the request for its first version."""
    created = events.DatasetCreated(
        dataset_id=dataset_id, project_id=project_id, name=name, builtin=builtin, created_by=by, at=timestamp(now)
    )
    return [created, events.VersionRequested(dataset_id=dataset_id, number=1, split=split, at=timestamp(now))]


def create_uploaded(
    state: Dataset, number: int, name: str, options: api.IngestOptions, split: api.Split, by: str, now: datetime
) -> list[Message]:
    """A dataset of the upload of that number, in whose stream `state` is, and the request for its first version."""
    if state.id:
        raise Rejected(f"the upload is the dataset {state.public.name!r} already; create another version of it")
    upload = usable(state.uploads, number)
    created = events.DatasetCreated(
        dataset_id=upload.dataset_id,
        project_id=upload.project_id,
        name=name,
        created_by=by,
        at=timestamp(now),
        kind=upload.source.kind,
    )
    requested = events.VersionRequested(
        dataset_id=upload.dataset_id,
        number=1,
        split=split,
        at=timestamp(now),
        upload=number,
        options=options,
        requested_by=by,
    )
    return [created, requested]


def request_version(
    state: Dataset,
    split: api.Split,
    now: datetime,
    *,
    upload: int = 0,
    options: api.IngestOptions | None = None,
    by: str = "",
) -> list[Message]:
    """The next version: of that upload, else of what the newest one is of; without options, by those of the newest."""
    newest = state.version(0)
    number = newest.public.number
    if number >= MOST_VERSIONS:
        raise Rejected(f"a dataset has at most {MOST_VERSIONS} versions; create another dataset")
    upload = upload or newest.upload
    requested = events.VersionRequested(
        dataset_id=state.id, number=number + 1, split=split, at=timestamp(now), upload=upload, requested_by=by
    )
    if upload:
        source = usable(state.uploads, upload).source
        if source.kind != state.public.kind:
            raise Rejected("the upload is of another kind than the dataset; create another dataset of it")
        requested.options.CopyFrom(newest.public.options if options is None else options)
    return [requested]


def begin_attempt(state: Dataset, number: int, attempt: int, now: datetime) -> list[Message]:
    """Attempt `attempt` begins, unless the version is over or the attempt before it is not the present one."""
    version = state.version(number)
    if not version.open or version.attempt != attempt - 1:
        return []
    return [events.IngestStarted(dataset_id=state.id, number=number, attempt=attempt, at=timestamp(now))]


def check_complete(state: Dataset, number: int, manifest: bytes, files: Sequence[api.Upload]) -> Manifest:
    """The manifest, once it contradicts neither itself, nor its files, nor what was asked for; else raises Rejected."""
    found, split = read_manifest(manifest), state.version(number).public.split
    check_files(found, files)
    if state.version(number).upload:
        check_uploaded(found, split)
    else:
        check_source(found, BUILTINS[state.public.builtin], split)
    return found


def complete(
    state: Dataset,
    number: int,
    manifest: bytes,
    files: Sequence[api.Upload],
    now: datetime,
    *,
    faults: api.Faults | None = None,
    source_sha256: str = "",
) -> list[Message]:
    """The version is ready; saying so again changes nothing. Its files have been verified by the caller."""
    faults = faults or api.Faults()
    version, found = state.version(number), check_complete(state, number, manifest, files)
    if not version.open:
        return []
    public = _copy(version.public)
    public.MergeFrom(_figures(found))
    public.state, public.bytes = READY, sum(file.bytes for file in files)
    public.ClearField("progress")
    public.fault_counts.extend(faults.counts)
    if version.upload:
        public.source.sha256 = source_sha256
    ready = events.VersionReady(
        dataset_id=state.id,
        number=number,
        attempt=version.attempt,
        manifest=manifest,
        files=files,
        version=public,
        at=timestamp(now),
        faults=faults.listed,
    )
    return [ready]


def _figures(manifest: Manifest) -> api.DatasetVersion:
    train, validation, test = manifest.split_rows
    return api.DatasetVersion(
        content_hash=manifest.content_hash,
        rows=manifest.rows,
        classes=manifest.classes,
        class_counts=manifest.class_counts,
        train_rows=train,
        validation_rows=validation,
        test_rows=test,
        statistics=manifest.statistics,
        input_shape=manifest.input_shape,
        given_splits=manifest.given_splits,
    )


def fail(
    state: Dataset, number: int, reason: str, now: datetime, *, faults: api.Faults | None = None, cancelled_by: str = ""
) -> list[Message]:
    """The version failed; what is over stays as it is."""
    if not state.version(number).open:
        return []
    reason = reason.strip()[:LONGEST_REASON] or "the ingest failed without giving a reason"
    failed = events.VersionFailed(
        dataset_id=state.id, number=number, reason=reason, at=timestamp(now), faults=faults, cancelled_by=cancelled_by
    )
    return [failed]


def job_id(dataset_id: str, number: int) -> str:
    """What a version is called as a job."""
    return f"{dataset_id}-{number}"


def of_job(job: str) -> tuple[str, int]:
    """(dataset id, version number) behind a job's name; version -1, which never exists, for a foreign name."""
    dataset_id, _, number = job.rpartition("-")
    return dataset_id, int(number) if number.isdecimal() and len(number) < 10 else -1


def folder(tenant: str, job: str, attempt: int) -> str:
    """Where one attempt keeps its files: of its own, so that no attempt can touch another's."""
    return f"{tenant}/dataset/{job}/{attempt}"


def _with(state: Dataset, number: int, version: Version) -> Dataset:
    return replace(state, versions=(*state.versions[: number - 1], version, *state.versions[number:]))


def _copy(message: Copied) -> Copied:
    copied = type(message)()
    copied.CopyFrom(message)
    return copied
