"""Callbacks run in one thread of their own, in the order they were posted, so that training never waits for them."""

import queue
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

# The loop waits only when the receiver is this many messages behind: memory stays bounded.
CAPACITY = 256


class Outbox:
    """A context: leaving it waits until everything posted was delivered. An error in a callback ends the run."""

    def __init__(self) -> None:
        self._calls: queue.Queue[Callable[[], None] | None] = queue.Queue(CAPACITY)
        self._newest: object = None
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._deliver, name="training-outbox", daemon=True)

    def post(self, callback: Callable[..., Any], *arguments: object) -> None:
        """Queue one call; raises the error of an earlier callback, if one failed."""
        self.check()
        self._calls.put(lambda: callback(*arguments))

    def post_newest(self, callback: Callable[..., Any], argument: object) -> None:
        """Queue a call that is skipped if a newer one is posted here before its turn comes."""
        self.check()
        self._newest = argument
        self._calls.put(lambda: callback(argument) if self._newest is argument else None)

    def check(self) -> None:
        """Raise the error of an earlier callback, if one failed."""
        if self._failure:
            raise self._failure

    def _deliver(self) -> None:
        while (call := self._calls.get()) is not None:
            if self._failure:
                continue
            try:
                call()
            except BaseException as error:  # handed to the loop, which raises it
                self._failure = error

    def __enter__(self) -> "Outbox":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._calls.put(None)
        self._thread.join()
        if kind is None:
            self.check()
