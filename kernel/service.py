"""What a service is to its host: contracts in, handlers out. `services/<context>/__main__.py` fills this in."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nats.aio.client import Client

from kernel.client import Neighbours
from kernel.clock import Clock
from kernel.consumer import Consumer, React
from kernel.events import EventTypes
from kernel.keys import KeyRing
from kernel.launcher import Launcher
from kernel.log import EventLog
from kernel.objects import ObjectStore
from kernel.projection import Projection
from kernel.scrape import Probe
from kernel.tenancy import TenantDatabase

Register = Callable[[Any, Any], None]
Background = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Resources:
    """What the host opens for one service.

    `address` is where the service's own jobs dial back to, `job_environment` what else they are told.
    """

    context: str
    log: EventLog
    database: TenantDatabase
    broker: Client
    objects: ObjectStore
    neighbours: Neighbours
    launcher: Launcher
    keys: KeyRing
    clock: Clock
    address: str
    folder: Path
    job_environment: Mapping[str, str] = field(default_factory=dict)

    def consumer(self, of: str, types: EventTypes, react: React, filter: str = ">") -> Consumer:
        """A durable consumer of another context's events."""
        return Consumer(self.context, of, types, react, self.database.every_tenant, self.broker, filter)


@dataclass(frozen=True, slots=True)
class Service:
    """The handlers of one service: gRPC servicers, what it consumes, loops that run while it serves, its own gauges."""

    servicers: Sequence[tuple[Register, object]]
    consumers: Sequence[Consumer] = ()
    background: Sequence[Background] = field(default=())
    probes: Sequence[Probe] = ()


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    """How to make a service: its event types, its tables, its read model, and `build`.

    Events of the types named in `private` hold secrets and are not published. Who calls a service that reaches
    `across_tenants` may have it look into other tenants' streams than their own, as signing in must.
    """

    context: str
    types: EventTypes
    schema: Path
    projection: Projection
    build: Callable[[Resources], Service]
    private: frozenset[str] = frozenset()
    across_tenants: bool = False
