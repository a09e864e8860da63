"""Wires the training service; `python -m services.training` runs it alone."""

from pathlib import Path

from kernel.aggregate import Aggregate
from kernel.events import EventTypes
from kernel.host import run_alone
from kernel.jobs import Jobs
from kernel.projects import ProjectDirectory
from kernel.service import Resources, Service, ServiceSpec
from neuralforge.training.v1 import events_pb2
from neuralforge.training.v1 import service_pb2_grpc as rpc
from services.training.checkpoints import CheckpointFiles
from services.training.devices import Devices
from services.training.gauges import RunGauges
from services.training.metrics import Metrics
from services.training.process import Supervisor
from services.training.projection import PROJECTION
from services.training.reports import Reports
from services.training.run_service import RunService
from services.training.runs import Run, evolve
from services.training.worker_service import WorkerService

WORKER = "services.training.worker"


def build(resources: Resources) -> Service:
    runs = Aggregate(resources.log, "run", Run(), evolve)
    jobs, devices = Jobs(resources, WORKER), Devices(resources.launcher)
    projects = ProjectDirectory(resources)
    metrics = Metrics(resources.database)
    reports = Reports(resources.database, metrics)
    files = CheckpointFiles(resources.objects)
    run_service = RunService(resources, runs, devices, projects, reports, metrics, files)
    worker_service = WorkerService(resources, runs, jobs, reports, metrics, files)
    supervisor = Supervisor(resources, runs, jobs, devices, reports, metrics, files)
    return Service(
        servicers=[
            (rpc.add_RunServiceServicer_to_server, run_service),
            (rpc.add_WorkerServiceServicer_to_server, worker_service),
        ],
        consumers=[projects.consumer()],
        background=[supervisor.run],
        probes=[RunGauges(resources.database.every_tenant, devices).probe],
    )


SPEC = ServiceSpec(
    context="training",
    types=EventTypes(events_pb2),
    schema=Path(__file__).with_name("schema.sql"),
    projection=PROJECTION,
    build=build,
)

if __name__ == "__main__":
    run_alone(SPEC)
