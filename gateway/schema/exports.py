"""Exports of trained networks, and the proof that they equal what was trained."""

import math
from datetime import datetime
from enum import Enum
from typing import Annotated, TypeAlias

import strawberry

from gateway.context import Info
from gateway.errors import Refusal
from gateway.scalars import JSON, BigInt, optional_json, optional_moment
from gateway.schema.files import File, file
from gateway.schema.pages import Page
from kernel.clock import moment
from neuralforge.export.v1 import service_pb2 as api


@strawberry.enum
class ExportState(Enum):
    QUEUED = api.EXPORT_STATE_QUEUED
    RUNNING = api.EXPORT_STATE_RUNNING
    VALIDATED = api.EXPORT_STATE_VALIDATED
    CONVERTED_NOT_VALIDATED = api.EXPORT_STATE_CONVERTED_NOT_VALIDATED
    UNAVAILABLE = api.EXPORT_STATE_UNAVAILABLE
    FAILED = api.EXPORT_STATE_FAILED


DOWNLOADABLE = (ExportState.VALIDATED, ExportState.CONVERTED_NOT_VALIDATED)


@strawberry.type(
    description="The export beside the trained network, on real samples: of the test split, of all where it is small."
)
class ExportValidation:
    samples: int
    max_abs_diff: float
    tolerance: float
    argmax_mismatches: int
    min_cosine: float


@strawberry.type
class Export:
    id: strawberry.ID
    project_id: strawberry.ID
    run_id: strawberry.ID
    format: str
    state: ExportState
    stage: str | None = strawberry.field(description="What it is doing, while it runs.")
    reason: str | None = strawberry.field(description="Why it failed or is unavailable.")
    validation: ExportValidation | None
    bytes: BigInt
    sha256: str | None
    created_at: datetime
    finished_at: datetime | None
    created_by: strawberry.ID
    report: JSON | None

    @strawberry.field(description="Null unless there is something to take home.")
    async def download(self, info: Info) -> File | None:
        if self.state not in DOWNLOADABLE:
            return None
        request = api.GetDownloadRequest(export_id=self.id)
        answer = await info.context.ask(info.context.stubs.exports.GetDownload, request)
        return file(answer.file, info.context.links)


@strawberry.type
class Format:
    name: str
    title: str
    extension: str


def validation(message: api.Validation) -> ExportValidation | None:
    """None for one without figures: of a network that gives no numbers there is nothing to compare."""
    if not math.isfinite(message.max_abs_diff + message.min_cosine):
        return None
    return ExportValidation(
        samples=message.samples,
        max_abs_diff=message.max_abs_diff,
        tolerance=message.tolerance,
        argmax_mismatches=message.argmax_mismatches,
        min_cosine=message.min_cosine,
    )


def export(message: api.Export) -> Export:
    return Export(
        id=strawberry.ID(message.id),
        project_id=strawberry.ID(message.project_id),
        run_id=strawberry.ID(message.run_id),
        format=message.format,
        state=ExportState(message.state),
        stage=message.stage or None,
        reason=message.reason or None,
        validation=validation(message.validation) if message.HasField("validation") else None,
        bytes=BigInt(message.bytes),
        sha256=message.sha256 or None,
        created_at=moment(message.created_at),
        finished_at=optional_moment(message.finished_at),
        created_by=strawberry.ID(message.created_by),
        report=optional_json(message.report),
    )


CreateExportResult: TypeAlias = Annotated[Export | Refusal, strawberry.union("CreateExportResult")]


@strawberry.type
class ExportQuery:
    @strawberry.field
    async def formats(self, info: Info) -> list[Format]:
        answer = await info.context.ask(info.context.stubs.exports.ListFormats, api.ListFormatsRequest())
        return [Format(name=each.name, title=each.title, extension=each.extension) for each in answer.formats]

    @strawberry.field
    async def export(self, info: Info, id: strawberry.ID) -> Export | None:
        answer = await info.context.ask(info.context.stubs.exports.GetExport, api.GetExportRequest(export_id=id))
        return export(answer.export)

    @strawberry.field(description="Of a project or of a run.")
    async def exports(
        self,
        info: Info,
        project_id: strawberry.ID = strawberry.ID(""),  # noqa: B008
        run_id: strawberry.ID = strawberry.ID(""),  # noqa: B008
        first: int = 0,
        after: str = "",
    ) -> Page[Export]:
        request = api.ListExportsRequest(project_id=project_id, run_id=run_id, page_size=first, page_token=after)
        answer = await info.context.ask(info.context.stubs.exports.ListExports, request)
        return Page(nodes=[export(each) for each in answer.exports], next_page_token=answer.next_page_token or None)


@strawberry.type
class ExportMutation:
    @strawberry.mutation
    async def create_export(
        self, info: Info, run_id: strawberry.ID, format: str, key: str | None = None
    ) -> CreateExportResult:
        request = api.CreateExportRequest(run_id=run_id, format=format)
        answer = await info.context.command(info.context.stubs.exports.CreateExport, request, key)
        return export(answer.export)
