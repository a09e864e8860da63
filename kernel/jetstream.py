"""The JetStream stream of each context: durable files, made by whoever comes first, publisher or consumer."""

import nats.js.errors
import structlog
from nats.js.api import ConsumerInfo, StorageType, StreamConfig, StreamInfo
from nats.js.client import JetStreamContext

DUPLICATE_WINDOW_SECONDS = 120
MOST_KEPT = 100_000
logger = structlog.get_logger()


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


async def ensure_history(jetstream: JetStreamContext, context: str, durable: str) -> None:
    """Makes sure that a consumer which begins now begins with the first event.

    Where a stream was trimmed before the consumer came, it is deleted: the relay publishes the log anew, and others
    pass over what they have done.
    """
    info, name = await ensure_stream(jetstream, context), stream_name(context)
    if info.state.first_seq <= 1:
        return
    try:
        await jetstream.consumer_info(name, durable)
    except nats.js.errors.NotFoundError:
        logger.warning("stream is published anew for a new consumer", context=context, consumer=durable)
        await jetstream.delete_stream(name)
        await ensure_stream(jetstream, context)


async def trim(jetstream: JetStreamContext, context: str) -> None:
    """Drops what every consumer has taken, but for the newest MOST_KEPT messages; what one has not taken stays.

    A consumer that was made in between may have missed what was dropped: then the stream is published anew.
    """
    name, state = stream_name(context), (await ensure_stream(jetstream, context)).state
    before = await jetstream.consumers_info(name)
    taken = min((_taken(consumer, state.last_seq) for consumer in before), default=state.last_seq)
    first = min(taken, state.last_seq - MOST_KEPT) + 1
    if first <= state.first_seq:
        return
    await jetstream.purge_stream(name, seq=first)
    known = {(consumer.name, str(consumer.created)) for consumer in before}
    if any((consumer.name, str(consumer.created)) not in known for consumer in await jetstream.consumers_info(name)):
        await jetstream.delete_stream(name)


def _taken(consumer: ConsumerInfo, last: int) -> int:
    """Up to which message of the stream a consumer has taken all that are for it; `last` was the newest before it
    was asked."""
    if not consumer.num_pending and not consumer.num_ack_pending:
        return last
    return consumer.ack_floor.stream_seq if consumer.ack_floor else 0
