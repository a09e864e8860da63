"""What a scrape of this process is answered: the metrics it keeps, and what its services look up at that moment.

Nothing is looked up while nobody asks. An answer is good for a second, however many ask, so that whoever reaches
/metrics cannot make the databases work for it.
"""

import asyncio
import platform
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version

import structlog
from prometheus_client import REGISTRY, Gauge, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

PROBE_SECONDS = 3.0
FRESH_SECONDS = 1.0
Probe = Callable[[], Awaitable[Sequence[Metric]]]
BUILD = Gauge("neuralforge_build_info", "1; the labels say what runs.", ["version", "python"])
logger = structlog.get_logger()


def _version() -> str:
    try:
        return version("neuralforge")
    except PackageNotFoundError:  # run from its source
        return "unknown"


BUILD.labels(_version(), platform.python_version()).set(1)


class Probes:
    """What the services of this process look up, by context."""

    def __init__(self) -> None:
        self._probes: list[tuple[str, Probe]] = []

    def add(self, context: str, probe: Probe) -> Callable[[], None]:
        """Returns what takes it away again."""
        entry = context, probe
        self._probes.append(entry)
        return lambda: self._probes.remove(entry)

    async def look(self) -> Sequence[Metric]:
        """All side by side. What fails or takes too long is left out, and its service is said to lack something."""
        asked = [*self._probes]
        answers = await asyncio.gather(*(_ask(context, probe) for context, probe in asked))
        lacking = {context for (context, _), answer in zip(asked, answers, strict=True) if answer is None}
        up = GaugeMetricFamily(
            "neuralforge_gauges_up", "1 where a service could look up all its gauges.", labels=["context"]
        )
        for context in sorted({context for context, _ in asked}):
            up.add_metric([context], context not in lacking)
        return _merged([up, *(metric for answer in answers for metric in answer or ())])


PROBES = Probes()


async def _ask(context: str, probe: Probe) -> Sequence[Metric] | None:
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            return await probe()
    except Exception as fault:  # a part that is away must not hide what the others have to say
        logger.debug("gauges not looked up", service=context, error=repr(fault))
        return None


def _merged(found: Iterable[Metric]) -> Sequence[Metric]:
    """One metric of each name, as the text format wants it, with the samples of all services."""
    families: dict[str, Metric] = {}
    for metric in found:
        known = families.setdefault(metric.name, Metric(metric.name, metric.documentation, metric.type))
        known.samples.extend(metric.samples)
    return [*families.values()]


class Scrape:
    """Answers in Prometheus' text format, from one event loop."""

    def __init__(self, probes: Probes = PROBES) -> None:
        self._probes = probes
        self._lock = asyncio.Lock()
        self._answer = b""
        self._stale_at = 0.0

    async def answer(self) -> bytes:
        """All metrics of this process, at most FRESH_SECONDS old."""
        async with self._lock:
            if time.monotonic() >= self._stale_at:
                found = await self._probes.look()
                self._answer = await asyncio.to_thread(generate_latest, _Everything(found))
                self._stale_at = time.monotonic() + FRESH_SECONDS
            return self._answer


class _Everything:
    """What the process keeps, and what was found."""

    def __init__(self, found: Sequence[Metric]) -> None:
        self._found = found

    def collect(self) -> Iterable[Metric]:
        yield from REGISTRY.collect()
        yield from self._found
