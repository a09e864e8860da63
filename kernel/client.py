"""Calls to neighbouring services: the person's grant forwarded, or the service's own in background work."""

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import grpc
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kernel.call import current_call
from kernel.clock import moment
from kernel.status import from_rpc
from kernel.tls import Tls
from kernel.trace import CLIENT, annotate, current, current_service, span
from neuralforge.workspace.v1 import service_pb2 as workspace
from neuralforge.workspace.v1 import service_pb2_grpc as workspace_grpc

Stub = TypeVar("Stub")
CALL_SECONDS = 15.0
RENEW_SECONDS = 60.0
ASSERTION_SECONDS = 50
HEALTH = "grpc.health."  # asked by the second, and nobody's action
MOST_MESSAGE_BYTES = 32 * 1024 * 1024
SERVICE_CONFIG = {
    "loadBalancingConfig": [{"round_robin": {}}],
    "healthCheckConfig": {"serviceName": ""},
    "methodConfig": [
        {
            "name": [{}],
            "retryPolicy": {
                "maxAttempts": 5,
                "initialBackoff": "0.1s",
                "maxBackoff": "1s",
                "backoffMultiplier": 2,
                "retryableStatusCodes": ["UNAVAILABLE"],
            },
        }
    ],
}
CHANNEL_OPTIONS = (
    ("grpc.service_config", json.dumps(SERVICE_CONFIG)),
    ("grpc.enable_retries", 1),
    ("grpc.max_receive_message_length", MOST_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MOST_MESSAGE_BYTES),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1_000),
)


def target(address: str) -> str:
    """What gRPC calls an address: host:port, or host:port,host:port for replicas, which then must be IP addresses."""
    if "," not in address:
        return address
    return f"{'ipv6' if '[' in address else 'ipv4'}:{address}"


def options(server: str) -> tuple[tuple[str, str | int], ...]:
    """The options of a channel to the context `server`, whose certificate names it."""
    return (*CHANNEL_OPTIONS, ("grpc.ssl_target_name_override", server))


def channel(address: str, server: str, tls: Tls | None) -> grpc.aio.Channel:
    """A channel to the replicas of the context `server`."""
    if tls:
        return grpc.aio.secure_channel(target(address), tls.caller(), options=options(server))
    return grpc.aio.insecure_channel(target(address), options=CHANNEL_OPTIONS)


class Neighbours:
    """One service's connections to the others. `addresses`: context to an address as in `Settings`."""

    def __init__(
        self,
        context: str,
        addresses: Mapping[str, str],
        key: Ed25519PrivateKey | None = None,
        tls: Tls | None = None,
    ) -> None:
        self._context = context
        self._addresses = addresses
        self._key = key
        self._tls = tls
        self._channels: dict[tuple[str, str], grpc.aio.Channel] = {}
        self._grants: dict[str, workspace.ExchangeResponse] = {}

    def stub(self, context: str, kind: type[Stub]) -> Stub:
        """A stub of `kind` on the channel to `context`; without TLS, services at one address share a channel."""
        address = self._addresses[context]
        place = address, context if self._tls else ""
        if place not in self._channels:
            self._channels[place] = channel(address, context, self._tls)
        return kind(self._channels[place])  # type: ignore[call-arg]

    async def call(
        self,
        method: Any,
        request: Any,
        *,
        tenant: str | None = None,
        token: str | None = None,
        key: str = "",
        after: int = 0,
        timeout: float = CALL_SECONDS,
    ) -> Any:
        """Calls `method` as the current caller, as the bearer of `token`, or with `tenant` as this service itself.

        Raises the DomainError behind a failure. `key` is the idempotency key, `after` a position to read from.
        """
        if tenant is not None:
            token = await self._service_grant(tenant)
        elif token is None:
            token = current_call().token
        metadata = [("authorization", f"Bearer {token}")] if token else []
        metadata += [("idempotency-key", key)] if key else []
        metadata += [("nf-after", str(after))] if after else []
        if (path := path_of(method)).startswith(HEALTH):
            return await self._once(method, request, metadata, timeout)
        attributes = {"rpc.system.name": "grpc", "rpc.method": path}
        with span(path, CLIENT, service=current_service() or self._context, attributes=attributes):
            return await self._once(method, request, [*metadata, ("traceparent", current())], timeout)

    async def _once(self, method: Any, request: Any, metadata: Sequence[tuple[str, str]], timeout: float) -> Any:
        try:
            return await method(request, metadata=metadata, timeout=timeout)
        except grpc.aio.AioRpcError as error:
            annotate({"rpc.response.status_code": error.code().name})
            raise from_rpc(error, _context_of(method)) from error

    async def _service_grant(self, tenant: str) -> str:
        known = self._grants.get(tenant)
        if known is None or moment(known.expires_at).timestamp() - time.time() < RENEW_SECONDS:
            known = self._grants[tenant] = await self._exchange(tenant)
        return known.grant

    async def _exchange(self, tenant: str) -> workspace.ExchangeResponse:
        assert self._key, "a gateway acts only on behalf of persons"
        now = int(time.time())
        claims = {"iss": self._context, "aud": "neuralforge", "iat": now, "exp": now + ASSERTION_SECONDS}
        assertion = jwt.encode(claims, self._key, algorithm="EdDSA")
        stub = self.stub("workspace", workspace_grpc.GrantServiceStub)
        request = workspace.ExchangeRequest(service_assertion=assertion, tenant=tenant)
        response: workspace.ExchangeResponse = await self.call(stub.Exchange, request, token="")
        return response

    async def job_grant(self, tenant: str, project_id: str, job_id: str, attempt: int) -> str:
        """A grant for one attempt of one job of this service."""
        stub = self.stub("workspace", workspace_grpc.GrantServiceStub)
        request = workspace.IssueJobGrantRequest(job_id=job_id, attempt=attempt, project_id=project_id)
        response: workspace.IssueJobGrantResponse = await self.call(stub.IssueJobGrant, request, tenant=tenant)
        return response.grant

    async def grant_keys(self) -> Mapping[str, Ed25519PublicKey]:
        """The public keys that verify grants."""
        stub = self.stub("workspace", workspace_grpc.GrantServiceStub)
        response: workspace.ListKeysResponse = await self.call(stub.ListKeys, workspace.ListKeysRequest(), token="")
        return {key.id: Ed25519PublicKey.from_public_bytes(key.public_key) for key in response.keys}

    async def close(self) -> None:
        for channel in self._channels.values():
            await channel.close()


def path_of(method: Any) -> str:
    """`neuralforge.graph.v1.ArchitectureService/SaveVersion` of a stub's method; empty for what is none."""
    path = getattr(method, "_method", b"")
    return (path.decode() if isinstance(path, bytes) else str(path)).removeprefix("/")


def _context_of(method: Any) -> str:
    """The service that a stub's method belongs to, for what is said when it does not answer."""
    parts = path_of(method).split(".")
    return f"the {parts[1]} service" if len(parts) > 3 else "a service"
