"""Hosts services in one process: opens what they need, serves gRPC, runs their loops, drains when told to stop."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Sequence
from typing import TYPE_CHECKING

import grpc
import structlog
import uvloop
from google.protobuf import descriptor_pool
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from kernel.broker import close_broker, connect_broker
from kernel.cancellation import cancel
from kernel.client import CHANNEL_OPTIONS, Neighbours
from kernel.clock import Clock, utc_now
from kernel.database import Database
from kernel.errors import DomainError, Taken
from kernel.gauges import ServiceGauges
from kernel.grants import Verifier
from kernel.health import Health
from kernel.interceptor import Interceptor, Room
from kernel.keys import KeyRing
from kernel.launcher import Launcher
from kernel.local_launcher import LocalLauncher
from kernel.log_setup import set_up_logging
from kernel.metrics_server import metrics_listener, serving_metrics
from kernel.objects import ObjectStore
from kernel.postgres_log import PostgresLog
from kernel.projection import Projector
from kernel.ready import tell_ready
from kernel.relay import Relay
from kernel.remote_launcher import RemoteLauncher
from kernel.retention import Retention
from kernel.scrape import PROBES
from kernel.service import Background, Resources, Service, ServiceSpec
from kernel.settings import CONTEXTS, Settings, read_settings
from kernel.telemetry import exported, for_jobs
from kernel.tenancy import TenantDatabase

if TYPE_CHECKING:
    from kernel.kurrent_log import KurrentLog

DRAIN_SECONDS = 5.0
NOTICE_SECONDS = 1.0
HEALTH = health_pb2.DESCRIPTOR.services_by_name["Health"]
# By default a second server would share the port, and take half of the calls of the first; and callers that ask every
# half a minute whether a connection still lives would be thrown out for it.
SERVER_OPTIONS = (*CHANNEL_OPTIONS, ("grpc.so_reuseport", 0), ("grpc.http2.max_ping_strikes", 0))
logger = structlog.get_logger()


class Host:
    """`start`, then `stop`; between them the services answer at `address`."""

    def __init__(
        self, specs: Sequence[ServiceSpec], settings: Settings, launcher: Launcher, *, clock: Clock = utc_now
    ) -> None:
        self._specs = specs
        self._settings = settings
        self._launcher = launcher
        self._clock = clock
        self._stack = contextlib.AsyncExitStack()
        self._tasks: list[asyncio.Task[None]] = []
        self._health = Health()
        self._server: grpc.aio.Server | None = None
        self.address = ""

    async def start(self) -> None:
        """Opens everything and serves; on a fault closes what was opened and raises."""
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise

    async def _start(self) -> None:
        settings = self._settings
        rooms: dict[str, Room] = {}
        self._neighbours = Neighbours("host", {})
        verifier = Verifier(lambda: self._neighbours.grant_keys(), keys=KeyRing(settings.keys).grant_keys())
        server = self._server = grpc.aio.server(interceptors=[Interceptor(rooms, verifier)], options=SERVER_OPTIONS)
        self.address = _bind(server, settings)
        addresses = dict.fromkeys(CONTEXTS, self.address) | dict(settings.addresses)
        self._neighbours = Neighbours("host", addresses, tls=settings.tls)
        self._stack.push_async_callback(self._neighbours.close)
        objects = ObjectStore(
            settings.objects.endpoint,
            settings.objects.access_key,
            settings.objects.secret_key,
            secure=settings.objects.secure,
            bucket=settings.objects.bucket,
        )
        self._stack.callback(objects.close)
        await objects.ensure_bucket()
        opened = await self._open_all(addresses, objects)
        for spec, resources in zip(self._specs, opened, strict=True):
            projector = Projector(resources.log, resources.database.every_tenant, spec.projection)
            rooms[spec.context] = Room(resources.log, projector)
            service = spec.build(resources)
            for register, servicer in service.servicers:
                register(servicer, _ByName(server))
            relay = Relay(spec.context, resources.log, resources.database.every_tenant, resources.broker, spec.private)
            retention = Retention(spec.context, resources.database.every_tenant, resources.broker)
            loops: list[Background] = [projector.run, relay.run, retention.run]
            loops += [consumer.run for consumer in service.consumers]
            self._probe(resources, service)
            await self._serve(spec, service, [*loops, *service.background])
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        names = [*_names(self._specs), HEALTH.full_name, reflection.SERVICE_NAME]
        reflection.enable_server_reflection(names, server)
        await server.start()
        await self._health.set("", health_pb2.HealthCheckResponse.SERVING)

    async def _open_all(self, addresses: dict[str, str], objects: ObjectStore) -> Sequence[Resources]:
        """Side by side. Where one fails the others have ended before anything is closed."""
        try:
            async with asyncio.TaskGroup() as group:
                opening = [group.create_task(self._open(spec, addresses, objects)) for spec in self._specs]
        except BaseExceptionGroup as faults:
            raise faults.exceptions[0] from None
        return [task.result() for task in opening]

    async def _open(self, spec: ServiceSpec, addresses: dict[str, str], objects: ObjectStore) -> Resources:
        settings, context = self._settings, spec.context
        database = Database(settings.databases[context], context)
        self._stack.push_async_callback(database.close)
        await database.open(spec.schema)
        log = _log(settings, spec, database)
        self._stack.push_async_callback(log.close)
        await log.open()
        broker = await connect_broker(settings.nats_url, context)
        self._stack.push_async_callback(close_broker, broker)
        keys = KeyRing(settings.keys)
        neighbours = Neighbours(context, addresses, keys.private(context), settings.tls)
        self._stack.push_async_callback(neighbours.close)
        return Resources(
            context=context,
            log=log,
            database=TenantDatabase(database),
            broker=broker,
            objects=objects,
            neighbours=neighbours,
            launcher=self._launcher,
            keys=keys,
            clock=self._clock,
            address=settings.addresses.get(context, self.address),
            folder=settings.folder,
            job_environment=(settings.job_tls.environment() if settings.job_tls else {}) | for_jobs(),
        )

    def _probe(self, resources: Resources, service: Service) -> None:
        """From here to the host's end a scrape of this process asks the service too."""
        database = resources.database.every_tenant
        gauges = ServiceGauges(resources.context, resources.log, database, resources.broker, service.consumers)
        for probe in (*gauges.probes, *service.probes):
            self._stack.callback(PROBES.add(resources.context, probe))

    async def _serve(self, spec: ServiceSpec, service: Service, loops: Sequence[Background]) -> None:
        for loop in loops:
            self._tasks.append(asyncio.create_task(_forever(spec.context, loop), name=f"{spec.context} {loop}"))
        for name in _names([spec]):
            await self._health.set(name, health_pb2.HealthCheckResponse.SERVING)

    async def stop(self, grace: float = DRAIN_SECONDS, notice: float = 0) -> None:
        """Says that it goes, takes calls for `notice` seconds more while callers turn to other replicas, lets those in
        flight finish, stops the loops, closes the connections."""
        await self._health.enter_graceful_shutdown()
        await asyncio.sleep(notice)
        if self._server:
            stopping = asyncio.ensure_future(self._server.stop(grace))
            self._health.close()
            await stopping
        await cancel(*self._tasks)
        await self._stack.aclose()


