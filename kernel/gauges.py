"""What every service tells of itself when it is asked for metrics: its log and who lags behind it, its pools, NATS.

Positions of a log may have gaps where an append failed, so a lag in events is an upper bound; 0 is always exact.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import LiteralString

import nats.js.errors
from nats.aio.client import Client
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

from kernel.consumer import Consumer
from kernel.database import Database, Pool
from kernel.log import EventLog
from kernel.scrape import Probe

FOLLOWERS = ("projection", "relay")
BEHIND = """
    SELECT name, coalesce(position, 0), (SELECT coalesce(max(events.position), 0) FROM events), (
        SELECT extract(epoch FROM clock_timestamp() - recorded_at)::float8 FROM events
        WHERE events.position > coalesce(checkpoints.position, 0) ORDER BY events.position LIMIT 1
    )
    FROM unnest(%s::text[]) AS name LEFT JOIN checkpoints USING (name)
"""
KEPT = "SELECT consumer, count(*) FROM dead_letters GROUP BY consumer"


def gauge(name: str, meaning: str, *labels: str) -> GaugeMetricFamily:
    """A family without samples yet."""
    return GaugeMetricFamily(f"neuralforge_{name}", meaning, labels=labels)


def jobs_probe(context: str, database: Database, open_jobs: LiteralString) -> Probe:
    """Of a service's jobs that are not over. `open_jobs`: a query for their number and when the oldest was made."""

    async def probe() -> Sequence[Metric]:
        number = gauge("jobs_open", "Ingests and exports that are not over.", "context")
        age = gauge("jobs_oldest_seconds", "Age of the oldest of them; 0 where there is none.", "context")
        ((count, since),) = await database.fetch(open_jobs)
        number.add_metric([context], count)
        age.add_metric([context], max(0.0, (datetime.now(UTC) - since).total_seconds()) if since else 0)
        return (number, age)

    return probe


class ServiceGauges:
    """Of one service. Each lookup costs one or two queries that do not grow with the log or its tenants."""

    def __init__(
        self, context: str, log: EventLog, database: Database, broker: Client, consumers: Sequence[Consumer]
    ) -> None:
        self._context = context
        self._log = log
        self._database = database
        self._broker = broker
        self._consumers = consumers

    @property
    def probes(self) -> Sequence[Probe]:
        """Apart from each other, so that what needs PostgreSQL or NATS fails alone."""
        return (self.positions, self.dead_letters, self.pools, self.broker)

    async def positions(self) -> Sequence[Metric]:
        """How far the log is, and who follows it."""
        rows = await self._database.fetch(BEHIND, list(FOLLOWERS))
        head = rows[0][2] or await self._log.head()  # the log may be elsewhere than in these tables
        log = gauge("log_position", "Position of the newest event.", "context")
        log.add_metric([self._context], head)
        families: list[Metric] = [log]
        for name, position, _, seconds in rows:
            families += self._follower(name, head, position, seconds)
        return families

    def _follower(self, name: str, head: int, position: int, seconds: float | None) -> Sequence[Metric]:
        """How far one is. The age of what it has not passed is unknown where the log is not in PostgreSQL."""
        at = gauge(f"{name}_position", f"Position up to which the {name} has come.", "context")
        events = gauge(f"{name}_lag_events", f"Events that the {name} has not passed, at most.", "context")
        age = gauge(f"{name}_lag_seconds", f"Age of the oldest event that the {name} has not passed.", "context")
        lag = max(0, head - position)
        at.add_metric([self._context], position)
        events.add_metric([self._context], lag)
        if seconds is not None or not lag:
            age.add_metric([self._context], max(0.0, seconds or 0.0))
        return (at, events, age)

    async def dead_letters(self) -> Sequence[Metric]:
        kept = gauge("dead_letters_kept", "Events that wait for an operator.", "consumer")
        counts = dict.fromkeys((consumer.name for consumer in self._consumers), 0)
        counts |= dict(await self._database.fetch(KEPT))
        for consumer, count in counts.items():
            kept.add_metric([consumer], count)
        return [kept]

    async def pools(self) -> Sequence[Metric]:
        """Connections of each pool, and whether they suffice."""
        size = gauge("database_pool_connections", "Connections of a pool.", "context", "pool", "state")
        waiting = gauge("database_pool_waiting", "Requests that wait for a connection.", "context", "pool")
        waited = CounterMetricFamily(
            "neuralforge_database_pool_wait_seconds", "Time requests waited for one.", labels=["context", "pool"]
        )
        for name, pool in (("every_tenant", self._database.pool), ("one_tenant", self._database.tenant_pool)):
            stats, labels = _stats(pool), [self._context, name]
            size.add_metric([*labels, "idle"], stats["pool_available"])
            size.add_metric([*labels, "used"], stats["pool_size"] - stats["pool_available"])
            waiting.add_metric(labels, stats["requests_waiting"])
            waited.add_metric(labels, stats["requests_wait_ms"] / 1000)
        return [size, waiting, waited]

    async def broker(self) -> Sequence[Metric]:
        """Whether there is a connection, and then how many messages each consumer has before it."""
        up = gauge("broker_connected", "1 while there is a connection to NATS.", "context")
        up.add_metric([self._context], self._broker.is_connected)
        lag = gauge("consumer_lag_events", "Events in JetStream that a consumer has not taken.", "consumer")
        for consumer in self._consumers if self._broker.is_connected else ():
            try:
                lag.add_metric([consumer.name], await consumer.waiting())
            except nats.js.errors.NotFoundError:
                continue  # it has not begun yet, or the stream was lost a moment ago
        return [up, lag]


def _stats(pool: Pool) -> dict[str, int]:
    keys = ("pool_size", "pool_available", "requests_waiting", "requests_wait_ms")
    found = pool.get_stats()
    return {key: found.get(key, 0) for key in keys}
