"""The Prometheus metrics every service keeps."""

from prometheus_client import Counter, Histogram

REQUEST_SECONDS = Histogram(
    "neuralforge_rpc_duration_seconds",
    "Time to answer an RPC.",
    ["context", "method", "code"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
EVENTS_BURIED = Counter("neuralforge_dead_letters", "Events that could not be taken.", ["consumer"])
