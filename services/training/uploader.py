"""Checkpoints on their way to the object store, in order, by a thread of their own.

A checkpoint that waits is replaced by a newer one: what counts is where the run can go on from.
"""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Generic, TypeVar

from kernel.job import JobConnection, digest
from kernel.trace import current, span
from neuralforge.training.v1 import service_pb2 as api
from neuralforge.training.v1 import service_pb2_grpc as rpc
from services.training.reporter import Reporter

Checkpoint = TypeVar("Checkpoint")
Write = Callable[[Checkpoint], Iterator[tuple[api.SaveCheckpointRequest, Path]]]


class Uploader(Generic[Checkpoint]):
    """A context: leaving it in good order waits until the newest checkpoint is recorded.

    `write` makes files of a checkpoint, each with the request that records it, in the order they are to be recorded.
    """

    def __init__(
        self,
        connection: JobConnection,
        stub: rpc.WorkerServiceStub,
        reporter: Reporter,
        write: Write[Checkpoint],
    ) -> None:
        self._connection = connection
        self._stub = stub
        self._reporter = reporter
        self._trace = current()
        self._newest: Checkpoint | None = None
        self._write = write
        self._closing = False
        self._failure: BaseException | None = None
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._upload_all, name="uploader", daemon=True)

    def put(self, checkpoint: Checkpoint) -> None:
        """Takes a checkpoint over; raises what prevented an earlier one."""
        with self._changed:
            self._newest = checkpoint
            self._changed.notify_all()
        self._check()

    def _upload_all(self) -> None:
        try:
            while checkpoint := self._next():
                with span("checkpoint", parent=self._trace):
                    for request, path in self._write(checkpoint):
                        self._save(request, path)
        except BaseException as error:  # handed to whoever brings the next checkpoint
            self._failure = error

    def _next(self) -> Checkpoint | None:
        """The newest checkpoint not yet taken; None once there will be none."""
        with self._changed:
            self._changed.wait_for(lambda: self._newest or self._closing)
            checkpoint, self._newest = self._newest, None
            return checkpoint

    def _save(self, request: api.SaveCheckpointRequest, path: Path) -> None:
        """Uploads, waits until all that was measured before is stored, and records the checkpoint."""
        size, sha256 = digest(path)
        upload = api.Upload(name=path.name, bytes=size, sha256=sha256)
        links = self._connection.call(self._stub.RequestUploads, api.RequestUploadsRequest(uploads=[upload]))
        self._connection.upload(links.files[0].url, path)
        self._reporter.drain()
        request.files.append(upload)
        self._connection.call(self._stub.SaveCheckpoint, request)

    def _check(self) -> None:
        if self._failure:
            raise self._failure

    def __enter__(self) -> "Uploader[Checkpoint]":
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
            self._check()
