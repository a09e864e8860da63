"""/healthz: the process runs. /readyz: the parts it needs answer, or which one does not. /metrics."""

import asyncio

import orjson
from google.protobuf import descriptor_pool
from grpc_health.v1 import health_pb2, health_pb2_grpc
from nats.aio.client import Client
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response

from gateway.context import Backend, backend_of
from kernel.errors import DomainError
from kernel.scrape import Scrape
from kernel.settings import CONTEXTS

CHECK_SECONDS = 2.0


async def healthz(request: Request) -> Response:
    return _json({"healthy": True})


async def metrics(request: Request) -> Response:
    """Those of the gateway, and of the services that run in its process."""
    state = request.app.state
    if not hasattr(state, "scrape"):
        state.scrape = Scrape()
    return Response(await state.scrape.answer(), media_type=CONTENT_TYPE_LATEST)


async def readyz(request: Request) -> Response:
    """200, or 503 with one sentence per part that is missing."""
    broker: Client = request.app.state.broker
    checks = await asyncio.gather(*(_check(backend_of(request), context) for context in CONTEXTS))
    missing = [sentence for sentence in checks if sentence]
    if not broker.is_connected:
        missing.append("nats: not connected")
    return _json({"ready": not missing, "missing": missing}, 503 if missing else 200)


async def _check(backend: Backend, context: str) -> str:
    """What is wrong with a context; empty for nothing."""
    stub = backend.neighbours.stub(context, health_pb2_grpc.HealthStub)
    services = descriptor_pool.Default().FindFileByName(f"neuralforge/{context}/v1/service.proto").services_by_name
    request = health_pb2.HealthCheckRequest(service=next(iter(services.values())).full_name)
    try:
        answer = await backend.neighbours.call(stub.Check, request, token="", timeout=CHECK_SECONDS)
    except DomainError as error:
        return f"{context}: {error.message}"
    serving = answer.status == health_pb2.HealthCheckResponse.SERVING
    return "" if serving else f"{context}: not serving"


def _json(body: dict[str, object], status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")
