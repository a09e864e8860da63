"""ApiKeyService: keys by which programs act for a person, managed by people who are signed in, over gRPC."""

from typing import Any

from kernel.aggregate import Aggregate
from kernel.call import current_call, with_position
from kernel.clock import Clock, moment
from kernel.errors import Exhausted
from kernel.ids import new_id
from kernel.log import SYSTEM_TENANT, Append, Write
from kernel.names import clean_name
from kernel.tenancy import TenantDatabase
from neuralforge.access.v1.access_pb2 import Role
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1 import service_pb2_grpc as rpc
from services.workspace import api_keys, memberships, tokens
from services.workspace.accounts import one_line
from services.workspace.api_keys import ApiKey
from services.workspace.key_list import list_keys
from services.workspace.organisations import Organisation
from services.workspace.project_service import existing
from services.workspace.projects import Project
from services.workspace.session_service import signed_in
from services.workspace.sessions import new_secret

MOST_KEYS = 50


class ApiKeyService(rpc.ApiKeyServiceServicer):
    """Keys live in the system tenant: who has one has no tenant yet."""

    def __init__(
        self,
        keys: Aggregate[ApiKey],
        organisations: Aggregate[Organisation],
        known: Aggregate[Project],
        database: TenantDatabase,
        clock: Clock,
    ) -> None:
        self._keys = keys
        self._organisations = organisations
        self._projects = known
        self._database = database
        self._clock = clock

    async def CreateApiKey(self, request: api.CreateApiKeyRequest, context: Any) -> api.CreateApiKeyResponse:
        caller, call, now = signed_in(), current_call(), self._clock()
        name = clean_name(one_line(request.name), "an API key")
        organisation = (await self._organisations.load(caller.tenant, caller.tenant)).state
        memberships.present_role(organisation, caller)
        if request.project_id:
            await existing(self._projects, caller, request.project_id)
        # A bound, no rule: some made at the same moment may pass it.
        if len(await list_keys(self._database, caller.tenant, caller.subject, now)) >= MOST_KEYS:
            raise Exhausted(f"nobody has more than {MOST_KEYS} keys in force; revoke some first")
        id, secret = new_id(), new_secret()
        event = api_keys.create(
            organisation, caller.subject, id, name, request.role, request.project_id, request.days, secret, now
        )
        made = api.ApiKey(
            id=id,
            name=name,
            role=event.role,
            project_id=event.project_id,
            user_id=event.user_id,
            created_at=event.at,
            expires_at=event.expires_at if request.days else None,
        )
        response = api.CreateApiKeyResponse(key=made)
        write = Write(SYSTEM_TENANT, self._keys.stream(id), 0, [event])
        appended = await self._keys.log.append(Append([write], call.key, response.SerializeToString(), call.meta))
        if appended.replayed:
            response = api.CreateApiKeyResponse.FromString(appended.response)
        else:
            response.secret = tokens.token(tokens.API_KEY, id, secret)
        return with_position(response, appended.position)

    async def ListApiKeys(self, request: api.ListApiKeysRequest, context: Any) -> api.ListApiKeysResponse:
        caller = signed_in()
        organisation = (await self._organisations.load(caller.tenant, caller.tenant)).state
        admin = memberships.present_role(organisation, caller) >= Role.ROLE_ADMIN
        found = await list_keys(self._database, caller.tenant, "" if admin else caller.subject, self._clock())
        in_force = [each for each in found if api_keys.outlives(organisation, each.user_id, moment(each.created_at))]
        return api.ListApiKeysResponse(keys=in_force)

    async def RevokeApiKey(self, request: api.RevokeApiKeyRequest, context: Any) -> api.RevokeApiKeyResponse:
        caller, now = signed_in(), self._clock()
        organisation = (await self._organisations.load(caller.tenant, caller.tenant)).state
        admin = memberships.present_role(organisation, caller) >= Role.ROLE_ADMIN
        return await self._keys.handle(
            SYSTEM_TENANT,
            request.key_id,
            lambda state: api_keys.revoke(state, caller.tenant, caller.subject, admin, now),
            lambda _: api.RevokeApiKeyResponse(),
        )
