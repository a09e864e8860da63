"""ExportService: exports asked for, watched and downloaded."""

from collections.abc import Sequence
from typing import Any

from kernel.aggregate import Aggregate
from kernel.call import current_call
from kernel.clock import Clock, timestamp
from kernel.errors import Rejected
from kernel.ids import new_id
from kernel.jobs import Jobs
from kernel.objects import ObjectStore
from kernel.pages import page
from kernel.projects import ProjectDirectory
from kernel.tenancy import TenantDatabase
from kernel.uploads import LINK_LIFE
from neuralforge.export.v1 import events_pb2 as events
from neuralforge.export.v1 import service_pb2 as api
from neuralforge.export.v1 import service_pb2_grpc as rpc
from services.export import domain
from services.export.domain import Export
from services.export.formats import FORMATS, require_format
from services.export.projection import list_exports
from services.export.trained import Trained


class ExportService(rpc.ExportServiceServicer):
    def __init__(
        self,
        exports: Aggregate[Export],
        projects: ProjectDirectory,
        trained: Trained,
        jobs: Jobs,
        database: TenantDatabase,
        objects: ObjectStore,
        clock: Clock,
    ) -> None:
        self._exports = exports
        self._projects = projects
        self._trained = trained
        self._jobs = jobs
        self._database = database
        self._objects = objects
        self._clock = clock

    async def CreateExport(self, request: api.CreateExportRequest, context: Any) -> api.CreateExportResponse:
        caller = current_call().caller
        chosen = require_format(request.format)
        found = await self._trained.completed_run(request.run_id)
        requested = events.ExportRequested(
            export_id=new_id(),
            project_id=found.run.project_id,
            run_id=found.run.id,
            format=chosen.name,
            created_by=caller.subject,
            at=timestamp(self._clock()),
            document=found.document,
            dataset_id=found.run.dataset_id,
            dataset_version=found.run.dataset_version,
        )
        return await self._exports.handle(
            caller.tenant,
            requested.export_id,
            lambda state: [requested],
            lambda state: api.CreateExportResponse(export=state.public),
        )

    async def GetExport(self, request: api.GetExportRequest, context: Any) -> api.GetExportResponse:
        state = await self._load(request.export_id)
        (export,) = await self._shown([state.public])
        return api.GetExportResponse(export=export)

    async def ListExports(self, request: api.ListExportsRequest, context: Any) -> api.ListExportsResponse:
        tenant = current_call().caller.tenant
        asked = page(request.page_size, request.page_token)
        if bool(request.project_id) == bool(request.run_id):
            raise Rejected("give either a project_id or a run_id to list the exports of", field="project_id")
        if request.project_id:
            await self._projects.require(tenant, request.project_id)
        found, token = await list_exports(self._database, tenant, request.project_id, request.run_id, asked)
        if found and not await self._projects.shows(found[0].project_id):  # a run's exports are all in its project
            found, token = [], ""
        return api.ListExportsResponse(exports=await self._shown(found), next_page_token=token)

    async def GetDownload(self, request: api.GetDownloadRequest, context: Any) -> api.GetDownloadResponse:
        state = await self._load(request.export_id)
        domain.check_download(state)
        folder = domain.folder(current_call().caller.tenant, state.id, state.attempt)
        name = domain.download_name(state)
        url = self._objects.presign_get(f"{folder}/{domain.file_name(state)}", LINK_LIFE, name)
        file = api.File(name=name, url=url, bytes=state.public.bytes, sha256=state.public.sha256)
        return api.GetDownloadResponse(file=file)

    async def ListFormats(self, request: api.ListFormatsRequest, context: Any) -> api.ListFormatsResponse:
        return api.ListFormatsResponse(formats=FORMATS.values())

    async def _shown(self, found: Sequence[api.Export]) -> Sequence[api.Export]:
        """The exports, those that run with the stage their jobs last told of."""
        running = [export.id for export in found if export.state == domain.RUNNING]
        stages = await self._jobs.stages(current_call().caller.tenant, running)
        shown = []
        for export in found:
            answer = api.Export()
            answer.CopyFrom(export)
            answer.stage = stages.get(export.id, "")
            shown.append(answer)
        return shown

    async def _load(self, export_id: str) -> Export:
        """The export; raises NotFound, also for one in a project that is closed to the caller."""
        state = (await self._exports.load(current_call().caller.tenant, export_id)).state
        domain.known(state, export_id)
        return state if await self._projects.shows(state.public.project_id) else domain.known(Export(), export_id)
