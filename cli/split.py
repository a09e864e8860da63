"""The whole platform on one machine, each service and the gateway in a process of its own, as their containers are.

What outlives a restarted replica stays here: the embedded servers, the HTTP listener that gateways share, the port of
each replica, and the launcher with its jobs. A process is told its own database, its own keys and its neighbours, no
more.
"""

import asyncio
import contextlib
import socket
import sys
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import kernel
from cli import folder as ground
from cli.failures import Failure
from cli.part import Part, Say
from cli.ports import Ports, grpc_ports, listen
from kernel.embedded import Addresses, EmbeddedServers
from kernel.keys import GRANT_KEY, KeyRing
from kernel.local_launcher import LocalLauncher
from kernel.processes import Command
from kernel.remote_launcher import LauncherServer
from kernel.settings import CONTEXTS

CODE = Path(kernel.__file__).resolve().parents[1]
GATEWAY = "gateway"
MOST_REPLICAS = 8
START_SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class Divided:
    """A platform that answers. `addresses`: context to the gRPC addresses of its replicas; `parts` by name."""

    url: str
    addresses: Mapping[str, Sequence[str]]
    postgres: str = field(repr=False)
    servers: EmbeddedServers
    parts: Mapping[str, Part]

    @property
    def grpc(self) -> Sequence[str]:
        """Which contexts answer where, a line each."""
        return [f"{context} {', '.join(replicas)}" for context, replicas in self.addresses.items()]


def read_replicas(text: str) -> Mapping[str, int]:
    """How many processes of each part there are, from `graph=2,training=2`: one unless told; raises Failure."""
    counts = dict.fromkeys((*CONTEXTS, GATEWAY), 1)
    for pair in filter(None, text.split(",")):
        name, _, count = pair.strip().partition("=")
        if name not in counts or not count.isdecimal() or not 1 <= int(count) <= MOST_REPLICAS:
            known = f"{', '.join(counts)} and 1 to {MOST_REPLICAS}"
            raise Failure(f"--replicas takes pairs such as graph=2,training=2 of {known}, not {pair.strip()[:80]!r}")
        counts[name] = int(count)
    return counts


@contextlib.asynccontextmanager
async def split(
    folder: Path,
    ports: Ports,
    say: Say,
    *,
    development: bool,
    replicas: Mapping[str, int],
    inherited: Mapping[str, str],
) -> AsyncIterator[Divided]:
    """Starts everything in `folder`, an absolute path, and stops it in order at the end, whatever ended it.

    `inherited` is what every process is told besides.
    Raises EmbeddedError where another process runs on the folder, Failure where a port is taken or a part cannot start.
    """
    async with contextlib.AsyncExitStack() as stack:
        listener = stack.enter_context(listen(ports.http_host, ports.http_port))
        addresses = _addresses(ports.grpc_port, replicas)
        servers = EmbeddedServers(folder, on_progress=say)
        found = await servers.start()
        stack.push_async_callback(servers.stop)
        keys = ground.keys(folder)
        jobs = LocalLauncher(folder)
        await jobs.recover()
        stack.push_async_callback(jobs.close)
        launcher = LauncherServer(jobs, keys.public_keys())
        await launcher.start()
        stack.push_async_callback(launcher.stop)
        plan = Plan(
            folder,
            keys,
            found,
            addresses,
            listener,
            launcher=launcher.address,
            development=development,
            inherited=inherited,
        )
        commands = await plan.commands(replicas)
        records = folder / "run" / "parts"
        records.mkdir(mode=0o700, exist_ok=True)
        parts = {
            name: Part(name, command, records, say, overlap=name.startswith(GATEWAY))
            for name, command in commands.items()
        }
        services = [part for name, part in parts.items() if not name.startswith(GATEWAY)]
        gateways = [part for name, part in parts.items() if name.startswith(GATEWAY)]
        for side_by_side in (services, gateways):  # stopped the other way round
            stack.push_async_callback(_stop, side_by_side)
        await _start(parts.values())
        host, port = listener.getsockname()[:2]
        yield Divided(f"http://{host}:{port}", addresses, found.postgres, servers, parts)


