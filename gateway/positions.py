"""What each session has written, so that its next reads wait for it: log positions by session and context."""

import time
from collections import OrderedDict
from collections.abc import Callable

MOST = 20_000
SECONDS = 600.0


class Positions:
    """Bounded and forgetful: a position is of use only while a projection may still be behind it."""

    def __init__(self, *, most: int = MOST, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic):
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._known: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()

    def saw(self, session: str, context: str, position: int) -> None:
        """A command of this session was answered at `position` of the log of `context`."""
        position = max(position, self.after(session, context))
        self._known[session, context] = (position, self._clock() + self._seconds)
        self._known.move_to_end((session, context))
        if len(self._known) > self._most:
            self._known.popitem(last=False)

    def after(self, session: str, context: str) -> int:
        """The position reads of this session must have reached; 0 for any."""
        position, expires = self._known.get((session, context), (0, 0.0))
        return position if expires > self._clock() else 0
