"""The Prometheus metrics that a process keeps by itself; `kernel.gauges` has those looked up when one asks.

Names follow Prometheus: base units, `_total` for counters. Labels are bounded: what we named ourselves, never a tenant,
a person or an id.
"""

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call]  # they are a third of the lines, and nobody reads them

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
REQUEST_SECONDS = Histogram(
    "neuralforge_rpc_duration_seconds", "Time to answer an RPC.", ["context", "method", "code"], buckets=SECONDS
)
EVENTS_BURIED = Counter("neuralforge_dead_letters", "Events that could not be taken.", ["consumer"])
LEADS = Gauge("neuralforge_leader", "1 where this process leads the duty of the service.", ["context", "duty"])
TERMS_ENDED = Counter(
    "neuralforge_leader_faults", "Terms of a leader that ended by a fault and began again.", ["context", "duty"]
)
STORE_FAILURES = Counter("neuralforge_object_store_failures", "Calls that the object store did not answer.")
