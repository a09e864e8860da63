"""Where each process of a split platform tells Prometheus its metrics, and the file that says so.

The sockets stay with `up`, as the others do: a process that is started again answers where its predecessor did.
"""

import contextlib
import json
import socket
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from cli.failures import Failure
from kernel.processes import Command

HOST = "127.0.0.1"


@contextlib.contextmanager
def watched(commands: Mapping[str, Command], first_port: int, file: Path) -> Iterator[Mapping[str, Command]]:
    """The commands of the parts, each told its socket; `file` gets the addresses, as Prometheus' `file_sd` reads them.

    Ports are consecutive from `first_port` on, or free ones for 0. Raises Failure where one is taken.
    """
    with contextlib.ExitStack() as stack:
        found: dict[str, Command] = {}
        targets = []
        for number, (name, command) in enumerate(commands.items()):
            listener = stack.enter_context(_listen(first_port and first_port + number))
            inherited = listener.fileno()
            environment = {**command.environment, "NF_METRICS_FD": str(inherited)}
            descriptors = (*command.descriptors, inherited)
            found[name] = replace(command, environment=environment, descriptors=descriptors)
            address = f"{HOST}:{listener.getsockname()[1]}"
            targets.append({"targets": [address], "labels": {"part": name, "service": name.rpartition("-")[0]}})
        file.write_text(json.dumps(targets, indent=2) + "\n")
        try:
            yield found
        finally:
            file.unlink(missing_ok=True)


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        raise Failure(
            f"cannot listen on {HOST}:{port} ({error.strerror}); set NF_METRICS_PORT to another first port, or to 0"
        ) from error
