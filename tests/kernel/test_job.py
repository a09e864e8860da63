"""A job's line home: outages are sat out, a replaced attempt ends, files arrive whole or not at all."""

import hashlib
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import grpc
import pytest

from kernel import job
from kernel.errors import Conflict, DomainError, NotFound, Rejected, Unauthenticated, Unavailable
from kernel.job import ADDRESS, GRANT, JobConnection, Lost, digest
from kernel.status import to_status
from neuralforge.dataset.v1 import service_pb2 as api
from neuralforge.dataset.v1 import service_pb2_grpc as rpc

Answer = Callable[[str], Any]


class Home(rpc.IngestServiceServicer):
    """The service that launched the job. `answer(grant)` is a response, or raises a DomainError."""

    def __init__(self) -> None:
        self.grants: list[str] = []
        self.answer: Answer = lambda grant: api.HeartbeatResponse()

    def Heartbeat(self, request: Any, context: grpc.ServicerContext) -> Any:
        grant = str(dict(context.invocation_metadata())["authorization"]).removeprefix("Bearer ")
        self.grants.append(grant)
        try:
            return self.answer(grant)
        except DomainError as error:
            context.abort_with_status(to_status(error))


def serve(home: Home, port: int = 0) -> tuple[grpc.Server, int]:
    server = grpc.server(futures.ThreadPoolExecutor(2))
    rpc.add_IngestServiceServicer_to_server(home, server)
    port = server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    return server, port


@pytest.fixture
def home() -> Home:
    servicer: Any = Home  # abstract to the type checker
    made: Home = servicer()
    return made


@pytest.fixture
def connection(home: Home) -> Iterator[JobConnection]:
    server, port = serve(home)
    opened = JobConnection(f"127.0.0.1:{port}", "first")
    yield opened
    opened.close()
    server.stop(0)


def heartbeat(connection: JobConnection) -> Any:
    return connection.call(connection.stub(rpc.IngestServiceStub).Heartbeat, api.HeartbeatRequest())


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "OUTAGE_SECONDS", 1.5)


def refusing(error: DomainError, times: int) -> Answer:
    """Raises `error` so many times, then answers."""
    left = iter(range(times))

    def answer(grant: str) -> Any:
        if next(left, None) is not None:
            raise error
        return api.HeartbeatResponse()

    return answer


def test_a_renewed_grant_is_used_from_then_on(home: Home, connection: JobConnection) -> None:
    home.answer = lambda grant: api.HeartbeatResponse(grant="second" if grant == "first" else "")
    for _ in range(3):
        heartbeat(connection)
    assert home.grants == ["first", "second", "second"]


def test_a_service_that_is_away_for_a_while_is_waited_for(home: Home, connection: JobConnection) -> None:
    home.answer = refusing(Unavailable("the database does not answer"), times=9)
    heartbeat(connection)
    assert len(home.grants) == 10


def test_a_service_that_starts_again_is_waited_for(home: Home) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    connection = JobConnection(f"127.0.0.1:{port}", "first")
    started: list[grpc.Server] = []
    threading.Timer(1.0, lambda: started.append(serve(home, port)[0])).start()
    heartbeat(connection)
    assert home.grants == ["first"]
    connection.close()
    started[0].stop(0)


def test_lost_when_nobody_answers_for_too_long(short: None) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        connection = JobConnection(f"127.0.0.1:{probe.getsockname()[1]}", "first")
        with pytest.raises(Lost, match="no answer for"):
            heartbeat(connection)
        connection.close()


@pytest.mark.parametrize(
    "error",
    [Conflict("attempt 1 of r1 has been replaced by attempt 2", reason="FENCED"), Unauthenticated("the grant expired")],
    ids=["fenced", "expired"],
)
def test_lost_at_once_when_the_service_wants_no_more_of_this_attempt(
    home: Home, connection: JobConnection, error: DomainError
) -> None:
    home.answer = refusing(error, times=9)
    with pytest.raises(Lost, match=error.message):
        heartbeat(connection)
    assert len(home.grants) == 1


