"""Uploads: a place for a file, and how the file becomes data."""

from datetime import datetime
from enum import Enum
from typing import Annotated, TypeAlias

import strawberry

from gateway.context import Info
from gateway.errors import Refusal
from gateway.scalars import BigInt
from kernel.clock import moment
from neuralforge.dataset.v1 import service_pb2 as api


@strawberry.enum(description="A zip of one folder of images per class, or a CSV table.")
class SourceKind(Enum):
    IMAGE_FOLDERS = api.SOURCE_KIND_IMAGE_FOLDERS
    CSV = api.SOURCE_KIND_CSV


@strawberry.enum(description="With black edges, cut at its sides, or distorted.")
class ImageFit(Enum):
    PAD = api.IMAGE_FIT_PAD
    CROP = api.IMAGE_FIT_CROP
    STRETCH = api.IMAGE_FIT_STRETCH


@strawberry.enum
class ColumnKind(Enum):
    NUMBER = api.COLUMN_KIND_NUMBER
    CATEGORY = api.COLUMN_KIND_CATEGORY
    IGNORE = api.COLUMN_KIND_IGNORE


@strawberry.enum(description="A fault, a row to leave out, or the column's mean (a category of its own).")
class MissingCells(Enum):
    FAIL = api.MISSING_CELLS_FAIL
    DROP_ROW = api.MISSING_CELLS_DROP_ROW
    FILL = api.MISSING_CELLS_FILL


@strawberry.enum
class CategoryEncoding(Enum):
    ONE_HOT = api.CATEGORY_ENCODING_ONE_HOT
    ORDINAL = api.CATEGORY_ENCODING_ORDINAL


@strawberry.input(description="Sizes in pixels, both or neither; 0 takes what is commonest, at most 128 a side.")
class ImageOptionsInput:
    height: int = 0
    width: int = 0
    channels: int = strawberry.field(default=0, description="1 or 3; 0 takes what most images are.")
    fit: ImageFit = ImageFit.PAD


@strawberry.input
class ColumnInput:
    name: str
    kind: ColumnKind


@strawberry.input
class TableOptionsInput:
    target: str = strawberry.field(default="", description="The column to predict; empty takes the last one.")
    delimiter: str = strawberry.field(default="", description="One of , ; | and tab; empty finds it out.")
    columns: list[ColumnInput] = strawberry.field(default_factory=list, description="Kinds not to be found out.")
    missing: MissingCells = MissingCells.FAIL
    categories: CategoryEncoding = CategoryEncoding.ONE_HOT
    keep_scale: bool = strawberry.field(
        default=False, description="Numbers stay as they are, instead of mean 0 and deviation 1 by the train split."
    )


@strawberry.input(description="`images` or `table`, by the kind of the file.")
class IngestOptionsInput:
    skip_per_mille: int = strawberry.field(
        default=0, description="Bad files or rows are left out up to this share; 0 lets the first one fail the version."
    )
    images: ImageOptionsInput | None = None
    table: TableOptionsInput | None = None


@strawberry.type
class ImageOptions:
    height: int
    width: int
    channels: int
    fit: ImageFit


@strawberry.type
class ColumnChoice:
    name: str
    kind: ColumnKind


@strawberry.type
class TableOptions:
    target: str
    delimiter: str
    columns: list[ColumnChoice]
    missing: MissingCells
    categories: CategoryEncoding
    keep_scale: bool


@strawberry.type
class IngestOptions:
    skip_per_mille: int
    images: ImageOptions | None
    table: TableOptions | None


@strawberry.type(description="An uploaded file.")
class SourceFile:
    kind: SourceKind
    filename: str
    bytes: BigInt
    sha256: str | None = strawberry.field(description="Null until it is announced or an ingest has found it.")


@strawberry.type(description="How far an ingest is, in files or rows; `total` is 0 where it is not known yet.")
class IngestProgress:
    stage: str
    done: BigInt
    total: BigInt


@strawberry.type
class FaultCount:
    code: str
    count: int


