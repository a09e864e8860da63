"""Events of earlier releases told addresses and names in plain text: sealed before their account is deleted.

The only place where history is written anew. What the events say stays the same, but for whom it can be read.
"""

from google.protobuf.message import Message

from kernel.database import Database
from kernel.log import SYSTEM_TENANT, Recorded
from neuralforge.workspace.v1.events_pb2 import OrganisationCreated, UserRegistered
from services.workspace.accounts import User
from services.workspace.users import Users
from services.workspace.vault import PersonalData


async def seal_history(database: Database, users: Users, user: User) -> None:
    """Seals the person's registration, and takes their name off their personal organisation's creation."""
    for recorded in await users.log.read_stream(SYSTEM_TENANT, users.stream(user.id)):
        event = recorded.event
        if isinstance(event, UserRegistered) and event.email:
            sealed = await users.vault.seal(user.id, PersonalData(event.email, event.name))
            event.sealed = sealed
            event.ClearField("email")
            event.ClearField("name")
            await _write(database, recorded, event)
    organisation = f"organisation-{user.organisation_id}"
    for recorded in await users.log.read_stream(user.organisation_id, organisation, limit=1):
        event = recorded.event
        if isinstance(event, OrganisationCreated) and event.personal and event.name:
            event.ClearField("name")
            await _write(database, recorded, event)


async def _write(database: Database, recorded: Recorded, event: Message) -> None:
    data = event.SerializeToString()
    await database.execute("UPDATE events SET data = %s WHERE event_id = %s", data, recorded.id)
