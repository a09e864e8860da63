"""Password hashes by argon2id, off the event loop and few at a time: each costs tens of milliseconds and 64 MiB."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from pwdlib import PasswordHash

from kernel.rates import Rate

AT_A_TIME = 2
GUESSES = "10 per 15 minute"


class Passwords:
    """Hashes and verifies. Verifying against nobody's hash takes as long as against somebody's.

    Guesses at one account are counted, from wherever they come. The right password gives the budget back: who knows it
    need not guess. Whoever spends it keeps the person from signing in anew meanwhile; open sessions go on.
    """

    def __init__(self) -> None:
        self._hasher = PasswordHash.recommended()
        self._threads = ThreadPoolExecutor(AT_A_TIME, thread_name_prefix="argon2")
        self._guesses = Rate(GUESSES, "attempts at the password of this account")
        self._nobody = self._hasher.hash("nobody's password")

    async def hash(self, password: str) -> str:
        """An argon2id hash in PHC form."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.hash, password)

    def forget_guesses(self, account: str) -> None:
        """For an account that got another password."""
        self._guesses.forget(account)

    async def verify(self, account: str, password: str, stored: str) -> bool:
        """Whether `password` made the hash `stored`; an empty `stored` never matches. Raises TooMany."""
        self._guesses.count(account)
        loop = asyncio.get_running_loop()
        matches = await loop.run_in_executor(self._threads, self._hasher.verify, password, stored or self._nobody)
        if not (matches and stored):
            return False
        self._guesses.forget(account)
        return True