def _addresses(first_port: int, replicas: Mapping[str, int]) -> Mapping[str, Sequence[str]]:
    free = iter(grpc_ports(first_port, sum(replicas[context] for context in CONTEXTS)))
    return {context: [f"127.0.0.1:{next(free)}" for _ in range(replicas[context])] for context in CONTEXTS}


class Plan:
    """What each process is told."""

    def __init__(
        self,
        folder: Path,
        keys: KeyRing,
        servers: Addresses,
        addresses: Mapping[str, Sequence[str]],
        listener: socket.socket,
        *,
        launcher: str,
        development: bool,
        inherited: Mapping[str, str],
    ) -> None:
        self._folder = folder
        self._ring = keys
        self._addresses = addresses
        self._listener = listener
        s3, pairs = servers.s3, [f"{context}={one}" for context, all in addresses.items() for one in all]
        self._database = servers.postgres
        self._everybody = {
            **inherited,
            "PYTHONPATH": str(CODE),
            "PYTHONUNBUFFERED": "1",
            "NF_NATS_URL": servers.nats,
            "NF_S3_URL": f"http://{s3.endpoint}",
            "NF_NEIGHBOURS": ",".join(pairs),
        }
        self._services = {"NF_LAUNCHER": launcher, "NF_S3_ACCESS_KEY": s3.access_key, "NF_S3_SECRET_KEY": s3.secret_key}
        self._development = {"NF_DEVELOPMENT": "1"} if development else {}

    async def commands(self, replicas: Mapping[str, int]) -> Mapping[str, Command]:
        """The commands of all parts by name, such as `graph-2`: services first, then gateways."""
        databases = await ground.databases(self._folder, self._database)
        self._hand_keys()
        found = {
            f"{context}-{number}": self._service(context, number, address, databases[context])
            for context, all in self._addresses.items()
            for number, address in enumerate(all, start=1)
        }
        return found | {f"{GATEWAY}-{number}": self._gateway() for number in range(1, replicas[GATEWAY] + 1)}

    def _hand_keys(self) -> None:
        """Each context gets its own key; `workspace`, which knows everybody, also those that are no context's."""
        others = [name for name in self._ring.names() if name not in CONTEXTS]
        for context in CONTEXTS:
            of_workspace = context == "workspace"
            self._ring.hand(
                self._keys(context),
                private=[context, *others] if of_workspace else [context],
                public=CONTEXTS if of_workspace else [GRANT_KEY],
            )
        self._ring.hand(self._keys(GATEWAY), private=[], public=[GRANT_KEY])

    def _keys(self, part: str) -> Path:
        return self._folder / "run" / "keys" / part

    def _service(self, context: str, number: int, address: str, database: str) -> Command:
        environment = {
            "NF_DATABASE_URL": database,
            "NF_KEYS": str(self._keys(context)),
            "NF_GRPC_PORT": address.rpartition(":")[2],
            "NF_DATA_DIR": str(self._folder / "parts" / f"{context}-{number}"),
        }
        return _python(f"services.{context}", self._everybody | self._services | environment)

    def _gateway(self) -> Command:
        inherited = self._listener.fileno()
        own = {"NF_KEYS": str(self._keys(GATEWAY)), "NF_HTTP_FD": str(inherited)}
        environment = self._everybody | self._development | own
        return _python("gateway", environment, descriptors=(inherited,))


def _python(module: str, environment: Mapping[str, str], descriptors: Sequence[int] = ()) -> Command:
    return Command((sys.executable, "-m", module), f"-m {module}", environment, descriptors=descriptors)


async def _start(parts: Iterable[Part]) -> None:
    """Starts all side by side: their order does not matter. Raises Failure naming the one that does not come."""
    begun = list(parts)
    for part in begun:
        await part.start()
    try:
        async with asyncio.timeout(START_SECONDS):
            await asyncio.gather(*(part.ready() for part in begun))
    except TimeoutError:
        raise Failure(f"a part did not start within {START_SECONDS:.0f} s: {_missing(begun)}") from None


def _missing(parts: Iterable[Part]) -> str:
    return "; ".join(f"{part.name} said last: {part.last_line or '(nothing)'}" for part in parts if not part.serving)


async def _stop(parts: Sequence[Part]) -> None:
    await asyncio.gather(*(part.stop() for part in parts))
