"""GrantService: credentials turned into grants, and grants for jobs."""

import time
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kernel.call import current_call
from kernel.errors import Rejected, Unauthenticated
from kernel.grants import GRANT_SECONDS, Grant
from kernel.settings import CONTEXTS
from neuralforge.access.v1.access_pb2 import Role
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1 import service_pb2_grpc as rpc
from services.workspace.exchanges import Exchanges
from services.workspace.signing import GrantSigner

AUDIENCE = "neuralforge"
LONGEST_ID = 64


class GrantService(rpc.GrantServiceServicer):
    """`service_keys`: the public key of each service, by its name."""

    def __init__(self, signer: GrantSigner, service_keys: Mapping[str, Ed25519PublicKey], exchanges: Exchanges) -> None:
        self._signer = signer
        self._exchanges = exchanges
        self._service_keys = service_keys

    async def Exchange(self, request: api.ExchangeRequest, context: Any) -> api.ExchangeResponse:
        match request.WhichOneof("credential"):
            case "api_key":
                return await self._exchanges.by_api_key(request.api_key)
            case "share_link":
                return await self._exchanges.by_share_link(request.share_link)
            case "public_project":
                return await self._exchanges.by_public_project(request.public_project)
            case _:
                return self._by_assertion(request)

    def _by_assertion(self, request: api.ExchangeRequest) -> api.ExchangeResponse:
        if not request.tenant or len(request.tenant) > LONGEST_ID:
            raise Rejected("name the tenant the grant is for", field="tenant")
        name = self._service(request.service_assertion)
        grant = Grant(f"service:{name}", request.tenant, Role.ROLE_SERVICE, time.time() + GRANT_SECONDS)
        token, expires_at = self._signer.sign(grant)
        return api.ExchangeResponse(grant=token, expires_at=expires_at)

    def _service(self, assertion: str) -> str:
        """The name of the service that signed; raises Unauthenticated."""
        try:
            name = jwt.decode(assertion, options={"verify_signature": False}).get("iss", "")
            if name not in CONTEXTS or name not in self._service_keys:
                raise Unauthenticated("the assertion names no service of this platform")
            jwt.decode(
                assertion,
                self._service_keys[name],
                algorithms=["EdDSA"],
                audience=AUDIENCE,
                options={"require": ["exp", "iss", "aud"]},
            )
        except jwt.InvalidTokenError as error:
            raise Unauthenticated("the assertion is not signed by that service's key, or has expired") from error
        return str(name)

    async def IssueJobGrant(self, request: api.IssueJobGrantRequest, context: Any) -> api.IssueJobGrantResponse:
        if not request.job_id or len(request.job_id) > LONGEST_ID:
            raise Rejected(f"job_id must have 1 to {LONGEST_ID} characters", field="job_id")
        if request.attempt < 1:
            raise Rejected("attempts count from 1", field="attempt")
        caller = current_call().caller
        grant = Grant(
            subject=f"job:{caller.subject.removeprefix('service:')}:{request.job_id}",
            tenant=caller.tenant,
            role=Role.ROLE_JOB,
            expires=time.time() + GRANT_SECONDS,
            project=request.project_id,
            job=request.job_id,
            attempt=request.attempt,
        )
        token, expires_at = self._signer.sign(grant)
        return api.IssueJobGrantResponse(grant=token, expires_at=expires_at)

    async def ListKeys(self, request: api.ListKeysRequest, context: Any) -> api.ListKeysResponse:
        return api.ListKeysResponse(keys=[self._signer.public])
