"""Architectures: documents edited in batches. Their saved versions are in `versions`."""

from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry

from gateway.context import Info
from gateway.errors import Refusal
from gateway.scalars import JSON, BigInt, json_bytes, json_value
from gateway.schema.pages import Page
from kernel.clock import moment, timestamp
from neuralforge.graph.v1 import service_pb2 as api


@strawberry.input(description="A template and its parameters; a parameter left out has its default.")
class TemplateChoice:
    name: str
    parameters: JSON | None = None


def choice(template: TemplateChoice) -> api.TemplateChoice:
    """The choice as the graph service takes it."""
    parameters = b"" if template.parameters is None else json_bytes(template.parameters, "parameters")
    return api.TemplateChoice(name=template.name, parameters=parameters)


@strawberry.type
class Architecture:
    id: strawberry.ID
    project_id: strawberry.ID
    name: str
    revision: BigInt = strawberry.field(description="How many batches of edits have been applied; 1 after creation.")
    latest_version: int = strawberry.field(description="The newest saved version, 0 if none.")
    created_at: datetime
    updated_at: datetime
    created_by: strawberry.ID
    origin_architecture_id: strawberry.ID | None = strawberry.field(description="What it was forked from, if it was.")
    origin_version: int | None
    content: strawberry.Private[api.GetArchitectureResponse | None] = None

    @strawberry.field(description="The blueprint document at this revision.")
    async def document(self, info: Info) -> JSON:
        return json_value((await self._content(info)).document)

    @strawberry.field(description="Shapes, counts and issues of the document.")
    async def analysis(self, info: Info) -> JSON:
        return json_value((await self._content(info)).analysis)

    async def _content(self, info: Info) -> api.GetArchitectureResponse:
        """Lists come without documents: read when asked for."""
        if self.content is not None:
            return self.content
        request = api.GetArchitectureRequest(architecture_id=self.id, revision=self.revision)
        return await info.context.ask(info.context.stubs.architectures.GetArchitecture, request)


def architecture(message: api.Architecture, content: api.GetArchitectureResponse | None = None) -> Architecture:
    return Architecture(
        id=strawberry.ID(message.id),
        project_id=strawberry.ID(message.project_id),
        name=message.name,
        revision=BigInt(message.revision),
        latest_version=message.latest_version,
        created_at=moment(message.created_at),
        updated_at=moment(message.updated_at),
        created_by=strawberry.ID(message.created_by),
        origin_architecture_id=strawberry.ID(message.origin_architecture_id) if message.origin_version else None,
        origin_version=message.origin_version or None,
        content=content,
    )


def whole(
    answer: api.GetArchitectureResponse
    | api.CreateArchitectureResponse
    | api.ForkArchitectureResponse
    | api.ApplyEditsResponse
    | api.MergeArchitectureResponse
    | api.RenameArchitectureResponse,
) -> Architecture:
    """The architecture of an answer that brings document and analysis along."""
    content = api.GetArchitectureResponse(document=answer.document, analysis=answer.analysis)
    return architecture(answer.architecture, content)


@strawberry.type(description="What a document holds, without storing it.")
class Validation:
    analysis: JSON
    content_hash: str


CreateArchitectureResult: TypeAlias = Annotated[Architecture | Refusal, strawberry.union("CreateArchitectureResult")]
RenameArchitectureResult: TypeAlias = Annotated[Architecture | Refusal, strawberry.union("RenameArchitectureResult")]
ApplyEditsResult: TypeAlias = Annotated[Architecture | Refusal, strawberry.union("ApplyEditsResult")]


@strawberry.type
class ArchitectureQuery:
    @strawberry.field(description="As it is, or as it was at a revision or a moment.")
    async def architecture(
        self,
        info: Info,
        id: strawberry.ID,
        revision: BigInt | None = None,
        as_of: datetime | None = None,
    ) -> Architecture | None:
        request = api.GetArchitectureRequest(
            architecture_id=id, revision=revision or 0, as_of=timestamp(as_of) if as_of else None
        )
        answer = await info.context.ask(info.context.stubs.architectures.GetArchitecture, request)
        return whole(answer)

    @strawberry.field
    async def architectures(
        self, info: Info, project_id: strawberry.ID, first: int = 0, after: str = ""
    ) -> Page[Architecture]:
        request = api.ListArchitecturesRequest(project_id=project_id, page_size=first, page_token=after)
        answer = await info.context.ask(info.context.stubs.architectures.ListArchitectures, request)
        nodes = [architecture(each) for each in answer.architectures]
        return Page(nodes=nodes, next_page_token=answer.next_page_token or None)

    @strawberry.field
    async def validate(self, info: Info, document: JSON) -> Validation:
        request = api.ValidateDocumentRequest(document=json_bytes(document, "document"))
        answer = await info.context.ask(info.context.stubs.architectures.ValidateDocument, request)
        return Validation(analysis=json_value(answer.analysis), content_hash=answer.content_hash)


@strawberry.type
class ArchitectureMutation:
    @strawberry.mutation(description="From a template or a whole document; empty without either.")
    async def create_architecture(
        self,
        info: Info,
        project_id: strawberry.ID,
        name: str = "",
        template: TemplateChoice | None = None,
        document: JSON | None = None,
        key: str | None = None,
    ) -> CreateArchitectureResult:
        request = api.CreateArchitectureRequest(project_id=project_id, name=name)
        if document is not None:
            request.document = json_bytes(document, "document")
        if template is not None:
            request.template.CopyFrom(choice(template))
        answer = await info.context.command(info.context.stubs.architectures.CreateArchitecture, request, key)
        return whole(answer)

    @strawberry.mutation(description="The document is called the same from then on; its revision stays.")
    async def rename_architecture(
        self, info: Info, id: strawberry.ID, name: str, key: str | None = None
    ) -> RenameArchitectureResult:
        request = api.RenameArchitectureRequest(architecture_id=id, name=name)
        answer = await info.context.command(info.context.stubs.architectures.RenameArchitecture, request, key)
        return whole(answer)

    @strawberry.mutation(description="All edits or none; `baseRevision` is what they were made on.")
    async def apply_edits(
        self,
        info: Info,
        architecture_id: strawberry.ID,
        edits: JSON,
        base_revision: BigInt | None = None,
        key: str | None = None,
    ) -> ApplyEditsResult:
        request = api.ApplyEditsRequest(
            architecture_id=architecture_id, base_revision=base_revision or 0, edits=json_bytes(edits, "edits")
        )
        answer = await info.context.command(info.context.stubs.architectures.ApplyEdits, request, key)
        return whole(answer)
