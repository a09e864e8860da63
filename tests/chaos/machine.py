"""The platform as it runs in production, on one machine: every service and the gateway a process, every link a proxy.

Parts go by name: the six services, "gateway", "worker" (any job of theirs, or "export worker"), "postgres", "nats" and
"s3". Whatever is killed comes back: services by this file, as a container platform would do it, servers by their own
supervisor.
"""

import asyncio
import contextlib
import json
import random
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from cli import folder as ground
from kernel.embedded import Addresses, EmbeddedServers
from kernel.embedded_server import free_ports, last_line
from kernel.settings import CONTEXTS
from tests.chaos.moments import Moments, UploadsHeard
from tests.chaos.parts import Part, kill, workers_of
from tests.chaos.proxy import Proxy, Toxic

SERVERS = ("postgres", "nats", "s3")
PARTS = (*CONTEXTS, "gateway", "worker", *SERVERS)
# What can be done to a link, and for how long.
LINK_FAULTS = {"slow": 5.0, "silence": 8.0, "refuse": 4.0, "reset": 0.0, "half-close": 0.0}
TOXICS = {"slow": Toxic(latency=0.1, jitter=0.3), "silence": Toxic(silent=True), "refuse": Toxic(refusing=True)}
READY_SECONDS = 120.0
LOOK_SECONDS = 0.05
JOB_CONTEXTS = ("dataset", "training", "export")


class NotReady(Exception):
    """The platform does not answer as a whole."""


