"""One launcher for services in processes of their own: it outlives each of them, as a cluster's would.

JSON over gRPC within one machine. A service shows who it is by its own key, and may start and stop its own worker only.
"""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import grpc
import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kernel.client import CHANNEL_OPTIONS
from kernel.errors import Denied, Unauthenticated
from kernel.launcher import Device, Job, JobStatus, Launcher
from kernel.status import from_rpc, to_status

SERVICE = "neuralforge.Launcher"
AUDIENCE = "launcher"
ASSERTION_SECONDS = 50
CALL_SECONDS = 30.0
# There is one of it, which tells no health, and whoever asks asks again in half a second.
OPTIONS = tuple((name, value) for name, value in CHANNEL_OPTIONS if name != "grpc.service_config")


class Stop(msgspec.Struct):
    name: str
    grace_seconds: float


class Name(msgspec.Struct):
    name: str


class Nothing(msgspec.Struct):
    pass


Request = Job | Stop | Name | Nothing
REQUESTS: Mapping[str, tuple[Any, Any]] = {
    "Launch": (Job, Nothing),
    "Status": (Name, JobStatus),
    "Stop": (Stop, Nothing),
    "Devices": (Nothing, list[Device]),
}


class LauncherServer:
    """Offers `launcher` at `address` to the services whose public keys are given."""

    def __init__(self, launcher: Launcher, keys: Mapping[str, Ed25519PublicKey]) -> None:
        self._launcher = launcher
        self._keys = keys
        self._server: grpc.aio.Server | None = None
        self.address = ""

    async def start(self) -> None:
        answers: Mapping[str, Callable[[Any], Awaitable[Any]]] = {
            "Launch": self._launcher.launch,
            "Status": lambda asked: self._launcher.status(asked.name),
            "Stop": lambda asked: self._launcher.stop(asked.name, asked.grace_seconds),
            "Devices": lambda asked: self._launcher.devices(),
        }
        methods = {name: self._handler(REQUESTS[name][0], answer) for name, answer in answers.items()}
        server = self._server = grpc.aio.server(options=(("grpc.so_reuseport", 0),))
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, methods),))
        self.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
        await server.start()

    def _handler(self, kind: Any, answer: Callable[[Any], Awaitable[Any]]) -> "grpc.RpcMethodHandler[Any, Any]":
        async def serve(asked: Any, context: "grpc.aio.ServicerContext[Any, Any]") -> Any:
            try:
                check_own(self._caller(dict(context.invocation_metadata() or ())), asked)
            except (Unauthenticated, Denied) as error:
                await context.abort_with_status(to_status(error))
            return await answer(asked) or Nothing()

        def read(data: bytes) -> Any:
            return msgspec.json.decode(data, type=kind)

        return grpc.unary_unary_rpc_method_handler(serve, read, msgspec.json.encode)

    def _caller(self, metadata: Mapping[str, Any]) -> str:
        """The service that signed; raises Unauthenticated."""
        token = str(metadata.get("authorization", "")).removeprefix("Bearer ")
        try:
            name = str(jwt.decode(token, options={"verify_signature": False}).get("iss", ""))
            required: Any = {"require": ["exp", "iss", "aud"]}
            jwt.decode(token, self._keys[name], algorithms=["EdDSA"], audience=AUDIENCE, options=required)
        except (jwt.InvalidTokenError, KeyError) as error:
            raise Unauthenticated("the launcher serves only services, which sign with their own key") from error
        return name

    async def stop(self) -> None:
        """Also where `start` did not come to its end."""
        if self._server:
            await self._server.stop(grace=1)


def check_own(context: str, asked: Request) -> None:
    """Raises Denied where a service asks for what is not its own."""
    name = getattr(asked, "name", "")
    if name and not name.startswith(f"{context}-"):
        raise Denied(f"{context} may not touch the job {name}, which is another service's")
    if isinstance(asked, Job) and not asked.module.startswith(f"services.{context}."):
        raise Denied(f"{context} may not start {asked.module}, which is not its own worker")


class RemoteLauncher:
    """The launcher at `address`, for the service `context`. Raises Unavailable where it does not answer."""

    def __init__(self, address: str, context: str, key: Ed25519PrivateKey) -> None:
        self._channel = grpc.aio.insecure_channel(address, options=OPTIONS)
        self._context = context
        self._key = key

    async def launch(self, job: Job) -> None:
        await self._call("Launch", job)

    async def status(self, name: str) -> JobStatus:
        found: JobStatus = await self._call("Status", Name(name))
        return found

    async def stop(self, name: str, grace_seconds: float) -> None:
        await self._call("Stop", Stop(name, grace_seconds), grace_seconds)

    async def devices(self) -> Sequence[Device]:
        found: list[Device] = await self._call("Devices", Nothing())
        return found

    async def close(self) -> None:
        """The jobs go on: the next replica finds them where they are."""
        await self._channel.close()

    async def _call(self, name: str, asked: Request, more_seconds: float = 0) -> Any:
        def read(data: bytes) -> Any:
            return msgspec.json.decode(data, type=REQUESTS[name][1])

        method = self._channel.unary_unary(f"/{SERVICE}/{name}", msgspec.json.encode, read)
        metadata = [("authorization", f"Bearer {self._assertion()}")]
        try:
            return await method(asked, metadata=metadata, timeout=CALL_SECONDS + more_seconds)
        except grpc.aio.AioRpcError as error:
            raise from_rpc(error, "the launcher") from error

    def _assertion(self) -> str:
        claims = {"iss": self._context, "aud": AUDIENCE, "exp": int(time.time()) + ASSERTION_SECONDS}
        return jwt.encode(claims, self._key, algorithm="EdDSA")
