"""What the worst bodies up to 100 kB cost the gateway: a corpus of attacks and a seeded fuzz, of somebody signed in.

Services and servers are in a process of their own; this one holds the gateway alone and is handed each body as its HTTP
server would, so that process CPU time is the gateway's: reading, checking, executing, asking services, answering. A
document differs by a blank each time, so that none has been prepared before. The least of TIMES is a body's cost, the
worst body's stands in the table. Beside it the same body through `json.loads` and `graphql.parse`, without any limit.
"""

import asyncio
import gc
import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import uvloop
from graphql import GraphQLError, parse
from starlette.types import Message

from bench.rows import Row, Target
from gateway.app import create_app
from gateway.settings import GatewaySettings
from kernel.embedded import EmbeddedServers
from kernel.log_setup import set_up_logging
from kernel.settings import CONTEXTS
from neuralforge.graph.v1 import service_pb2 as graph
from neuralforge.graph.v1.service_pb2_grpc import ArchitectureServiceStub
from tests.gateway.hostile import BODIES
from tests.gateway.hostile_fuzz import fuzz
from tests.services.platform import platform

MOST_MS = 50
FUZZED = 1_000
SEED = 20_261_121
TIMES = 3
PROJECTS, ARCHITECTURES = 200, 50


@dataclass
class Cost:
    """CPU milliseconds of one body and, beside it, of parsing alone."""

    name: str
    bytes: int
    ours: float
    parsing: float
    status: int
    answer: str


@dataclass
class Exchange:
    """One HTTP request as an ASGI server hands it over."""

    body: bytes
    status: int = 0
    answer: bytes = b""
    given: bool = field(default=False)

    async def receive(self) -> Message:
        if self.given:
            await asyncio.Event().wait()
        self.given = True
        return {"type": "http.request", "body": self.body, "more_body": False}

    async def send(self, message: Message) -> None:
        self.status = message.get("status", self.status)
        self.answer += message.get("body", b"")


def measure() -> dict[str, object]:
    set_up_logging(level="CRITICAL")
    return uvloop.run(_measure())


def rows(found: Mapping[str, Any]) -> list[Row]:
    return [
        Row(
            f"GraphQL, worst of {found[kind]['bodies']} {title} up to 100 kB, CPU, beside json.loads and graphql.parse",
            "ms",
            found[kind]["worst"][0]["ours"],
            found[kind]["worst_parsing"],
            target=Target("ours", "<=", MOST_MS),
        )
        for kind, title in (("corpus", "attacks"), ("fuzz", "random bodies"))
    ]


async def _measure() -> dict[str, object]:
    async with AsyncExitStack() as stack:
        pipe = asyncio.subprocess.PIPE
        command = (sys.executable, "-m", "bench.attacks", "services")
        process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
        assert process.stdin
        assert process.stdout
        stack.push_async_callback(process.wait)
        stack.callback(process.stdin.close)
        told = json.loads(await process.stdout.readline())
        addresses = dict.fromkeys(CONTEXTS, told["address"])
        settings = GatewaySettings(
            addresses=addresses, nats_url=told["nats"], s3_endpoint=told["s3"], requests_per_minute=0
        )
        app = create_app(settings)
        await stack.enter_async_context(app.router.lifespan_context(app))
        headers = {"authorization": f"Bearer {told['token']}", "x-nf-client": "bench"}
        headers["content-type"] = "application/json"
        ask = Gateway(app, [(name.encode(), value.encode()) for name, value in headers.items()])
        documents = {"architectures with documents": _listing(told["project"])}
        await ask.cost("warm", BODIES["lists of pages"])
        gc.freeze()  # as the gateway does when it has started
        corpus = [await ask.cost(name, body) for name, body in {**BODIES, **documents}.items()]
        fuzzed = [await ask.cost(str(number), body) for number, body in enumerate(islice(fuzz(SEED), FUZZED))]
        return {"corpus": _worst(corpus), "fuzz": _worst(fuzzed), "seed": SEED}


def _listing(project: str) -> bytes:
    query = "query($p:ID!){architectures(projectId:$p first:200){nodes{id name document analysis}}}"
    return json.dumps({"query": query, "variables": {"p": project}}).encode()


class Gateway:
    """The application and the headers of somebody signed in."""

    def __init__(self, app: Any, headers: list[tuple[bytes, bytes]]) -> None:
        self._app = app
        self._headers = headers

    async def cost(self, name: str, body: bytes) -> Cost:
        times, last = [], Exchange(body)
        for number in range(TIMES):
            last = Exchange(_changed(body, number + 1))
            start = time.process_time()
            await self._app(self._scope(), last.receive, last.send)
            times.append(time.process_time() - start)
        parsing = _cpu(lambda: _parsed(body))
        return Cost(
            name, len(body), min(times) * 1000, parsing * 1000, last.status, last.answer[:160].decode(errors="replace")
        )

    def _scope(self) -> dict[str, Any]:
        head = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "method": "POST"}
        place = {"path": "/graphql", "raw_path": b"/graphql", "root_path": "", "query_string": b""}
        return {**head, **place, "headers": self._headers, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80)}


def _changed(body: bytes, blanks: int) -> bytes:
    """The same with blanks after the document, where there is one and room."""
    return body.replace(b'"query": "', b'"query": "' + b" " * blanks, 1) if len(body) + blanks <= 100_000 else body


def _parsed(body: bytes) -> None:
    with suppress(GraphQLError, ValueError, RecursionError, KeyError, TypeError, AttributeError):
        parse(json.loads(body)["query"])


def _cpu(work: Callable[[], None]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _worst(costs: list[Cost], shown: int = 12) -> dict[str, object]:
    ordered = sorted(costs, key=lambda cost: -cost.ours)
    parsing = max(cost.parsing for cost in costs)
    over = sum(cost.ours > MOST_MS for cost in costs)
    worst = [vars(cost) for cost in ordered[:shown]]
    return {"bodies": len(costs), "over": over, "worst_parsing": round(parsing, 1), "worst": worst}


async def _services() -> None:
    """Somebody with many projects and networks; told on a line of JSON, kept until standard input ends."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="neuralforge-bench-")))
        servers = EmbeddedServers(folder / "servers")
        stack.push_async_callback(servers.stop)
        addresses = await servers.start()
        running = await stack.enter_async_context(platform(addresses, folder, "graph"))
        ada = await running.person()
        projects = [await ada.project(f"project {number}") for number in range(PROJECTS)]
        for number in range(ARCHITECTURES):
            template = graph.TemplateChoice(name="mlp")
            request = graph.CreateArchitectureRequest(project_id=projects[0], name=f"n{number}", template=template)
            await ada.call(ArchitectureServiceStub, "CreateArchitecture", request)
        told = {"address": running.address, "nats": addresses.nats, "s3": addresses.s3.endpoint, "token": ada.token}
        print(json.dumps(told | {"project": projects[0]}), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    if sys.argv[1:] == ["services"]:
        set_up_logging(level="CRITICAL")
        uvloop.run(_services())
    else:
        print(json.dumps(measure(), indent=2))
