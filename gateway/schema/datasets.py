"""Datasets and their immutable versions."""

from datetime import datetime
from enum import Enum
from typing import Annotated, TypeAlias

import strawberry

from gateway.context import Info
from gateway.errors import Refusal
from gateway.scalars import JSON, BigInt, optional_json
from gateway.schema.files import File, file
from gateway.schema.pages import Page
from gateway.schema.uploads import (
    Fault,
    FaultCount,
    IngestOptions,
    IngestOptionsInput,
    IngestProgress,
    Preview,
    SourceFile,
    SourceKind,
    UploadMutation,
    fault,
    ingest_options,
    ingest_progress,
    options_message,
    source_file,
)
from kernel.clock import moment
from neuralforge.dataset.v1 import service_pb2 as api


@strawberry.enum
class DatasetState(Enum):
    INGESTING = api.VERSION_STATE_INGESTING
    READY = api.VERSION_STATE_READY
    FAILED = api.VERSION_STATE_FAILED


@strawberry.input(description="Shares of the rows in per mille, summing to 1000; stratified by class.")
class SplitInput:
    train: int
    validation: int
    test: int
    seed: BigInt = BigInt(0)


@strawberry.type(description="Shares of the rows in per mille.")
class Split:
    train: int
    validation: int
    test: int
    seed: BigInt


@strawberry.type
class DatasetVersion:
    dataset_id: strawberry.ID
    number: int
    state: DatasetState
    split: Split
    failure: str | None
    content_hash: str | None
    rows: BigInt
    classes: list[str]
    class_counts: list[BigInt] = strawberry.field(description="Rows per class, in the order of `classes`.")
    train_rows: BigInt
    validation_rows: BigInt
    test_rows: BigInt
    statistics: JSON | None
    input_shape: list[int] = strawberry.field(description="Of one input, without the batch.")
    bytes: BigInt
    created_at: datetime
    source: SourceFile | None = strawberry.field(description="The uploaded file; null for a built-in source.")
    options: IngestOptions | None = strawberry.field(description="How the file becomes data.")
    progress: IngestProgress | None
    fault_counts: list[FaultCount] = strawberry.field(description="How many faults the file has of each code.")
    given_splits: bool = strawberry.field(description="The archive's folders gave the splits.")

    @strawberry.field(description="Links to the files; null until the version is ready.")
    async def files(self, info: Info) -> list[File] | None:
        if self.state != DatasetState.READY:
            return None
        request = api.ListDatasetFilesRequest(dataset_id=self.dataset_id, number=self.number)
        answer = await info.context.ask(info.context.stubs.datasets.ListDatasetFiles, request)
        return [file(each, info.context.links) for each in answer.files]

    @strawberry.field(description="The first files, rows and cells that cannot be used.")
    async def faults(self, info: Info) -> list[Fault]:
        if not self.fault_counts:
            return []
        request = api.ListDatasetFaultsRequest(dataset_id=self.dataset_id, number=self.number)
        answer = await info.context.ask(info.context.stubs.datasets.ListDatasetFaults, request)
        return [fault(each) for each in answer.faults]

    @strawberry.field(description="What the classes of uploaded images look like, in the order of `classes`.")
    async def previews(self, info: Info) -> list[Preview]:
        if not self.source or self.source.kind != SourceKind.IMAGE_FOLDERS:
            return []
        names = {f"preview-{index:05d}.png": name for index, name in enumerate(self.classes)}
        files = await self.files(info) or []
        return [Preview(label=names[each.name], url=each.url) for each in files if each.name in names]


@strawberry.type
class Dataset:
    id: strawberry.ID
    project_id: strawberry.ID
    name: str
    builtin: str
    latest_version: int
    created_at: datetime
    created_by: strawberry.ID
    kind: SourceKind | None = strawberry.field(description="Of the uploaded file; null for a built-in source.")

    @strawberry.field
    async def versions(self, info: Info) -> list[DatasetVersion]:
        request = api.GetDatasetRequest(dataset_id=self.id)
        answer = await info.context.ask(info.context.stubs.datasets.GetDataset, request)
        return [dataset_version(each) for each in answer.versions]


@strawberry.type
class Builtin:
    name: str
    title: str
    summary: str
    rows: BigInt
    classes: list[str]
    input_shape: list[int]


def split(message: api.Split) -> Split:
    return Split(train=message.train, validation=message.validation, test=message.test, seed=BigInt(message.seed))


def dataset(message: api.Dataset) -> Dataset:
    return Dataset(
        id=strawberry.ID(message.id),
        project_id=strawberry.ID(message.project_id),
        name=message.name,
        builtin=message.builtin,
        latest_version=message.latest_version,
        created_at=moment(message.created_at),
        created_by=strawberry.ID(message.created_by),
        kind=SourceKind(message.kind) if message.kind else None,
    )


