"""Where the platform on one machine listens."""

import contextlib
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cli.failures import Failure
from kernel.embedded_server import free_ports, is_free


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the machine listens; port 0 picks a free one."""

    http_host: str = "127.0.0.1"
    http_port: int = 0
    grpc_port: int = 0


@contextlib.contextmanager
def listen(host: str, port: int) -> Iterator[socket.socket]:
    """The HTTP listener; raises Failure where the port is taken."""
    try:
        listener = socket.create_server((host, port), backlog=1024)
    except OSError as error:
        message = f"cannot listen on {host}:{port} ({error.strerror}); set NF_HTTP_PORT to another port, or to 0"
        raise Failure(message) from error
    with listener:
        yield listener


def grpc_ports(first: int, count: int) -> Sequence[int]:
    """`count` ports from `first` on, or any free ones for 0; raises Failure where one is taken."""
    if not first:
        return free_ports(count)
    ports = range(first, first + count)
    if taken := [str(port) for port in ports if not is_free(port)]:
        raise Failure(f"port {', '.join(taken)} is taken; set NF_GRPC_PORT to another first port, or to 0")
    return ports