@strawberry.type(description="A file of an archive, or a row of a table and perhaps its cell, that cannot be used.")
class Fault:
    code: str
    reason: str = strawberry.field(description="Goes on from the file, row or cell: `is cut short`.")
    path: str | None
    row: BigInt | None = strawberry.field(description="As a spreadsheet counts: the header is row 1.")
    column: str | None


@strawberry.type(description="Sixteen images of a class as one small picture.")
class Preview:
    label: str
    url: str


@strawberry.type
class FormField:
    name: str
    value: str


@strawberry.type(
    description="POST the fields, then the file as `file`, to the url as multipart/form-data; it answers 204. "
    "A file of which nothing is made within a day is removed."
)
class UploadPlace:
    upload_id: strawberry.ID
    url: str = strawberry.field(description="Relative to this origin.")
    fields: list[FormField]
    expires_at: datetime


StartUploadResult: TypeAlias = Annotated[UploadPlace | Refusal, strawberry.union("StartUploadResult")]


@strawberry.type
class UploadMutation:
    @strawberry.mutation(description="Opens a place for a file of exactly that many bytes.")
    async def start_upload(
        self,
        info: Info,
        project_id: strawberry.ID,
        filename: str,
        kind: SourceKind,
        bytes: BigInt,
        sha256: str = "",
        dataset_id: strawberry.ID | None = None,
        key: str | None = None,
    ) -> StartUploadResult:
        request = api.StartUploadRequest(
            project_id=project_id,
            dataset_id=dataset_id or "",
            filename=filename,
            kind=kind.value,
            bytes=bytes,
            sha256=sha256,
        )
        answer = await info.context.command(info.context.stubs.datasets.StartUpload, request, key)
        return UploadPlace(
            upload_id=strawberry.ID(answer.upload_id),
            url=info.context.links.public(answer.url),
            fields=[FormField(name=name, value=value) for name, value in answer.fields.items()],
            expires_at=moment(answer.expires_at),
        )


def options_message(given: IngestOptionsInput | None) -> api.IngestOptions | None:
    if given is None:
        return None
    options = api.IngestOptions(skip_per_mille=given.skip_per_mille)
    if given.images:
        images = given.images
        options.images.MergeFrom(
            api.ImageOptions(height=images.height, width=images.width, channels=images.channels, fit=images.fit.value)
        )
        options.images.SetInParent()
    if given.table:
        options.table.MergeFrom(_table_message(given.table))
        options.table.SetInParent()
    return options


def _table_message(table: TableOptionsInput) -> api.TableOptions:
    return api.TableOptions(
        target=table.target,
        delimiter=table.delimiter,
        columns=[api.ColumnChoice(name=column.name, kind=column.kind.value) for column in table.columns],
        missing=table.missing.value,
        categories=table.categories.value,
        keep_scale=table.keep_scale,
    )


def ingest_options(message: api.IngestOptions) -> IngestOptions:
    images, table = message.images, message.table
    kind = message.WhichOneof("kind")
    return IngestOptions(
        skip_per_mille=message.skip_per_mille,
        images=ImageOptions(
            height=images.height, width=images.width, channels=images.channels, fit=ImageFit(images.fit)
        )
        if kind == "images"
        else None,
        table=_table(table) if kind == "table" else None,
    )


def _table(table: api.TableOptions) -> TableOptions:
    return TableOptions(
        target=table.target,
        delimiter=table.delimiter,
        columns=[ColumnChoice(name=column.name, kind=ColumnKind(column.kind)) for column in table.columns],
        missing=MissingCells(table.missing),
        categories=CategoryEncoding(table.categories),
        keep_scale=table.keep_scale,
    )


def source_file(message: api.SourceFile) -> SourceFile:
    return SourceFile(
        kind=SourceKind(message.kind),
        filename=message.filename,
        bytes=BigInt(message.bytes),
        sha256=message.sha256 or None,
    )


def ingest_progress(message: api.IngestProgress) -> IngestProgress:
    return IngestProgress(stage=message.stage, done=BigInt(message.done), total=BigInt(message.total))


def fault(message: api.Fault) -> Fault:
    return Fault(
        code=message.code,
        reason=message.reason,
        path=message.path or None,
        row=BigInt(message.row) if message.row else None,
        column=message.column or None,
    )
