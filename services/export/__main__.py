"""Wires the export service; `python -m services.export` runs it alone."""

from pathlib import Path

from kernel.aggregate import Aggregate
from kernel.attempts import Supervisor
from kernel.events import EventTypes
from kernel.gauges import jobs_probe
from kernel.host import run_alone
from kernel.jobs import Jobs
from kernel.projects import ProjectDirectory
from kernel.service import Resources, Service, ServiceSpec
from neuralforge.export.v1 import events_pb2
from neuralforge.export.v1 import service_pb2_grpc as rpc
from services.export.domain import Export, evolve
from services.export.process import Exports
from services.export.projection import OPEN_JOBS, PROJECTION
from services.export.service import ExportService
from services.export.trained import Trained
from services.export.worker_service import WorkerService

WORKER = "services.export.worker"


def build(resources: Resources, worker: str = WORKER) -> Service:
    log, database, objects, clock = resources.log, resources.database, resources.objects, resources.clock
    exports = Aggregate(log, "export", Export(), evolve)
    projects, trained = ProjectDirectory(resources), Trained(resources.neighbours)
    jobs = Jobs(resources, worker)
    supervisor = Supervisor(database, log, jobs, Exports(exports, database, objects, clock))
    export_service = ExportService(exports, projects, trained, jobs, database, objects, clock)
    worker_service = WorkerService(exports, jobs, trained, objects, clock)
    return Service(
        servicers=[
            (rpc.add_ExportServiceServicer_to_server, export_service),
            (rpc.add_WorkerServiceServicer_to_server, worker_service),
        ],
        consumers=[projects.consumer()],
        background=[supervisor.run],
        probes=[jobs_probe("export", database.every_tenant, OPEN_JOBS)],
    )


SPEC = ServiceSpec(
    context="export",
    types=EventTypes(events_pb2),
    schema=Path(__file__).with_name("schema.sql"),
    projection=PROJECTION,
    build=build,
)

if __name__ == "__main__":
    run_alone(SPEC)
