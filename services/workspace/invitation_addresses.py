"""The e-mail addresses of open invitations, kept beside the log so that they can be forgotten when those end."""

from collections.abc import Mapping

from kernel.log import Recorded
from kernel.projection import Statements
from kernel.tenancy import TenantDatabase, acting_for
from neuralforge.workspace.v1.events_pb2 import InvitationAccepted, InvitationDeclined, InvitationRevoked

Ended = InvitationAccepted | InvitationDeclined | InvitationRevoked


def project(recorded: Recorded, execute: Statements) -> None:
    """Forgets the address of an invitation that has ended."""
    if isinstance(recorded.event, Ended):
        execute(
            "DELETE FROM invitation_addresses WHERE tenant = %s AND invitation_id = %s",
            recorded.tenant,
            recorded.event.invitation_id,
        )


class InvitationAddresses:
    """By organisation and invitation. An address is there before its invitation is."""

    def __init__(self, database: TenantDatabase) -> None:
        self._database = database

    async def keep(self, organisation_id: str, invitation_id: str, email: str) -> None:
        with acting_for(organisation_id):
            await self._database.execute(
                "INSERT INTO invitation_addresses (tenant, invitation_id, email) VALUES (%s, %s, %s)",
                *(organisation_id, invitation_id, email),
            )

    async def forget(self, organisation_id: str, invitation_id: str) -> None:
        """For an invitation that did not come about."""
        with acting_for(organisation_id):
            await self._database.execute(
                "DELETE FROM invitation_addresses WHERE tenant = %s AND invitation_id = %s",
                *(organisation_id, invitation_id),
            )

    async def all(self, organisation_id: str) -> Mapping[str, str]:
        """By invitation id."""
        with acting_for(organisation_id):
            rows = await self._database.fetch(
                "SELECT invitation_id, email FROM invitation_addresses WHERE tenant = %s", organisation_id
            )
        return dict(rows)
