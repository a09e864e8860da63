"""Puts the gateway together: `create_app(settings)` for whoever serves it, `server(...)` with the limits it needs."""

import contextlib
from collections.abc import AsyncIterator, Callable

import uvicorn
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.routing import Route, WebSocketRoute

from gateway.addresses import TrustedHops
from gateway.auth import SignIn
from gateway.context import Backend
from gateway.draining import DrainingServer
from gateway.endpoint import MOST_BYTES, Endpoint
from gateway.errors import Problem, on_domain_error, on_fault, on_http_exception, on_problem
from gateway.exchange import Exchange
from gateway.files import Files
from gateway.health import healthz, metrics, readyz
from gateway.links import Links
from gateway.live import Live
from gateway.metrics import Measured
from gateway.oauth import OAuth
from gateway.operations import Operations
from gateway.peers import serving_peers
from gateway.positions import Positions
from gateway.rates import Rates
from gateway.schema import SCHEMA
from gateway.security import SecurityHeaders
from gateway.settings import GatewaySettings
from gateway.sockets import Sockets
from gateway.stubs import Stubs
from gateway.studio import studio_route
from gateway.tracing import Tracing
from kernel.broker import close_broker, connect_broker
from kernel.client import Neighbours
from kernel.errors import DomainError
from kernel.grants import Verifier
from kernel.keys import KeyRing

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


def create_app(settings: GatewaySettings) -> FastAPI:
    """The application; its lifespan opens and closes the connections to services and NATS."""
    links = Links(settings.s3_endpoint, settings.s3_secure, settings.bucket)
    files = Files(links)
    rates = Rates(settings)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            keys = KeyRing(settings.keys).grant_keys() if settings.keys else {}
            neighbours = Neighbours("gateway", settings.addresses, tls=settings.tls)
            stack.push_async_callback(neighbours.close)
            broker = await connect_broker(settings.nats_url, "gateway")
            stack.push_async_callback(close_broker, broker)
            stack.push_async_callback(files.close)
            app.state.broker = broker
            app.state.backend = Backend(
                neighbours,
                Stubs(neighbours),
                Verifier(neighbours.grant_keys, keys=keys),
                Positions(),
                Live(broker),
                links,
                rates,
            )
            yield

    operations = Operations(SCHEMA._schema, development=settings.development)
    routes = [
        Route(
            "/graphql", Endpoint(operations, settings.studio, development=settings.development).serve, methods=METHODS
        ),
        WebSocketRoute("/graphql", Sockets(operations).serve),
        *SignIn(rates).routes,
        *OAuth(rates, settings.public_url).routes,
        *Exchange(rates).routes,
        Route("/files/{path:path}", files.serve, methods=["GET", "PUT", "POST"]),
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", metrics),
        studio_route(settings.studio),
    ]
    app = FastAPI(
        title="NeuralForge", routes=routes, lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None
    )
    app.add_middleware(Measured)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(TrustedHops, hops=settings.trusted_hops)
    app.add_middleware(Tracing)
    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(DomainError, on_domain_error)
    app.add_exception_handler(HTTPException, on_http_exception)
    app.add_exception_handler(Exception, on_fault)
    return app


def server(
    app: FastAPI, host: str, port: int, *, drain_seconds: float = 0, on_started: Callable[[], None] = lambda: None
) -> uvicorn.Server:
    """A server for the application: bounded WebSocket messages, no compression of live frames, plain logs."""
    return DrainingServer(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http="h11",  # bounds what the head of a request may hold; httptools, where installed, does not
            ws_max_size=MOST_BYTES,
            ws_per_message_deflate=False,
            **serving_peers(),
            server_header=False,
            proxy_headers=False,  # TrustedHops reads them, where there is a proxy
            access_log=False,
            log_config=None,  # kernel.log_setup takes what it logs
            log_level="warning",
            timeout_graceful_shutdown=5,
        ),
        drain_seconds,
        on_started,
    )
