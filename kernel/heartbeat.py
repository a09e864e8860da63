"""A job's sign of life, from a thread of its own, so that a long computation does not look like a dead process."""

import os
import sys
import threading
from collections.abc import Callable
from types import TracebackType

BEAT_SECONDS = 2.0


class Heartbeat:
    """Calls `beat` now and then while the `with` block runs; the first fault ends the process at once.

    Leave the block before reporting how the job ended: a beat after that would find the job over.
    """

    def __init__(self, beat: Callable[[], object], *, seconds: float = BEAT_SECONDS) -> None:
        self._beat = beat
        self._seconds = seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(self._seconds):
            try:
                self._beat()
            except Exception as error:
                print(f"stopped at once: {error}", file=sys.stderr, flush=True)
                os._exit(1)  # the main thread may be deep inside a library that hears no exception
