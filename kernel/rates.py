"""How often somebody may do something, counted in this process's memory, of which it never takes more than a set part.

Whoever is counted is hashed into one of BUCKETS. Two who share a bucket share its budget, which the secret of the
hash, new in every process, keeps from being sought. Each replica of a process counts for itself: N replicas allow up
to N times as much.
"""

import hashlib
import math
import secrets
import time

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from kernel.errors import TooMany

BUCKETS = 16_384


class Rate:
    """At most `limit`, e.g. "10 per 15 minute", of whatever `sentence` names. "0 per minute" is no limit."""

    def __init__(self, limit: str, what: str) -> None:
        amount, _, _ = limit.partition(" ")
        self._limit = parse(limit) if amount != "0" else None
        self._what = what
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._secret = secrets.token_bytes(16)

    def count(self, who: str) -> None:
        """Counts one; raises TooMany with the seconds to wait where the budget is spent, and does not count then."""
        if self._limit is None or self._limiter.hit(self._limit, self._bucket(who)):
            return
        seconds = max(
            1, math.ceil(self._limiter.get_window_stats(self._limit, self._bucket(who)).reset_time - time.time())
        )
        raise TooMany(
            f"more than {self._limit.amount} {self._what} within {_spelt(self._limit.get_expiry())}; "
            f"try again in {_spelt(seconds)}",
            retry_seconds=seconds,
        )

    def forget(self, who: str) -> None:
        """Gives the whole budget back."""
        if self._limit is not None:
            self._limiter.clear(self._limit, self._bucket(who))

    def _bucket(self, who: str) -> str:
        digest = hashlib.blake2b(who.encode(), key=self._secret, digest_size=8).digest()
        return str(int.from_bytes(digest, "big") % BUCKETS)


def _spelt(seconds: float) -> str:
    if seconds < 90:
        return "a second" if seconds == 1 else f"{seconds:.0f} seconds" if seconds != 60 else "a minute"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.0f} hours"
