"""The connection to nats-server: reconnects for ever, says so in the log."""

import contextlib

import structlog
from nats.aio.client import Client

logger = structlog.get_logger()


async def connect_broker(url: str, name: str) -> Client:
    """A client that survives restarts of the server. Waits for a server that is not there yet."""
    client = Client()
    told = False

    async def lost() -> None:
        if not client.is_closed:
            logger.warning("broker connection lost", client=name)

    async def back() -> None:
        logger.info("broker connection back", client=name)

    async def failed(error: Exception) -> None:
        nonlocal told
        if not told and not client.is_connected:
            logger.warning("broker does not answer; trying until it does", client=name, error=repr(error))
            told = True
        logger.debug("broker error", client=name, error=repr(error))

    try:
        await client.connect(
            url,
            name=name,
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.2,  # type: ignore[arg-type]
            connect_timeout=2,
            ping_interval=5,
            max_outstanding_pings=2,
            disconnected_cb=lost,
            reconnected_cb=back,
            error_cb=failed,
        )
    except BaseException:
        await close_broker(client)
        raise
    return client


async def close_broker(client: Client) -> None:
    """Closes the connection, which may be broken: what was not sent yet then has nobody to go to."""
    with contextlib.suppress(OSError):
        await client.close()
