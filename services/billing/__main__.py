"""Wires the billing service; `python -m services.billing` runs it alone."""

from pathlib import Path

from kernel.aggregate import Aggregate
from kernel.events import EventTypes
from kernel.host import run_alone
from kernel.service import Resources, Service, ServiceSpec
from kernel.snapshots import Snapshots
from neuralforge.billing.v1 import events_pb2
from neuralforge.billing.v1 import service_pb2_grpc as rpc
from services.billing.domain import Account, evolve
from services.billing.gauges import LedgerGauges
from services.billing.plans import PLANS, read_plans
from services.billing.process import RUNS, TRAINING, RunFollower, Sweeper
from services.billing.projection import PROJECTION
from services.billing.service import HoldService, UsageService
from services.billing.snapshot import FORM
from services.billing.upcasts import UPCASTS


def build(resources: Resources, plans_file: Path = PLANS) -> Service:
    plans, clock, database = read_plans(plans_file), resources.clock, resources.database
    snapshots = Snapshots(resources.database.every_tenant, FORM)
    accounts = Aggregate(resources.log, "account", Account(), evolve, snapshots)
    follower = RunFollower(accounts, plans, clock)
    return Service(
        servicers=[
            (rpc.add_HoldServiceServicer_to_server, HoldService(accounts, plans, clock)),
            (rpc.add_UsageServiceServicer_to_server, UsageService(accounts, plans, database, clock)),
        ],
        consumers=[resources.consumer("training", TRAINING, follower.react, filter=RUNS)],
        background=[Sweeper(accounts, database, clock).run],
        probes=[LedgerGauges(database.every_tenant).probe],
    )


SPEC = ServiceSpec(
    context="billing",
    types=EventTypes(events_pb2, upcasts=UPCASTS),
    schema=Path(__file__).with_name("schema.sql"),
    projection=PROJECTION,
    build=build,
)

if __name__ == "__main__":
    run_alone(SPEC)
