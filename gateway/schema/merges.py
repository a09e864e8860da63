"""Forks of architectures, and what was done to them brought back."""

from typing import Annotated, TypeAlias

import strawberry

from gateway.context import Info
from gateway.errors import Refusal
from gateway.scalars import JSON, BigInt, json_value
from gateway.schema.architectures import Architecture, whole
from neuralforge.graph.v1 import service_pb2 as api


@strawberry.input(description="The version merged: of a fork, of what was forked, or of the same architecture.")
class MergeSource:
    architecture_id: strawberry.ID | None = strawberry.field(default=None, description="The same, where left out.")
    version: int = strawberry.field(default=0, description="0 is the newest.")
    base_version: int = strawberry.field(
        default=0, description="Of the same architecture only: since which version changes are taken."
    )


@strawberry.type(description="What a merge would give; nothing is stored.")
class MergePreview:
    document: JSON
    analysis: JSON
    edits: JSON = strawberry.field(description="What would be done to the architecture.")
    conflicts: JSON = strawberry.field(
        description="A list of {node, field, base, ours, theirs, message}; what is absent there is left out."
    )
    base_architecture_id: strawberry.ID = strawberry.field(description="With baseVersion: what both come from.")
    base_version: int


@strawberry.type(description="An architecture into which a version was merged; conflicts are as it had them.")
class Merged:
    architecture: Architecture
    conflicts: JSON


ForkArchitectureResult: TypeAlias = Annotated[Architecture | Refusal, strawberry.union("ForkArchitectureResult")]
MergeArchitectureResult: TypeAlias = Annotated[Merged | Refusal, strawberry.union("MergeArchitectureResult")]


@strawberry.type
class MergeQuery:
    @strawberry.field
    async def merge_preview(
        self, info: Info, architecture_id: strawberry.ID, source: MergeSource
    ) -> MergePreview | None:
        request = api.PreviewMergeRequest(architecture_id=architecture_id, source=_source(source))
        answer = await info.context.ask(info.context.stubs.architectures.PreviewMerge, request)
        return MergePreview(
            document=json_value(answer.document),
            analysis=json_value(answer.analysis),
            edits=json_value(answer.edits),
            conflicts=json_value(answer.conflicts),
            base_architecture_id=strawberry.ID(answer.base_architecture_id),
            base_version=answer.base_version,
        )


@strawberry.type
class MergeMutation:
    @strawberry.mutation(description="A new architecture that begins as a version; 0 is the newest.")
    async def fork_architecture(
        self,
        info: Info,
        architecture_id: strawberry.ID,
        version: int = 0,
        project_id: strawberry.ID | None = None,
        name: str = "",
        key: str | None = None,
    ) -> ForkArchitectureResult:
        request = api.ForkArchitectureRequest(
            architecture_id=architecture_id, version=version, project_id=project_id or "", name=name
        )
        answer = await info.context.command(info.context.stubs.architectures.ForkArchitecture, request, key)
        return whole(answer)

    @strawberry.mutation(description="As one batch of edits; refused for conflicts unless `keepOurs`.")
    async def merge_architecture(
        self,
        info: Info,
        architecture_id: strawberry.ID,
        source: MergeSource,
        base_revision: BigInt | None = None,
        keep_ours: bool = False,
        key: str | None = None,
    ) -> MergeArchitectureResult:
        request = api.MergeArchitectureRequest(
            architecture_id=architecture_id,
            source=_source(source),
            base_revision=base_revision or 0,
            keep_ours=keep_ours,
        )
        answer = await info.context.command(info.context.stubs.architectures.MergeArchitecture, request, key)
        return Merged(architecture=whole(answer), conflicts=json_value(answer.conflicts))


def _source(source: MergeSource) -> api.MergeSource:
    return api.MergeSource(
        architecture_id=source.architecture_id or "", version=source.version, base_version=source.base_version
    )
