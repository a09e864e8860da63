"""How often one address or person may ask, in one gateway process; the workspace counts guesses at one account."""

from typing import TYPE_CHECKING

from starlette.requests import HTTPConnection

from gateway.addresses import network_of
from gateway.settings import GatewaySettings
from kernel.rates import Rate

if TYPE_CHECKING:
    from gateway.context import Caller

FROM = "from your network address"


class Rates:
    """The budgets; each method raises TooMany where one is spent."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._sign_ins = Rate(f"{settings.sign_ins_per_minute} per minute", f"attempts to sign in {FROM}")
        self._refreshes = Rate("1200 per minute", f"refreshed sessions {FROM}")
        self._exchanges = Rate("1200 per minute", f"exchanged keys and links {FROM}")
        self._letters = Rate("20 per hour", f"letters asked for {FROM}")
        self._requests = Rate(f"{settings.requests_per_minute} per minute", "requests")

    def count_sign_in(self, connection: HTTPConnection) -> None:
        """Registering, logging in, and whatever else tries a secret of a person."""
        self._sign_ins.count(network_of(connection))

    def count_refresh(self, connection: HTTPConnection) -> None:
        self._refreshes.count(network_of(connection))

    def count_exchange(self, connection: HTTPConnection) -> None:
        self._exchanges.count(network_of(connection))

    def count_letter(self, connection: HTTPConnection) -> None:
        self._letters.count(network_of(connection))

    def count_request(self, connection: HTTPConnection, caller: "Caller") -> None:
        """One GraphQL operation, of a person wherever they are, of others by their address."""
        self._requests.count(caller.grant.subject if caller.grant else network_of(connection))
