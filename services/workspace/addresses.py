"""E-mail addresses are unique by a reservation stream each.

A stream's name tells its address to nobody who does not know the pepper: with a plain hash, as earlier releases made,
anybody with a list of addresses could find out who has an account. Streams of that form are still read, and released.
"""

import hashlib
import hmac

from google.protobuf.message import Message

from kernel.aggregate import Aggregate, Loaded
from kernel.errors import Taken
from kernel.events import UnknownEvent
from kernel.log import SYSTEM_TENANT, EventLog, Write
from neuralforge.workspace.v1.events_pb2 import EmailReleased, EmailReserved


def evolve(state: str, event: Message) -> str:
    """Whose an address is; empty for nobody's."""
    match event:
        case EmailReserved():
            return event.user_id
        case EmailReleased():
            return ""
        case _:
            raise UnknownEvent(f"{type(event).__name__} is no event of an e-mail address")


def taken() -> Taken:
    return Taken("there is an account with this e-mail address already; log in instead", field="email")


class Addresses:
    """Takes addresses as `accounts.clean_email` makes them."""

    def __init__(self, log: EventLog, pepper: bytes) -> None:
        self._held = Aggregate(log, "email", "", evolve)
        self._pepper = pepper

    async def holder(self, email: str) -> str:
        """Whose the address is; empty for nobody's."""
        return next((held.state for held in (await self._load(email)).values() if held.state), "")

    async def reserve(self, email: str, user_id: str) -> Write:
        """Raises Taken; so does whoever appends the write, with StaleStream, where another was faster."""
        held = await self._load(email)
        if any(each.state for each in held.values()):
            raise taken()
        id = next(iter(held))
        return self._write(id, held[id], EmailReserved(user_id=user_id))

    async def release(self, email: str, user_id: str) -> list[Write]:
        """Nothing for an address that is not the person's."""
        held = await self._load(email)
        return [
            self._write(id, each, EmailReleased(user_id=user_id)) for id, each in held.items() if each.state == user_id
        ]

    async def _load(self, email: str) -> dict[str, Loaded[str]]:
        """The streams that may hold the address, the present form's first."""
        return {id: await self._held.load(SYSTEM_TENANT, id) for id in self._ids(email)}

    def _write(self, id: str, held: Loaded[str], event: Message) -> Write:
        """Expects what was decided on, so that whoever decided meanwhile is not overwritten."""
        return Write(SYSTEM_TENANT, self._held.stream(id), held.version, [event])

    def _ids(self, email: str) -> tuple[str, str]:
        """As it is now, and as it was in earlier releases."""
        data = email.encode()
        return hmac.digest(self._pepper, data, "sha256").hex(), hashlib.sha256(data).hexdigest()
