"""Held and metered device time of all organisations, as the ledger has it."""

from collections.abc import Sequence

from prometheus_client.metrics_core import CounterMetricFamily, Metric

from kernel.database import Database
from kernel.gauges import gauge
from services.billing.projection import device_time

MILLISECONDS = 1000


class LedgerGauges:
    """Prometheus counts in seconds; the ledger's milliseconds are these times a thousand, exactly."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def probe(self) -> Sequence[Metric]:
        held = gauge("held_device_seconds", "Device time set aside for runs that are not over.", "kind")
        metered = CounterMetricFamily(
            "neuralforge_metered_device_seconds", "Device time that runs were charged for.", labels=["kind"]
        )
        for kind, held_ms, metered_ms in await device_time(self._database):
            held.add_metric([kind], held_ms / MILLISECONDS)
            metered.add_metric([kind], metered_ms / MILLISECONDS)
        return [held, metered]