class Machine:
    """`start`, then `stop`; `url` is where people find it, `admin` the database as its superuser sees it."""

    def __init__(self, folder: Path, seed: int = 0) -> None:
        self.folder = folder
        self.moments = Moments()
        self.servers = EmbeddedServers(folder)
        self.parts: dict[str, Part] = {}
        self.links: dict[tuple[str, str], Proxy] = {}
        self._seed = seed
        self._random = random.Random(seed)
        self.addresses: Addresses
        self.databases: Mapping[str, str] = {}

    async def start(self) -> None:
        self.addresses = await self.servers.start()
        ground.keys(self.folder)
        self.databases = await ground.databases(self.folder, self.admin)
        ports = dict(zip((*CONTEXTS, "gateway"), free_ports(len(CONTEXTS) + 1), strict=True))
        (self.folder / "parts").mkdir(exist_ok=True)
        for context in CONTEXTS:
            environment = await self._service(context, ports)
            self.parts[context] = Part(context, f"services.{context}", environment, self.folder / "parts")
        self.parts["gateway"] = Part("gateway", "gateway", await self._gateway(ports), self.folder / "parts")
        self.url = f"http://127.0.0.1:{ports['gateway']}"
        await self.start_parts()

    async def start_parts(self) -> None:
        """All at once, for the order of starting does not matter; returns when the gateway says that all answer."""
        for part in self.parts.values():
            await part.start()
        await self.ready()

    async def stop_parts(self) -> None:
        await asyncio.gather(*(part.stop() for part in self.parts.values()))

    async def stop(self) -> None:
        await self.stop_parts()
        for link in self.links.values():
            await link.stop()
        await self.servers.stop()

    async def ready(self, seconds: float = READY_SECONDS) -> None:
        """Returns when the gateway says that every service and the broker answer; raises NotReady with what is said."""
        answer = "(nothing)"
        async with httpx.AsyncClient(base_url=self.url, trust_env=False) as client:
            try:
                async with asyncio.timeout(seconds):
                    while True:
                        with contextlib.suppress(httpx.HTTPError):
                            found = await client.get("/readyz")
                            if found.status_code == 200:
                                return
                            answer = found.text
                        await asyncio.sleep(LOOK_SECONDS)
            except TimeoutError:
                said = "; ".join(f"{part.name} said last: {last_line(part.log)}" for part in self.parts.values())
                raise NotReady(f"not ready after {seconds:.0f} s; /readyz says {answer}; {said}") from None

    @property
    def outbox(self) -> Path:
        """Where mails are kept, for there is no mail server."""
        return self.folder / "parts" / "workspace" / "outbox"

    @property
    def admin(self) -> str:
        return self.addresses.postgres

    async def strike(self, kind: str, target: str) -> str:
        """Does it, and returns when it is over; says to whom it was done."""
        match kind:
            case "kill":
                return await self.kill(target)
            case "wipe":
                await self.servers.restart("nats", wipe=True)
            case _:
                source, _, part = target.partition(">")
                await asyncio.gather(*(break_link(link, kind) for link in self.between(source, part)))
        return target

    async def kill(self, name: str) -> str:
        """SIGKILL, the moment there is such a process; says which it was."""
        while True:
            for found, pid in self._processes(name):
                if kill(pid):
                    return found
            await asyncio.sleep(LOOK_SECONDS)

    def _processes(self, name: str) -> Iterator[tuple[str, int]]:
        if name in SERVERS:
            with contextlib.suppress(OSError, ValueError):  # ended, and not yet started again
                yield name, int(json.loads((self.folder / "run" / f"{name}.json").read_text())["pid"])
        elif name.endswith("worker"):
            wanted = [context for context in JOB_CONTEXTS if name in ("worker", f"{context} worker")]
            for context in self._random.sample(wanted, len(wanted)):
                yield from ((f"{context} worker", process.pid) for process in workers_of(self.parts[context]))
        else:
            yield name, self.parts[name].pid

    def between(self, source: str = "", target: str = "") -> Sequence[Proxy]:
        """The links from and to; "" stands for any."""
        return [link for ends, link in self.links.items() if source in ("", ends[0]) and target in ("", ends[1])]

    async def _service(self, context: str, ports: dict[str, int]) -> dict[str, str]:
        database = self.databases[context]
        postgres = await self._link(context, "postgres", int(str(conninfo_to_dict(database)["port"])))
        folder = self.folder / "parts" / context
        folder.mkdir(exist_ok=True)
        return {
            **await self._common(context, ports),
            "NF_DATABASE_URL": make_conninfo(database, port=postgres),
            "NF_S3_ACCESS_KEY": self.addresses.s3.access_key,
            "NF_S3_SECRET_KEY": self.addresses.s3.secret_key,
            "NF_KEYS": str(self.folder / "keys"),
            "NF_DATA_DIR": str(folder),
            "NF_GRPC_PORT": str(ports[context]),
        }

    async def _gateway(self, ports: dict[str, int]) -> dict[str, str]:
        return {**await self._common("gateway", ports), "NF_HTTP_PORT": str(ports["gateway"]), "NF_DEVELOPMENT": "1"}

    async def _common(self, source: str, ports: dict[str, int]) -> dict[str, str]:
        """Where a process finds the others: behind a link of its own to each."""
        broker = urlsplit(self.addresses.nats)
        nats = await self._link(source, "nats", broker.port or 0)
        s3 = await self._link(source, "s3", int(self.addresses.s3.endpoint.rpartition(":")[2]))
        neighbours = [
            f"{context}=127.0.0.1:{await self._link(source, context, ports[context])}" for context in CONTEXTS
        ]
        return {
            "NF_NATS_URL": broker._replace(netloc=broker.netloc.replace(f":{broker.port}", f":{nats}")).geturl(),
            "NF_S3_URL": f"http://127.0.0.1:{s3}",
            "NF_NEIGHBOURS": ",".join(neighbours),
        }

    async def _link(self, source: str, target: str, port: int) -> int:
        """The port at which `source` finds `target`."""
        hear = UploadsHeard(self.moments) if target == "s3" and source == "training" else None
        link = Proxy(("127.0.0.1", port), seed=self._seed, hear=hear)
        await link.start()
        self.links[source, target] = link
        return link.port


async def break_link(link: Proxy, kind: str) -> None:
    """One of LINK_FAULTS, for its time."""
    if kind == "reset":
        link.reset()
    elif kind == "half-close":
        link.half_close()
    else:
        link.fail(TOXICS[kind])
        await asyncio.sleep(LINK_FAULTS[kind])
        link.heal()


@contextlib.asynccontextmanager
async def machine(folder: Path, seed: int = 0) -> AsyncIterator[Machine]:
    """A machine that answers; stopped in order at the end."""
    running = Machine(folder, seed)
    try:
        await running.start()
        yield running
    finally:
        await running.stop()
