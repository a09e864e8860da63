"""The JetStream stream of each context: durable files, made by whoever comes first, publisher or consumer."""

import nats.js.errors
from nats.js.api import StorageType, StreamConfig, StreamInfo
from nats.js.client import JetStreamContext

DUPLICATE_WINDOW_SECONDS = 120


def stream_name(context: str) -> str:
    """The JetStream stream of a context."""
    return f"NF_{context.upper()}"


async def ensure_stream(jetstream: JetStreamContext, context: str) -> StreamInfo:
    """The state of the context's stream, which is created where it is missing."""
    name = stream_name(context)
    try:
        return await jetstream.stream_info(name)
    except nats.js.errors.NotFoundError:
        return await jetstream.add_stream(
            StreamConfig(
                name=name,
                subjects=[f"nf.{context}.>"],
                storage=StorageType.FILE,
                duplicate_window=DUPLICATE_WINDOW_SECONDS,
            )
        )
