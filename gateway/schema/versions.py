"""Saved versions of architectures."""

from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry

from gateway.context import Info
from gateway.errors import Refusal
from gateway.scalars import JSON, BigInt, json_value
from gateway.schema.pages import Page
from kernel.clock import moment
from neuralforge.graph.v1 import service_pb2 as api


@strawberry.type
class Version:
    architecture_id: strawberry.ID
    number: int
    message: str
    content_hash: str
    revision: BigInt
    author: strawberry.ID
    created_at: datetime
    params: str = strawberry.field(description="A count, or an expression where sizes are symbols.")
    macs: str = strawberry.field(description="Multiply-accumulates at batch size 1; a count or an expression.")
    content: strawberry.Private[api.GetVersionResponse | None] = None

    @strawberry.field
    async def document(self, info: Info) -> JSON:
        return json_value((await self._content(info)).document)

    @strawberry.field
    async def analysis(self, info: Info) -> JSON:
        return json_value((await self._content(info)).analysis)

    async def _content(self, info: Info) -> api.GetVersionResponse:
        """Lists come without documents: read when asked for."""
        if self.content is not None:
            return self.content
        request = named(self.architecture_id, self.number)
        return await info.context.ask(info.context.stubs.architectures.GetVersion, request)


def named(architecture_id: str, number: int) -> api.GetVersionRequest:
    return api.GetVersionRequest(architecture_id=architecture_id, number=number)


def version(message: api.Version, content: api.GetVersionResponse | None = None) -> Version:
    return Version(
        architecture_id=strawberry.ID(message.architecture_id),
        number=message.number,
        message=message.message,
        content_hash=message.content_hash,
        revision=BigInt(message.revision),
        author=strawberry.ID(message.author),
        created_at=moment(message.created_at),
        params=message.params,
        macs=message.macs,
        content=content,
    )


@strawberry.type(description="A total before and after: counts, or expressions where sizes are symbols.")
class FigureChange:
    name: str
    before: str
    after: str


@strawberry.type(description="The edits that lead from one version to another.")
class VersionDiff:
    edits: JSON
    figures: list[FigureChange]
    nodes: JSON = strawberry.field(
        description="Nodes that came, went or cost something else: a list of {node, was, params, macs, ...}."
    )


SaveVersionResult: TypeAlias = Annotated[Version | Refusal, strawberry.union("SaveVersionResult")]


@strawberry.type
class VersionQuery:
    @strawberry.field
    async def versions(
        self, info: Info, architecture_id: strawberry.ID, first: int = 0, after: str = ""
    ) -> Page[Version]:
        request = api.ListVersionsRequest(architecture_id=architecture_id, page_size=first, page_token=after)
        answer = await info.context.ask(info.context.stubs.architectures.ListVersions, request)
        return Page(nodes=[version(each) for each in answer.versions], next_page_token=answer.next_page_token or None)

    @strawberry.field(description="Number 0 is the newest.")
    async def version(self, info: Info, architecture_id: strawberry.ID, number: int = 0) -> Version | None:
        answer = await info.context.ask(info.context.stubs.architectures.GetVersion, named(architecture_id, number))
        return version(answer.version, answer)

    @strawberry.field(description="`targetArchitectureId` is whose `target` is, where it is another: a fork.")
    async def version_diff(
        self,
        info: Info,
        architecture_id: strawberry.ID,
        base: int,
        target: int,
        target_architecture_id: strawberry.ID | None = None,
    ) -> VersionDiff | None:
        request = api.DiffVersionsRequest(
            architecture_id=architecture_id,
            base=base,
            target=target,
            target_architecture_id=target_architecture_id or "",
        )
        answer = await info.context.ask(info.context.stubs.architectures.DiffVersions, request)
        figures = [FigureChange(name=each.name, before=each.before, after=each.after) for each in answer.figures]
        edits, nodes = (json_value(data or b"[]") for data in (answer.edits, answer.nodes))
        return VersionDiff(edits=edits, figures=figures, nodes=nodes)

    @strawberry.field(description="Which version last set each node, setting and edge of a version; 0 is the newest.")
    async def blame(self, info: Info, architecture_id: strawberry.ID, version: int = 0) -> JSON | None:
        request = api.GetBlameRequest(architecture_id=architecture_id, version=version)
        return json_value((await info.context.ask(info.context.stubs.architectures.GetBlame, request)).blame)

    @strawberry.field(description="PyTorch source of a version; 0 is the newest.")
    async def source(self, info: Info, architecture_id: strawberry.ID, version: int = 0) -> str | None:
        request = api.GetSourceRequest(architecture_id=architecture_id, version=version)
        return (await info.context.ask(info.context.stubs.architectures.GetSource, request)).source


@strawberry.type
class VersionMutation:
    @strawberry.mutation(description="Names the document a version; refused while its analysis has errors.")
    async def save_version(
        self,
        info: Info,
        architecture_id: strawberry.ID,
        message: str = "",
        revision: BigInt | None = None,
        key: str | None = None,
    ) -> SaveVersionResult:
        request = api.SaveVersionRequest(architecture_id=architecture_id, message=message, revision=revision or 0)
        answer = await info.context.command(info.context.stubs.architectures.SaveVersion, request, key)
        return version(answer.version)
