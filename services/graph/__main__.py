"""Wires the graph service; `python -m services.graph` runs it alone."""

from pathlib import Path

from kernel.aggregate import Aggregate
from kernel.events import EventTypes
from kernel.host import run_alone
from kernel.projects import ProjectDirectory
from kernel.service import Resources, Service, ServiceSpec
from kernel.snapshots import Snapshots
from neuralforge.graph.v1 import events_pb2
from neuralforge.graph.v1 import service_pb2_grpc as rpc
from services.graph.domain import Architecture, evolve
from services.graph.projection import PROJECTION
from services.graph.service import ArchitectureService
from services.graph.snapshot import FORM
from services.graph.template_service import TemplateService


def build(resources: Resources) -> Service:
    snapshots = Snapshots(resources.database.every_tenant, FORM)
    architectures = Aggregate(resources.log, "architecture", Architecture(), evolve, snapshots)
    projects = ProjectDirectory(resources)
    service = ArchitectureService(architectures, projects, resources.database, resources.clock)
    return Service(
        servicers=[
            (rpc.add_ArchitectureServiceServicer_to_server, service),
            (rpc.add_TemplateServiceServicer_to_server, TemplateService()),
        ],
        consumers=[projects.consumer()],
    )


SPEC = ServiceSpec(
    context="graph",
    types=EventTypes(events_pb2),
    schema=Path(__file__).with_name("schema.sql"),
    projection=PROJECTION,
    build=build,
)

if __name__ == "__main__":
    run_alone(SPEC)