def _log(settings: Settings, spec: ServiceSpec, database: Database) -> "PostgresLog | KurrentLog":
    """The event log the settings choose; KurrentDB's client is loaded where it is that."""
    if not settings.kurrentdb_uri:
        return PostgresLog(database, spec.types, across_tenants=spec.across_tenants)
    from kernel.kurrent_log import KurrentLog

    return KurrentLog(settings.kurrentdb_uri, spec.context, spec.types, across_tenants=spec.across_tenants)


class _ByName:
    """A server as generated code registers services with it, who are then found by name alone.

    Methods registered one by one are each waited for by grpc.aio, all of them again for every call.
    """

    def __init__(self, server: grpc.aio.Server) -> None:
        self.add_generic_rpc_handlers = server.add_generic_rpc_handlers

    def add_registered_method_handlers(self, service: str, handlers: object) -> None:
        """What was registered as generic is enough."""


def _bind(server: grpc.aio.Server, settings: Settings) -> str:
    """The address bound; raises Taken."""
    host, wanted = settings.grpc_host, f"{settings.grpc_host}:{settings.grpc_port}"
    try:
        tls = settings.tls
        bound = server.add_secure_port(wanted, tls.server()) if tls else server.add_insecure_port(wanted)
        return f"{host}:{bound}"
    except RuntimeError as error:
        raise Taken(f"port {settings.grpc_port} is taken; set NF_GRPC_PORT to another, or to 0") from error


def _names(specs: Sequence[ServiceSpec]) -> list[str]:
    """The full names of the gRPC services of `specs`."""
    pool = descriptor_pool.Default()
    files = [pool.FindFileByName(f"neuralforge/{spec.context}/v1/service.proto") for spec in specs]
    return [service.full_name for file in files for service in file.services_by_name.values()]


async def _forever(context: str, loop: Background) -> None:
    """A service's loop ends with its host; a fault is logged and the loop begun again."""
    while True:
        try:
            await loop()
            return
        except Exception:
            logger.exception("background loop failed; it starts again", service=context)
            await asyncio.sleep(1)


async def serve_until_signalled(host: Host) -> None:
    """Starts `host` and stops it in order at SIGTERM or SIGINT, also while it still waits for a part to answer."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    starting, told = asyncio.create_task(host.start()), asyncio.create_task(stop.wait())
    await asyncio.wait([starting, told], return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        starting.cancel()
        await asyncio.wait([starting])
        return
    await starting
    logger.info("serving", address=host.address)
    tell_ready(os.environ)
    await told
    await host.stop(notice=NOTICE_SECONDS)


async def _launcher(settings: Settings, context: str) -> LocalLauncher | RemoteLauncher:
    if settings.launcher:
        return RemoteLauncher(settings.launcher, context, KeyRing(settings.keys).private(context))
    launcher = LocalLauncher(settings.folder)
    await launcher.recover()
    return launcher


def run_alone(spec: ServiceSpec) -> None:
    """Runs one service as a process of its own, with settings from the environment."""
    set_up_logging(level=(os.environ.get("NF_LOG_LEVEL") or "INFO").upper())

    async def run() -> None:
        settings = read_settings(os.environ, spec.context)
        async with serving_metrics(metrics_listener(os.environ)):
            launcher = await _launcher(settings, spec.context)
            await serve_until_signalled(Host([spec], settings, launcher))
            await launcher.close()

    try:
        with exported(spec.context):
            uvloop.run(run())
    except DomainError as error:
        raise SystemExit(f"{spec.context} cannot start: {error}") from None
