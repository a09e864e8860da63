"""nats-server for one machine: JetStream in files, every acknowledged write on disk, loopback and a password only."""

import json
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import nats

from kernel.processes import Command, program, write_private

USER = "neuralforge"
ONE_ATTEMPT = {"allow_reconnect": False, "max_reconnect_attempts": 1, "reconnect_time_wait": 0, "connect_timeout": 2}


class Nats:
    name: Final = "nats"
    port_count = 1
    stop_signal = signal.SIGTERM

    def __init__(self, folder: Path, password: str) -> None:
        self.data = folder / "nats"
        self._config = folder / "run" / "nats.conf"
        self._password = password

    def address(self, ports: Sequence[int]) -> str:
        return f"nats://{USER}:{self._password}@127.0.0.1:{ports[0]}"

    async def prepare(self, ports: Sequence[int]) -> Command:
        self.data.mkdir(mode=0o700, exist_ok=True)
        write_private(self._config, self._configuration(ports[0]))
        command = (program("nats-server"), "--config", str(self._config))
        return Command(command, str(self._config), death_signal=signal.SIGKILL)  # nobody is left to insist

    async def ping(self, ports: Sequence[int]) -> None:
        connection = await nats.connect(self.address(ports), error_cb=_ignore_error, **ONE_ATTEMPT)
        try:
            await connection.jetstream().account_info()
        finally:
            await connection.close()

    def clean(self, ports: Sequence[int]) -> None:
        """nats-server leaves nothing outside its folder."""

    def _configuration(self, port: int) -> str:
        # An event may be as large as a gRPC message: a saved version carries its document and its analysis.
        # No `http`, `websocket`, `cluster` or `leafnodes` block: those ports stay closed.
        return f"""\
server_name: neuralforge
listen: "127.0.0.1:{port}"
max_payload: 32MB
authorization {{ user: {USER}, password: {json.dumps(self._password)} }}
jetstream {{ store_dir: {json.dumps(str(self.data))}, sync_interval: always }}
"""


async def _ignore_error(error: Exception) -> None:
    """`connect` raises what matters; its callback would log each refused attempt while the server starts."""
