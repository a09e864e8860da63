"""What operators watch of training: the queue, and the slots of the devices that runs wait for.

One query over the open runs, of which an index holds no others; runs that are over cost nothing.
"""

from collections import Counter
from collections.abc import Sequence

from prometheus_client.metrics_core import Metric

from kernel.database import Database
from kernel.gauges import gauge
from neuralforge.training.v1.service_pb2 import RunState
from services.training.devices import Devices
from services.training.runs import ACTIVE, OPEN

STATES = {state: RunState.Name(state).removeprefix("RUN_STATE_").lower() for state in OPEN}
OPEN_RUNS = """
    SELECT state, device, count(*), extract(epoch FROM clock_timestamp() - min(created_at))::float8 FROM runs
    WHERE state IN (1, 2, 3) AND state = ANY(%s) GROUP BY state, device
"""


class RunGauges:
    """Of all tenants together."""

    def __init__(self, database: Database, devices: Devices) -> None:
        self._database = database
        self._devices = devices

    async def probe(self) -> Sequence[Metric]:
        rows = await self._database.fetch(OPEN_RUNS, list(OPEN))
        open_runs, taken, waited = Counter[int](), Counter[str](), 0.0
        for state, device, count, seconds in rows:
            open_runs[state] += count
            if state in ACTIVE:
                taken[device] += count
            else:
                waited = max(waited, seconds)
        return [self._queue(open_runs), self._longest(waited), *await self._slots(taken)]

    def _queue(self, open_runs: Counter[int]) -> Metric:
        runs = gauge("runs_open", "Runs that are not over, by state.", "state")
        for state, name in STATES.items():
            runs.add_metric([name], open_runs[state])
        return runs

    def _longest(self, seconds: float) -> Metric:
        waited = gauge("runs_longest_wait_seconds", "Age of the oldest run that waits for a device; 0 where none does.")
        waited.add_metric([], seconds)
        return waited

    async def _slots(self, taken: Counter[str]) -> Sequence[Metric]:
        slots = gauge("device_slots", "How many runs fit on a device at a time.", "device", "kind")
        used = gauge("device_slots_used", "How many runs have a device.", "device", "kind")
        for device in await self._devices.list():
            slots.add_metric([device.name, device.kind], device.slots)
            used.add_metric([device.name, device.kind], taken[device.name])
        return [slots, used]
