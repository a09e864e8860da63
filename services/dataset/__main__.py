"""Wires the dataset service; `python -m services.dataset` runs it alone."""

from pathlib import Path

from kernel.aggregate import Aggregate
from kernel.attempts import Supervisor
from kernel.events import EventTypes
from kernel.gauges import jobs_probe
from kernel.host import run_alone
from kernel.jobs import Jobs
from kernel.projects import ProjectDirectory
from kernel.service import Resources, Service, ServiceSpec
from neuralforge.dataset.v1 import events_pb2
from neuralforge.dataset.v1 import service_pb2_grpc as rpc
from services.dataset.domain import Dataset, evolve
from services.dataset.ingest_service import IngestService
from services.dataset.process import Ingests
from services.dataset.projection import OPEN_JOBS, PROJECTION
from services.dataset.service import DatasetService
from services.dataset.sweeper import Sweeper

WORKER = "services.dataset.worker"


def build(resources: Resources, worker: str = WORKER) -> Service:
    log, database, objects, clock = resources.log, resources.database, resources.objects, resources.clock
    datasets = Aggregate(log, "dataset", Dataset(), evolve)
    projects = ProjectDirectory(resources)
    jobs = Jobs(resources, worker)
    supervisor = Supervisor(database, log, jobs, Ingests(datasets, database, objects, clock))
    sweeper = Sweeper(datasets, database, objects, clock)
    dataset_service = DatasetService(datasets, projects, jobs, database, objects, clock)
    ingest_service = IngestService(datasets, jobs, objects, clock)
    return Service(
        servicers=[
            (rpc.add_DatasetServiceServicer_to_server, dataset_service),
            (rpc.add_IngestServiceServicer_to_server, ingest_service),
        ],
        consumers=[projects.consumer()],
        background=[supervisor.run, sweeper.run],
        probes=[jobs_probe("dataset", database.every_tenant, OPEN_JOBS)],
    )


SPEC = ServiceSpec(
    context="dataset",
    types=EventTypes(events_pb2),
    schema=Path(__file__).with_name("schema.sql"),
    projection=PROJECTION,
    build=build,
)

if __name__ == "__main__":
    run_alone(SPEC)
