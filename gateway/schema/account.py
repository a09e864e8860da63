"""Who is signed in."""

from datetime import datetime
from enum import Enum

import strawberry

from gateway.context import Info
from kernel.clock import moment
from neuralforge.access.v1 import access_pb2 as access
from neuralforge.workspace.v1 import service_pb2 as api


@strawberry.enum
class Role(Enum):
    VIEWER = access.ROLE_VIEWER
    MEMBER = access.ROLE_MEMBER
    ADMIN = access.ROLE_ADMIN
    OWNER = access.ROLE_OWNER


@strawberry.type
class User:
    id: strawberry.ID
    email: str
    name: str
    created_at: datetime


@strawberry.type
class Organisation:
    id: strawberry.ID
    name: str
    role: Role = strawberry.field(description="The signed-in person's.")
    personal: bool = strawberry.field(description="Came with an account; its person is an owner of it for ever.")


@strawberry.type
class Account:
    user: User
    organisations: list[Organisation]
    has_password: bool = strawberry.field(description="Otherwise a provider is the only way in.")
    providers: list[str] = strawberry.field(description='Those that are linked: "google", "github".')


@strawberry.type(description="Somebody of the organisation, as others see them.")
class Person:
    id: strawberry.ID
    name: str


def user(message: api.User) -> User:
    return User(
        id=strawberry.ID(message.id),
        email=message.email,
        name=message.name,
        created_at=moment(message.created_at),
    )


def organisation(message: api.Organisation) -> Organisation:
    return Organisation(
        id=strawberry.ID(message.id), name=message.name, role=Role(message.role), personal=message.personal
    )


async def account(info: Info) -> Account:
    answer = await info.context.ask(info.context.stubs.accounts.GetAccount, api.GetAccountRequest())
    return Account(
        user=user(answer.user),
        organisations=[organisation(each) for each in answer.organisations],
        has_password=answer.has_password,
        providers=list(answer.providers),
    )


@strawberry.type
class AccountQuery:
    @strawberry.field
    async def me(self, info: Info) -> Account:
        return await account(info)

    @strawberry.field(description="At most 100; ids of nobody in the organisation are left out.")
    async def people(self, info: Info, ids: list[strawberry.ID]) -> list[Person]:
        request = api.BatchGetUsersRequest(ids=ids)
        answer = await info.context.ask(info.context.stubs.accounts.BatchGetUsers, request)
        return [Person(id=strawberry.ID(each.id), name=each.name) for each in answer.people]
