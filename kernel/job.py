"""A job, from its own side: one connection to the service that launched it, presigned addresses for its files.

Synchronous, because a job does one thing. Outages of up to OUTAGE_SECONDS are sat out.
"""

import hashlib
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import grpc
import urllib3

from kernel.client import CHANNEL_OPTIONS, options, path_of, target
from kernel.errors import Conflict, Unauthenticated, Unavailable
from kernel.status import from_rpc
from kernel.tls import Tls, read_tls
from kernel.trace import CLIENT, annotate, current, span, unsampled

ADDRESS = "NF_JOB_ADDRESS"
GRANT = "NF_JOB_GRANT"
SERVER = "NF_JOB_SERVER"
OUTAGE_SECONDS = 60.0
CALL_SECONDS = 15.0
CHUNK = 1 << 20
Result = TypeVar("Result")
Stub = TypeVar("Stub")


class Lost(Exception):
    """This attempt cannot go on, another may: no answer for OUTAGE_SECONDS, fenced, or a file that will not pass."""


class JobConnection:
    """The job's line home. Calls are retried; `Lost` ends the job."""

    def __init__(self, address: str, grant: str, server: str = "", tls: Tls | None = None) -> None:
        self._channel = (
            grpc.secure_channel(target(address), tls.caller(), options=options(server))
            if tls
            else grpc.insecure_channel(target(address), options=CHANNEL_OPTIONS)
        )
        self._grant = grant
        self._beats = unsampled(current())
        self._http = urllib3.PoolManager(timeout=urllib3.Timeout(connect=5, read=60), retries=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "JobConnection":
        """The connection a launcher told this process about."""
        if missing := [name for name in (ADDRESS, GRANT) if not environment.get(name)]:
            raise SystemExit(f"a job is started by its service, which sets {' and '.join(missing)}")
        return cls(environment[ADDRESS], environment[GRANT], environment.get(SERVER, ""), read_tls(environment))

    def stub(self, kind: type[Stub]) -> Stub:
        return kind(self._channel)  # type: ignore[call-arg]

    def call(self, method: Any, request: Any) -> Any:
        """Calls the service; raises Lost, or the DomainError it answered with.

        A thread outside of any span, as those are that send heartbeats and reports, calls unrecorded.
        """
        if not current():
            return self._call(method, request, self._beats)
        path = path_of(method)
        with span(path, CLIENT, attributes={"rpc.system.name": "grpc", "rpc.method": path}):
            return self._call(method, request, current())

    def _call(self, method: Any, request: Any, traceparent: str) -> Any:
        response = _patiently(lambda: self._once(method, request, traceparent))
        if grant := getattr(response, "grant", ""):
            self._grant = grant
        return response

    def _once(self, method: Any, request: Any, traceparent: str) -> Any:
        metadata = [("authorization", f"Bearer {self._grant}")]
        metadata += [("traceparent", traceparent)] if traceparent else []
        try:
            return method(request, metadata=metadata, timeout=CALL_SECONDS)
        except grpc.RpcError as error:
            failure = from_rpc(error)
            annotate({"rpc.response.status_code": error.code().name})
            if isinstance(failure, (Conflict, Unauthenticated)):
                raise Lost(str(failure)) from error
            raise failure from error

    def upload(self, url: str, path: Path) -> None:
        """PUTs a file to a presigned address."""

        def put() -> None:
            with path.open("rb") as file:
                self._request("PUT", url, body=file, headers={"Content-Length": str(path.stat().st_size)})

        _patiently(put)

    def download(self, url: str, path: Path, sha256: str) -> None:
        """GETs a file from a presigned address; raises Lost when it is not what `sha256` says."""
        data = _patiently(lambda: self._request("GET", url))
        found = hashlib.sha256(data).hexdigest()
        if found != sha256:
            raise Lost(f"{path.name} arrived with the SHA-256 {found[:12]}, not {sha256[:12]}: it was changed")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def stream(self, url: str, path: Path) -> str:
        """GETs a file of any size from a presigned address in pieces; its SHA-256."""

        def get() -> str:
            try:
                with self._answer("GET", url, preload_content=False) as response, path.open("wb") as file:
                    found = hashlib.sha256()
                    for chunk in response.stream(CHUNK):
                        found.update(chunk)
                        file.write(chunk)
            except urllib3.exceptions.HTTPError as error:
                raise Unavailable(f"the object store broke off ({type(error).__name__})") from error
            return found.hexdigest()

        return _patiently(get)

    def _request(self, verb: str, url: str, **options: Any) -> bytes:
        return self._answer(verb, url, **options).data

    def _answer(self, verb: str, url: str, **options: Any) -> urllib3.BaseHTTPResponse:
        try:
            response = self._http.request(verb, url, **options)
        except urllib3.exceptions.HTTPError as error:
            raise Unavailable(f"the object store does not answer ({type(error).__name__})") from error
        if response.status >= 500:
            raise Unavailable(f"the object store answered {response.status}")
        if response.status >= 300:
            raise Lost(f"the object store refused to {verb} a file with status {response.status}")
        return response

    def close(self) -> None:
        self._channel.close()
        self._http.clear()


def digest(path: Path) -> tuple[int, str]:
    """(bytes, SHA-256 in hexadecimal) of a file."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            found.update(chunk)
    return path.stat().st_size, found.hexdigest()


def _patiently(attempt: Callable[[], Result]) -> Result:
    """Repeats `attempt` while the other side is unavailable; raises Lost after OUTAGE_SECONDS."""
    deadline, delay = time.monotonic() + OUTAGE_SECONDS, 0.1
    while True:
        try:
            return attempt()
        except Unavailable as error:
            if time.monotonic() + delay > deadline:
                raise Lost(f"no answer for {OUTAGE_SECONDS:.0f} s: {error}") from error
        time.sleep(delay)
        delay = min(delay * 2, 2.0)
