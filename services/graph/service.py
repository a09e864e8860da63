"""ArchitectureService over gRPC. What a blueprint asks of the processor is done in threads, so the loop stays free."""

from asyncio import to_thread
from collections.abc import Sequence
from typing import Any

from google.protobuf.message import Message

import blueprint
from blueprint import Graph
from blueprint.codec import encode
from foundry.errors import FoundryError
from foundry.source import emit
from kernel.aggregate import Aggregate
from kernel.call import current_call
from kernel.clock import Clock
from kernel.errors import NotFound, Rejected
from kernel.ids import new_id
from kernel.log import Recorded
from kernel.pages import page
from kernel.projects import ProjectDirectory
from kernel.tenancy import TenantDatabase
from neuralforge.graph.v1 import service_pb2 as api
from neuralforge.graph.v1 import service_pb2_grpc as rpc
from neuralforge.graph.v1.events_pb2 import VersionSaved
from services.graph import answers, domain, merging
from services.graph.comparing import blamed, comparison
from services.graph.documents import first_drawing, from_template, read_document
from services.graph.domain import Architecture, existing
from services.graph.drawing import Drawing, analysis_json
from services.graph.history import until_moment, until_revision
from services.graph.merging import Incoming
from services.graph.projection import list_architectures, list_versions
from services.graph.revisions import revision_message, revision_page
from services.graph.versions import VersionName, saved_event, saved_version, saved_versions