def dataset_version(message: api.DatasetVersion) -> DatasetVersion:
    return DatasetVersion(
        dataset_id=strawberry.ID(message.dataset_id),
        number=message.number,
        state=DatasetState(message.state),
        split=split(message.split),
        failure=message.failure or None,
        content_hash=message.content_hash or None,
        rows=BigInt(message.rows),
        classes=list(message.classes),
        class_counts=[BigInt(count) for count in message.class_counts],
        train_rows=BigInt(message.train_rows),
        validation_rows=BigInt(message.validation_rows),
        test_rows=BigInt(message.test_rows),
        statistics=optional_json(message.statistics),
        input_shape=list(message.input_shape),
        bytes=BigInt(message.bytes),
        created_at=moment(message.created_at),
        source=source_file(message.source) if message.HasField("source") else None,
        options=ingest_options(message.options) if message.HasField("options") else None,
        progress=ingest_progress(message.progress) if message.HasField("progress") else None,
        fault_counts=[FaultCount(code=each.code, count=each.count) for each in message.fault_counts],
        given_splits=message.given_splits,
    )


def builtin(message: api.Builtin) -> Builtin:
    return Builtin(
        name=message.name,
        title=message.title,
        summary=message.summary,
        rows=BigInt(message.rows),
        classes=list(message.classes),
        input_shape=list(message.input_shape),
    )


CreateDatasetResult: TypeAlias = Annotated[Dataset | Refusal, strawberry.union("CreateDatasetResult")]
CreateDatasetVersionResult: TypeAlias = Annotated[
    DatasetVersion | Refusal, strawberry.union("CreateDatasetVersionResult")
]


@strawberry.type
class DatasetQuery:
    @strawberry.field(description="What datasets can be made of.")
    async def builtins(self, info: Info) -> list[Builtin]:
        answer = await info.context.ask(info.context.stubs.datasets.ListBuiltins, api.ListBuiltinsRequest())
        return [builtin(each) for each in answer.builtins]

    @strawberry.field
    async def datasets(
        self, info: Info, project_id: strawberry.ID, name: str = "", first: int = 0, after: str = ""
    ) -> Page[Dataset]:
        request = api.ListDatasetsRequest(project_id=project_id, name=name, page_size=first, page_token=after)
        answer = await info.context.ask(info.context.stubs.datasets.ListDatasets, request)
        return Page(nodes=[dataset(each) for each in answer.datasets], next_page_token=answer.next_page_token or None)

    @strawberry.field
    async def dataset(self, info: Info, id: strawberry.ID) -> Dataset | None:
        answer = await info.context.ask(info.context.stubs.datasets.GetDataset, api.GetDatasetRequest(dataset_id=id))
        return dataset(answer.dataset)

    @strawberry.field(description="Number 0 is the newest.")
    async def dataset_version(self, info: Info, dataset_id: strawberry.ID, number: int = 0) -> DatasetVersion | None:
        request = api.GetDatasetVersionRequest(dataset_id=dataset_id, number=number)
        answer = await info.context.ask(info.context.stubs.datasets.GetDatasetVersion, request)
        return dataset_version(answer.version)


CancelDatasetVersionResult: TypeAlias = Annotated[
    DatasetVersion | Refusal, strawberry.union("CancelDatasetVersionResult")
]


@strawberry.type
class DatasetMutation(UploadMutation):
    @strawberry.mutation(description="Starts the ingest of a built-in dataset, or of an upload, as version 1.")
    async def create_dataset(
        self,
        info: Info,
        project_id: strawberry.ID,
        builtin: str = "",
        name: str = "",
        split: SplitInput | None = None,
        upload_id: strawberry.ID | None = None,
        options: IngestOptionsInput | None = None,
        key: str | None = None,
    ) -> CreateDatasetResult:
        request = api.CreateDatasetRequest(
            project_id=project_id,
            name=name,
            builtin=builtin,
            split=_split_message(split),
            upload_id=upload_id or "",
            options=options_message(options),
        )
        answer = await info.context.command(info.context.stubs.datasets.CreateDataset, request, key)
        return dataset(answer.dataset)

    @strawberry.mutation(description="Another version, with another split, other options or of a further upload.")
    async def create_dataset_version(
        self,
        info: Info,
        dataset_id: strawberry.ID,
        split: SplitInput | None = None,
        upload_id: strawberry.ID | None = None,
        options: IngestOptionsInput | None = None,
        key: str | None = None,
    ) -> CreateDatasetVersionResult:
        request = api.CreateDatasetVersionRequest(
            dataset_id=dataset_id,
            split=_split_message(split),
            upload_id=upload_id or "",
            options=options_message(options),
        )
        answer = await info.context.command(info.context.stubs.datasets.CreateDatasetVersion, request, key)
        return dataset_version(answer.version)

    @strawberry.mutation(description="Ends an ingest; the version is failed.")
    async def cancel_dataset_version(
        self, info: Info, dataset_id: strawberry.ID, number: int, key: str | None = None
    ) -> CancelDatasetVersionResult:
        request = api.CancelDatasetVersionRequest(dataset_id=dataset_id, number=number)
        answer = await info.context.command(info.context.stubs.datasets.CancelDatasetVersion, request, key)
        return dataset_version(answer.version)


def _split_message(given: SplitInput | None) -> api.Split | None:
    if given is None:
        return None
    return api.Split(train=given.train, validation=given.validation, test=given.test, seed=given.seed)
