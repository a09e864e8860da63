"""The gateway's own Prometheus metrics; those of the services in the same process come beside them."""

from prometheus_client import Counter, Gauge, Histogram

OPERATION_SECONDS = Histogram(
    "neuralforge_graphql_duration_seconds",
    "Time to answer a GraphQL query or mutation.",
    ["kind"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
FRAMES_DROPPED = Counter("neuralforge_live_frames_dropped", "Live frames a slow subscriber did not get.")
SUBSCRIBERS = Gauge("neuralforge_live_subscribers", "Subscriptions being served.")
PEERS_GIVEN_UP = Counter(
    "neuralforge_live_peers_given_up", "WebSockets ended for a peer that took nothing (stalled) or was gone.", ["why"]
)
