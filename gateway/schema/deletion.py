"""Deleting one's account: what it would do, and doing it."""

from typing import Annotated, TypeAlias

import strawberry

from gateway.context import Info
from gateway.errors import Refusal
from gateway.schema.account import Organisation, organisation
from neuralforge.workspace.v1 import service_pb2 as api


@strawberry.type(description="What deleting the account would do.")
class AccountDeletion:
    deleted: Organisation = strawberry.field(description="Goes with everything in it.")
    deleted_projects: int
    left: list[Organisation] = strawberry.field(description="Go on without the person.")
    obstacles: list[str] = strawberry.field(description="One sentence for each thing to be settled first.")
    needs_password: bool = strawberry.field(description="Otherwise a sign-in of the last ten minutes proves who asks.")


@strawberry.type(description="E-mail address and name cannot be read again, and all sessions have ended.")
class AccountDeleted:
    id: strawberry.ID


DeleteAccountResult: TypeAlias = Annotated[AccountDeleted | Refusal, strawberry.union("DeleteAccountResult")]


@strawberry.type
class DeletionQuery:
    @strawberry.field(description="For people who are signed in; nothing happens yet.")
    async def account_deletion(self, info: Info) -> AccountDeletion:
        method = info.context.stubs.accounts.GetAccountDeletion
        answer = await info.context.ask(method, api.GetAccountDeletionRequest())
        return AccountDeletion(
            deleted=organisation(answer.deleted),
            deleted_projects=answer.deleted_projects,
            left=[organisation(each) for each in answer.left],
            obstacles=list(answer.obstacles),
            needs_password=answer.needs_password,
        )


@strawberry.type
class DeletionMutation:
    @strawberry.mutation
    async def delete_account(self, info: Info, password: str = "", key: str | None = None) -> DeleteAccountResult:
        method = info.context.stubs.accounts.DeleteAccount
        await info.context.command(method, api.DeleteAccountRequest(password=password), key)
        return AccountDeleted(id=strawberry.ID(info.context.caller.subject))
