"""Users with what they told us about themselves, which their events hold sealed."""

from dataclasses import replace

from kernel.aggregate import Aggregate, Loaded
from kernel.log import SYSTEM_TENANT, EventLog
from services.workspace import accounts
from services.workspace.accounts import User
from services.workspace.addresses import Addresses
from services.workspace.vault import PersonalData, Vault

DELETED = PersonalData(email="", name=accounts.DELETED_NAME)


class Users(Aggregate[User]):
    """What has been opened is remembered with the state; the event of a deletion takes it away again."""

    def __init__(self, log: EventLog, vault: Vault, addresses: Addresses) -> None:
        super().__init__(log, "user", User(), accounts.evolve)
        self.vault = vault
        self.addresses = addresses

    async def load(self, tenant: str, id: str) -> Loaded[User]:
        loaded = await super().load(tenant, id)
        user = loaded.state
        if user.sealed and not user.email:
            told = await self.vault.open(user.id, user.sealed) or DELETED
            loaded = Loaded(replace(user, email=told.email, name=told.name), loaded.version)
            if told is not DELETED:
                self._remember((tenant, id), loaded)
        return loaded

    async def person(self, id: str) -> User:
        """The user of that id; the empty User for nobody."""
        return (await self.load(SYSTEM_TENANT, id)).state

    async def by_email(self, email: str) -> User:
        """Whose address it is; the empty User for nobody's."""
        user_id = await self.addresses.holder(email)
        return await self.person(user_id) if user_id else User()