class ArchitectureService(rpc.ArchitectureServiceServicer):
    def __init__(
        self,
        architectures: Aggregate[Architecture],
        projects: ProjectDirectory,
        database: TenantDatabase,
        clock: Clock,
    ) -> None:
        self._architectures = architectures
        self._projects = projects
        self._database = database
        self._clock = clock

    async def CreateArchitecture(
        self, request: api.CreateArchitectureRequest, context: Any
    ) -> api.CreateArchitectureResponse:
        caller = current_call().caller
        await self._require_project(request.project_id)
        graph = await to_thread(_origin, request)
        id, now = new_id(), self._clock()
        created = await to_thread(domain.create, id, request.project_id, request.name, graph, caller.subject, now)
        respond = answers.shown(api.CreateArchitectureResponse)
        return await self._architectures.handle(caller.tenant, id, lambda _: created, respond)

    async def ForkArchitecture(
        self, request: api.ForkArchitectureRequest, context: Any
    ) -> api.ForkArchitectureResponse:
        caller = current_call().caller
        state, saved = await self._saved(request.architecture_id, request.version)
        project_id = request.project_id or state.project_id
        await self._require_project(project_id)
        id, now, origin = new_id(), self._clock(), VersionName(state.id, saved.number)

        def create() -> list[Message]:
            graph = first_drawing(saved.document)
            return domain.create(id, project_id, request.name, graph, caller.subject, now, origin)

        created = await to_thread(create)
        respond = answers.shown(api.ForkArchitectureResponse)
        return await self._architectures.handle(caller.tenant, id, lambda _: created, respond)

    async def PreviewMerge(self, request: api.PreviewMergeRequest, context: Any) -> api.PreviewMergeResponse:
        state = await self._existing(request.architecture_id)
        incoming = await self._incoming(state, request.source)
        return await to_thread(_preview, state.drawing, incoming)

    async def MergeArchitecture(
        self, request: api.MergeArchitectureRequest, context: Any
    ) -> api.MergeArchitectureResponse:
        caller, now = current_call().caller, self._clock()
        incoming = await self._incoming(await self._existing(request.architecture_id), request.source)
        conflicts = b"[]"

        async def decide(state: Architecture) -> Sequence[Message]:
            nonlocal conflicts
            base, keep = request.base_revision, request.keep_ours
            events, result = await to_thread(merging.merge, state, incoming, base, keep, caller.subject, now)
            conflicts = merging.conflicts_json(result)
            return events

        async def respond(state: Architecture) -> api.MergeArchitectureResponse:
            answer = await answers.shown(api.MergeArchitectureResponse)(state)
            answer.conflicts = conflicts
            return answer

        return await self._architectures.handle(caller.tenant, request.architecture_id, decide, respond)

    async def GetArchitecture(self, request: api.GetArchitectureRequest, context: Any) -> api.GetArchitectureResponse:
        state = await self._existing(request.architecture_id)
        if request.revision and request.HasField("as_of"):
            raise Rejected("revision and as_of exclude each other; give one of the two", field="as_of")
        if request.revision:
            history = until_revision(await self._history(request.architecture_id), request.revision)
            state = self._architectures.fold(history)
        elif request.HasField("as_of"):
            history = until_moment(await self._history(request.architecture_id), request.as_of)
            state = self._architectures.fold(history)
        return await answers.shown(api.GetArchitectureResponse)(state)

    async def ListArchitectures(
        self, request: api.ListArchitecturesRequest, context: Any
    ) -> api.ListArchitecturesResponse:
        await self._require_project(request.project_id)
        asked = page(request.page_size, request.page_token)
        tenant = current_call().caller.tenant
        found, token = await list_architectures(self._database, tenant, request.project_id, asked)
        return api.ListArchitecturesResponse(architectures=found, next_page_token=token)

    async def ApplyEdits(self, request: api.ApplyEditsRequest, context: Any) -> api.ApplyEditsResponse:
        caller, now = current_call().caller, self._clock()
        await self._existing(request.architecture_id)

        async def decide(state: Architecture) -> Sequence[Message]:
            base, edits = request.base_revision, request.edits
            return await to_thread(domain.apply_edits, state, base, edits, caller.subject, now)

        respond = answers.shown(api.ApplyEditsResponse)
        return await self._architectures.handle(caller.tenant, request.architecture_id, decide, respond)

    async def RenameArchitecture(
        self, request: api.RenameArchitectureRequest, context: Any
    ) -> api.RenameArchitectureResponse:
        caller, now = current_call().caller, self._clock()
        await self._existing(request.architecture_id)

        def decide(state: Architecture) -> Sequence[Message]:
            return domain.rename(state, request.name, caller.subject, now)

        respond = answers.shown(api.RenameArchitectureResponse)
        return await self._architectures.handle(caller.tenant, request.architecture_id, decide, respond)

    async def ListRevisions(self, request: api.ListRevisionsRequest, context: Any) -> api.ListRevisionsResponse:
        state, tenant = await self._existing(request.architecture_id), current_call().caller.tenant
        newest = (await self._architectures.load(tenant, state.id)).version

        async def read(after: int, limit: int) -> Sequence[Recorded]:
            return await self._architectures.history(tenant, state.id, after=after, limit=limit)

        found, token = await revision_page(read, newest, request.page_size, request.page_token)
        revisions = await to_thread(lambda: [revision_message(state, recorded) for recorded in found])
        return api.ListRevisionsResponse(revisions=revisions, next_page_token=token)

    async def SaveVersion(self, request: api.SaveVersionRequest, context: Any) -> api.SaveVersionResponse:
        caller, now = current_call().caller, self._clock()
        await self._existing(request.architecture_id)

        async def decide(state: Architecture) -> Sequence[Message]:
            revision = request.revision or state.revision
            drawing = await self._drawing(state, revision)
            return await to_thread(domain.save_version, state, revision, drawing, request.message, caller.subject, now)

        def respond(state: Architecture) -> api.SaveVersionResponse:
            saved = domain.version_of(state, request.revision or state.revision, request.message)
            assert saved, "a version was saved or there was one"
            return api.SaveVersionResponse(version=answers.version(state.id, saved))

        return await self._architectures.handle(caller.tenant, request.architecture_id, decide, respond)

    async def GetVersion(self, request: api.GetVersionRequest, context: Any) -> api.GetVersionResponse:
        state, saved = await self._saved(request.architecture_id, request.number)
        return api.GetVersionResponse(
            version=answers.version(state.id, saved_version(saved)),
            document=saved.document,
            analysis=saved.analysis,
            project_id=state.project_id,
        )

    async def ListVersions(self, request: api.ListVersionsRequest, context: Any) -> api.ListVersionsResponse:
        state = await self._existing(request.architecture_id)
        asked = page(request.page_size, request.page_token)
        tenant = current_call().caller.tenant
        found, token = await list_versions(self._database, tenant, state.id, asked)
        return api.ListVersionsResponse(versions=found, next_page_token=token)

    async def DiffVersions(self, request: api.DiffVersionsRequest, context: Any) -> api.DiffVersionsResponse:
        _, base = await self._saved(request.architecture_id, request.base)
        _, target = await self._saved(request.target_architecture_id or request.architecture_id, request.target)
        return await to_thread(comparison, base, target)

    async def GetBlame(self, request: api.GetBlameRequest, context: Any) -> api.GetBlameResponse:
        state = await self._existing(request.architecture_id)
        versions = saved_versions(await self._history(state.id), request.version)
        return api.GetBlameResponse(blame=await to_thread(blamed, versions))

    async def GetSource(self, request: api.GetSourceRequest, context: Any) -> api.GetSourceResponse:
        _, saved = await self._saved(request.architecture_id, request.version)
        return api.GetSourceResponse(source=await to_thread(_source, saved.document))

    async def ValidateDocument(
        self, request: api.ValidateDocumentRequest, context: Any
    ) -> api.ValidateDocumentResponse:
        return await to_thread(_validated, request.document)

    async def _incoming(self, state: Architecture, source: api.MergeSource) -> Incoming:
        """What is to be merged into an architecture, and the version both come from."""
        other, theirs = await self._saved(source.architecture_id or state.id, source.version)
        common = merging.common_version(state, other, theirs.revision, source.base_version)
        _, base = await self._saved(common.architecture_id, common.number)
        return Incoming(VersionName(other.id, theirs.number), common, theirs.document, base.document)

    async def _saved(self, id: str, number: int) -> tuple[Architecture, VersionSaved]:
        """An architecture and a version of it, 0 being the newest; raises NotFound."""
        state = await self._existing(id)
        return state, saved_event(await self._history(state.id), number)

    async def _require_project(self, project_id: str) -> None:
        if project_id and not project_id.isalnum():
            raise NotFound(f"there is no project {project_id[:40]!r} in your organisation")
        await self._projects.require(current_call().caller.tenant, project_id)

    async def _existing(self, id: str) -> Architecture:
        """The architecture as it is now; raises NotFound, also for one in a project that is closed to the caller."""
        if not id.isalnum():
            raise NotFound(f"there is no architecture {id[:40]!r} in your organisation")
        state = existing((await self._architectures.load(current_call().caller.tenant, id)).state)
        return state if await self._projects.shows(state.project_id) else existing(Architecture())

    async def _history(self, id: str) -> Sequence[Recorded]:
        return await self._architectures.history(current_call().caller.tenant, id)

    async def _drawing(self, state: Architecture, revision: int) -> Drawing:
        """The drawing as it was at `revision`."""
        if revision == state.revision:
            return state.drawing
        history = until_revision(await self._history(state.id), revision)
        return self._architectures.fold(history).drawing


def _origin(request: api.CreateArchitectureRequest) -> Graph:
    match request.WhichOneof("origin"):
        case "template":
            return from_template(request.template.name, request.template.parameters)
        case "document":
            return first_drawing(request.document)
        case _:
            return Graph()


def _preview(drawing: Drawing, incoming: Incoming) -> api.PreviewMergeResponse:
    result = merging.merged(drawing.graph, incoming)
    after = Drawing(result.graph)
    return api.PreviewMergeResponse(
        document=after.document,
        analysis=after.analysis_json,
        edits=encode(blueprint.edits_to_json(merging.edits_to(drawing.graph, result.graph))),
        conflicts=merging.conflicts_json(result),
        base_architecture_id=incoming.base.architecture_id,
        base_version=incoming.base.number,
    )


def _source(document: bytes) -> str:
    try:
        return emit(blueprint.parse(document))
    except FoundryError as error:
        raise Rejected(f"there is no source for this version: {error}") from error


def _validated(document: bytes) -> api.ValidateDocumentResponse:
    graph = read_document(document)
    analysis = analysis_json(blueprint.analyze(graph))
    return api.ValidateDocumentResponse(analysis=analysis, content_hash=blueprint.content_hash(graph))
