"""The connection to NATS when the server is gone for good."""

import asyncio
import socket
import struct

from kernel.broker import close_broker, connect_broker

INFO = b'INFO {"server_id": "x", "version": "2.15.0", "proto": 1, "max_payload": 1048576, "headers": true}\r\n'
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


async def test_closing_after_a_broken_connection_is_no_fault() -> None:
    """A server that was killed with unread data resets the connection."""
    gone = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(INFO)
        await reader.readuntil(b"PING\r\n")
        writer.write(b"PONG\r\n")
        await gone.wait()
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    client = await connect_broker(f"nats://127.0.0.1:{server.sockets[0].getsockname()[1]}", "test")
    server.close()
    gone.set()
    while client.is_connected:
        await asyncio.sleep(0.01)
    await client.publish("nf.live", b"never sent")
    await close_broker(client)
    assert client.is_closed