@pytest.mark.parametrize("error", [Rejected("the batch has a gap", field="points"), NotFound("there is no job r1")])
def test_other_refusals_reach_the_job_as_they_are(home: Home, connection: JobConnection, error: DomainError) -> None:
    home.answer = refusing(error, times=9)
    with pytest.raises(type(error), match=error.message) as found:
        heartbeat(connection)
    assert found.value.field == error.field
    assert len(home.grants) == 1


def test_a_program_started_by_hand_says_who_starts_it() -> None:
    with pytest.raises(SystemExit, match=f"sets {ADDRESS} and {GRANT}"):
        JobConnection.from_environment({})
    with pytest.raises(SystemExit, match=f"sets {GRANT}$"):
        JobConnection.from_environment({ADDRESS: "127.0.0.1:1"})


class Store(ThreadingHTTPServer):
    """An object store that follows a script of statuses, then works."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.statuses: list[int] = []
        self.files: dict[str, bytes] = {}
        self.asked = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{name}"


class Handler(BaseHTTPRequestHandler):
    server: Store

    def do_GET(self) -> None:
        self._answer(self._status(), self.server.files.get(self.path[1:], b""))

    def do_PUT(self) -> None:
        data, status = self.rfile.read(int(self.headers["Content-Length"])), self._status()
        if status == 200:
            self.server.files[self.path[1:]] = data  # before the answer, which the test waits for
        self._answer(status, b"")

    def _status(self) -> int:
        self.server.asked += 1
        return self.server.statuses.pop(0) if self.server.statuses else 200

    def _answer(self, status: int, data: bytes) -> None:
        self.send_response(200 if status == CUT_OFF else status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if status == CUT_OFF else data)

    def log_message(self, *arguments: object) -> None:
        pass


CUT_OFF = 0


@pytest.fixture
def store() -> Iterator[Store]:
    found = Store()
    yield found
    found.shutdown()
    found.server_close()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_files_go_and_come_whole_through_faults_of_the_store(
    connection: JobConnection, store: Store, tmp_path: Path
) -> None:
    source, target = tmp_path / "source", tmp_path / "deep" / "target"
    source.write_bytes(bytes(range(256)) * 9999)
    store.statuses = [503, 500]
    connection.upload(store.url("f"), source)
    assert store.files["f"] == source.read_bytes()
    store.statuses = [503, CUT_OFF]
    connection.download(store.url("f"), target, sha256(source.read_bytes()))
    assert target.read_bytes() == source.read_bytes()
    assert store.asked == 6


def test_a_file_that_was_changed_is_refused_and_not_kept(
    connection: JobConnection, store: Store, tmp_path: Path
) -> None:
    store.files["f"] = b"changed"
    with pytest.raises(Lost, match="target arrived with the SHA-256"):
        connection.download(store.url("f"), tmp_path / "target", sha256(b"original"))
    assert not (tmp_path / "target").exists()


def test_a_store_that_refuses_is_asked_once(connection: JobConnection, store: Store, tmp_path: Path) -> None:
    store.statuses = [403] * 9
    with pytest.raises(Lost, match="refused to GET a file with status 403"):
        connection.download(store.url("f"), tmp_path / "target", "")
    assert store.asked == 1


def test_lost_when_the_store_stays_away(connection: JobConnection, store: Store, tmp_path: Path, short: None) -> None:
    store.statuses = [503] * 999
    with pytest.raises(Lost, match="the object store answered 503"):
        connection.download(store.url("f"), tmp_path / "target", "")


def test_digest_is_size_and_sha_256(tmp_path: Path) -> None:
    file = tmp_path / "file"
    for data in (b"", b"abc", b"x" * 3_000_000):
        file.write_bytes(data)
        assert digest(file) == (len(data), sha256(data))
