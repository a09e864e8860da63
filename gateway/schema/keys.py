"""API keys, by which programs act for a person in the organisation of the grant."""

from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry

from gateway.context import Info
from gateway.errors import Refusal
from gateway.scalars import optional_moment
from gateway.schema.account import Role
from gateway.schema.ended import Ended
from kernel.clock import moment
from neuralforge.workspace.v1 import service_pb2 as api


@strawberry.type(description="Exchanged for grants by POST /auth/exchange or GrantService.Exchange; sent nowhere else.")
class ApiKey:
    id: strawberry.ID
    name: str
    role: Role = strawberry.field(description="A grant has the least of this and the owner's present role.")
    project_id: strawberry.ID | None = strawberry.field(description="Null where it reaches all its owner does.")
    user_id: strawberry.ID
    created_at: datetime
    expires_at: datetime | None = strawberry.field(description="Null where it lasts until it is revoked.")
    last_used_at: datetime | None = strawberry.field(description="To the hour; null where it was never used.")


@strawberry.type(description="A key with its secret, which is told here and nowhere else.")
class CreatedApiKey:
    api_key: ApiKey
    secret: str | None = strawberry.field(description="Null in the answer to a repeated command.")


CreateApiKeyResult: TypeAlias = Annotated[CreatedApiKey | Refusal, strawberry.union("CreateApiKeyResult")]
RevokeApiKeyResult: TypeAlias = Annotated[Ended | Refusal, strawberry.union("RevokeApiKeyResult")]


def api_key(message: api.ApiKey) -> ApiKey:
    return ApiKey(
        id=strawberry.ID(message.id),
        name=message.name,
        role=Role(message.role),
        project_id=strawberry.ID(message.project_id) if message.project_id else None,
        user_id=strawberry.ID(message.user_id),
        created_at=moment(message.created_at),
        expires_at=optional_moment(message.expires_at) if message.HasField("expires_at") else None,
        last_used_at=optional_moment(message.last_used_at) if message.HasField("last_used_at") else None,
    )


@strawberry.type
class ApiKeyQuery:
    @strawberry.field(description="The person's keys in force, newest first; for admins those of all members.")
    async def api_keys(self, info: Info) -> list[ApiKey]:
        answer = await info.context.ask(info.context.stubs.api_keys.ListApiKeys, api.ListApiKeysRequest())
        return [api_key(each) for each in answer.keys]


@strawberry.type
class ApiKeyMutation:
    @strawberry.mutation(description="`days`: 1 to 366, until it is revoked where it is not given.")
    async def create_api_key(
        self,
        info: Info,
        name: str,
        role: Role,
        project_id: strawberry.ID | None = None,
        days: int = 0,
        key: str | None = None,
    ) -> CreateApiKeyResult:
        request = api.CreateApiKeyRequest(name=name, role=role.value, project_id=project_id or "", days=days)
        answer = await info.context.command(info.context.stubs.api_keys.CreateApiKey, request, key)
        return CreatedApiKey(api_key=api_key(answer.key), secret=answer.secret or None)

    @strawberry.mutation(description="One's own; for admins any of the organisation.")
    async def revoke_api_key(self, info: Info, id: strawberry.ID, key: str | None = None) -> RevokeApiKeyResult:
        request = api.RevokeApiKeyRequest(key_id=id)
        await info.context.command(info.context.stubs.api_keys.RevokeApiKey, request, key)
        return Ended(id=id)
