"""The whole platform on one machine, each service and the gateway in a process of its own, as their containers are.

What outlives a restarted replica stays here: the embedded servers, the HTTP listener that gateways share, the port of
each replica, and the launcher with its jobs.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cli import folder as ground
from cli.failures import Failure
from cli.part import Part, Say
from cli.plan import GATEWAY, Plan
from cli.ports import Ports, grpc_ports, listen
from cli.targets import watched
from kernel.embedded import EmbeddedServers
from kernel.local_launcher import LocalLauncher
from kernel.remote_launcher import LauncherServer
from kernel.settings import CONTEXTS, port

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
    environment: Mapping[str, str],
) -> AsyncIterator[Divided]:
    """Starts everything in `folder`, an absolute path, and stops it in order at the end, whatever ended it.

    `environment` holds the operator's settings, of which each process is told its own.
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
        stack.push_async_callback(launcher.stop)
        await launcher.start()
        plan = Plan(
            folder,
            keys,
            found,
            addresses,
            listener,
            launcher=launcher.address,
            development=development,
            environment=environment,
        )
        first = port(environment, "NF_METRICS_PORT", 0)
        commands = stack.enter_context(watched(await plan.commands(replicas), first, folder / "run" / "metrics.json"))
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
        host, number = listener.getsockname()[:2]
        yield Divided(f"http://{host}:{number}", addresses, found.postgres, servers, parts)


def _addresses(first_port: int, replicas: Mapping[str, int]) -> Mapping[str, Sequence[str]]:
    free = iter(grpc_ports(first_port, sum(replicas[context] for context in CONTEXTS)))
    return {context: [f"127.0.0.1:{next(free)}" for _ in range(replicas[context])] for context in CONTEXTS}


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
