"""The worker's voice: points, log lines and progress, gathered and sent by a thread of its own.

Whoever reports never waits, unless CAPACITY entries are unsent. What is posted leaves at once, so that those who watch
see it soon; only what follows within INTERVAL_SECONDS waits to go together. A report is kept until it is acknowledged,
so an outage only delays it; the service knows a report by its number and stores it once. Reports are the heartbeat too.
"""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from itertools import islice
from types import TracebackType

from kernel.clock import timestamp, utc_now
from kernel.job import JobConnection
from neuralforge.training.v1 import service_pb2 as api
from neuralforge.training.v1 import service_pb2_grpc as rpc
from services.training.pyramid import Points, merge

GATHER_SECONDS = 0.02  # for what is posted together
INTERVAL_SECONDS = 0.1  # between two reports
HEARTBEAT_SECONDS = 2.0
CAPACITY = 4_096
MOST_ENTRIES = 64  # of at most some 3,000 points each: a report stays below what the service takes at once
Series = Mapping[str, Points]
Entry = Series | api.LogEntry | api.Progress


class Reporter:
    """A context: leaving it in good order waits until everything is sent. `sequence` is the last number used."""

    def __init__(self, connection: JobConnection, stub: rpc.WorkerServiceStub, sequence: int) -> None:
        self._connection = connection
        self._stub = stub
        self._sequence = sequence
        self._entries: deque[Entry] = deque()
        self._posted = 0
        self._stored = 0
        self._closing = False
        self._told_to_stop = False
        self._failure: BaseException | None = None
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._send_all, name="reporter", daemon=True)

    @property
    def should_stop(self) -> bool:
        """Whether the service said so, or there is nobody left to report to; quick, for the training loop."""
        return self._told_to_stop or self._failure is not None

    def points(self, series: Series) -> None:
        self._post(series)

    def log(self, text: str, level: str = "info") -> None:
        print(text, flush=True)
        printable = text.replace("\0", "\N{REPLACEMENT CHARACTER}")  # no text of a request may hold a NUL
        self._post(api.LogEntry(at=timestamp(utc_now()), level=level, text=printable))

    def progress(self, progress: api.Progress) -> None:
        self._post(progress)

    def drain(self) -> None:
        """Returns when all that was reported so far is stored; raises what prevents it."""
        with self._changed:
            wanted = self._posted
            self._changed.wait_for(lambda: self._stored >= wanted or self._failure)
        self.check()

    def check(self) -> None:
        """Raises the error that ended the reporting, if one did."""
        if self._failure:
            raise self._failure

    def _post(self, entry: Entry) -> None:
        with self._changed:
            self._changed.wait_for(lambda: len(self._entries) < CAPACITY or self._failure)
            self._entries.append(entry)
            self._posted += 1
            if len(self._entries) == 1:  # the sender sleeps only while there is nothing to send
                self._changed.notify_all()
        self.check()

    def _send_all(self) -> None:
        try:
            sent = float("-inf")
            while not (self._closing and self._stored == self._posted):
                taken = self._gathered(sent + INTERVAL_SECONDS)
                if taken or not self._closing:
                    sent = time.monotonic()
                    self._send(taken)
        except BaseException as error:  # handed to whoever reports next
            with self._changed:
                self._failure = error
                self._changed.notify_all()

    def _gathered(self, earliest: float) -> list[Entry]:
        """What to send next, not before the moment `earliest`; nothing, when a heartbeat is due or all is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._entries or self._closing, HEARTBEAT_SECONDS)
            pause = max(GATHER_SECONDS, earliest - time.monotonic()) if self._entries else 0
            self._changed.wait_for(lambda: self._closing, pause)
            return list(islice(self._entries, MOST_ENTRIES))

    def _send(self, entries: list[Entry]) -> None:
        self._sequence += 1
        answer = self._connection.call(self._stub.Report, report(self._sequence, entries))
        with self._changed:
            for _ in entries:
                self._entries.popleft()
            self._stored += len(entries)
            self._told_to_stop = self._told_to_stop or answer.stop
            self._changed.notify_all()

    def __enter__(self) -> "Reporter":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()
        if kind is None:
            self.check()


def report(sequence: int, entries: list[Entry]) -> api.ReportRequest:
    """Entries as one report: each series joined to one, the newest progress."""
    request = api.ReportRequest(sequence=sequence)
    series: defaultdict[str, list[Points]] = defaultdict(list)
    for entry in entries:
        match entry:
            case api.LogEntry():
                request.lines.append(entry)
            case api.Progress():
                request.progress.CopyFrom(entry)
            case _:
                for name, (steps, values) in entry.items():
                    series[name].append((steps, values))
    for name, parts in series.items():
        steps, values = merge(parts)
        request.points.add(series=name, steps=steps.astype("<i8").tobytes(), values=values.astype("<f4").tobytes())
    return request
