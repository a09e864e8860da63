"""How the signed-in person signs in: their password, and what is linked at other providers."""

from typing import Annotated, TypeAlias

import strawberry

from gateway.context import Info
from gateway.errors import Refusal
from gateway.schema.account import Account, account
from neuralforge.workspace.v1 import service_pb2 as api

ChangePasswordResult: TypeAlias = Annotated[Account | Refusal, strawberry.union("ChangePasswordResult")]
UnlinkProviderResult: TypeAlias = Annotated[Account | Refusal, strawberry.union("UnlinkProviderResult")]


@strawberry.type
class PasswordMutation:
    @strawberry.mutation(description="Ends all other sessions. `present` may be left out where there is no password.")
    async def change_password(
        self, info: Info, new: str, present: str = "", key: str | None = None
    ) -> ChangePasswordResult:
        request = api.ChangePasswordRequest(present_password=present, new_password=new)
        await info.context.command(info.context.stubs.passwords.ChangePassword, request, key)
        return await account(info)

    @strawberry.mutation
    async def unlink_provider(self, info: Info, provider: str, key: str | None = None) -> UnlinkProviderResult:
        request = api.UnlinkProviderRequest(provider=provider)
        await info.context.command(info.context.stubs.oauth.UnlinkProvider, request, key)
        return await account(info)
