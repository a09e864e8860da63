"""What tests of organisations do over and over."""

from dataclasses import replace

from kernel.grants import PERSONS
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1.service_pb2_grpc import AccountServiceStub, OrganisationServiceStub
from tests.services.platform import Person

VIEWER, MEMBER, ADMIN, OWNER = PERSONS


async def organisation(person: Person, name: str = "Acme") -> str:
    """The id of a new organisation of theirs."""
    request = api.CreateOrganisationRequest(name=name)
    answer = await person.call(OrganisationServiceStub, "CreateOrganisation", request)
    return str(answer.organisation.id)


async def within(person: Person, organisation_id: str) -> Person:
    """The same person with a fresh grant for that organisation, and the session's next refresh token."""
    request = api.RefreshRequest(refresh_token=person.refresh_token, organisation_id=organisation_id)
    answer = await person.platform.call(AccountServiceStub, "Refresh", request)
    tokens = answer.tokens
    return replace(person, tenant=answer.organisation.id, token=tokens.grant, refresh_token=tokens.refresh_token)


async def organisations(person: Person) -> list[tuple[str, int]]:
    """(name, the person's role) of each they are in."""
    answer = await person.call(OrganisationServiceStub, "ListOrganisations", api.ListOrganisationsRequest())
    return [(each.name, each.role) for each in answer.organisations]
