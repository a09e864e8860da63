"""Which invitations are still to be mailed: noted before the command, struck out once the mail is handed over.

A letter is one sending of one invitation, and goes by the moment at which that sending expires.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kernel.tenancy import TenantDatabase, acting_for


@dataclass(frozen=True, slots=True)
class Letter:
    organisation_id: str
    invitation_id: str
    expires_at: datetime


class Letters:
    """The table `letters_due`."""

    def __init__(self, database: TenantDatabase) -> None:
        self._database = database

    async def expect(self, letter: Letter) -> None:
        with acting_for(letter.organisation_id):
            await self._database.execute(
                "INSERT INTO letters_due (tenant, invitation_id, expires_at) VALUES (%s, %s, %s)",
                *(letter.organisation_id, letter.invitation_id, letter.expires_at),
            )

    async def strike(self, letter: Letter) -> None:
        """It was handed over, or will not be."""
        with acting_for(letter.organisation_id):
            await self._database.execute(
                "DELETE FROM letters_due WHERE tenant = %s AND invitation_id = %s AND expires_at = %s",
                *(letter.organisation_id, letter.invitation_id, letter.expires_at),
            )

    async def expiring(self, before: datetime) -> Sequence[Letter]:
        """All letters due, of all organisations, that were noted so long ago that they expire by then."""
        rows = await self._database.every_tenant.fetch(
            "SELECT tenant, invitation_id, expires_at FROM letters_due WHERE expires_at <= %s", before
        )
        return [Letter(*row) for row in rows]
