"""An S3 server for one machine: `weed mini` of SeaweedFS, every port pinned to a free one on loopback.

Its inner HTTP ports (volume, filer) would serve the data to every local user, so they demand tokens signed with keys
only this server knows; the S3 port demands the access key.
"""

import asyncio
import contextlib
import json
import secrets
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import urllib3
from minio import Minio

from kernel.processes import Command, program, write_private

PORTS = ("s3", "master", "volume", "filer", "admin")
TOKEN_KEYS = ("SIGNING", "SIGNING_READ", "FILER_SIGNING", "FILER_SIGNING_READ")
ACCESS_KEY = "neuralforge"


@dataclass(frozen=True, slots=True)
class S3Address:
    endpoint: str
    access_key: str
    secret_key: str = field(repr=False)
    secure: bool = False


class S3:
    name: Final = "s3"
    port_count = 2 * len(PORTS)  # HTTP and gRPC
    stop_signal = signal.SIGTERM

    def __init__(self, folder: Path, secret_key: str) -> None:
        self.data = folder / "s3"
        self._run = folder / "run"
        self._secret_key = secret_key

    def address(self, ports: Sequence[int]) -> S3Address:
        return S3Address(f"127.0.0.1:{ports[0]}", ACCESS_KEY, self._secret_key)

    async def prepare(self, ports: Sequence[int]) -> Command:
        self.data.mkdir(mode=0o700, exist_ok=True)
        (self.data / "mini.options").unlink(missing_ok=True)  # remembered options must not outlive their ports
        write_private(self._run / "s3.identities.json", json.dumps(self._identities()))
        return Command(
            (program("weed"), "-logtostderr=true", "mini", *self._options(ports)),
            f"-dir={self.data}",
            {f"WEED_JWT_{key}_KEY": secrets.token_hex(16) for key in TOKEN_KEYS} | {"HOME": str(self.data)},
            folder=self.data,
            death_signal=signal.SIGKILL,  # asked to end in order with nobody left to insist, it has been seen to stay
        )

    async def ping(self, ports: Sequence[int]) -> None:
        await asyncio.to_thread(self._list_buckets, self.address(ports))

    def clean(self, ports: Sequence[int]) -> None:
        """Remove the socket files that a killed server leaves in /tmp."""
        for port in ports:
            for socket in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):
                with contextlib.suppress(OSError):
                    socket.unlink()

    def _list_buckets(self, address: S3Address) -> None:
        pool = urllib3.PoolManager(timeout=2, retries=False)
        Minio(address.endpoint, address.access_key, address.secret_key, secure=False, http_client=pool).list_buckets()
        pool.clear()

    def _options(self, ports: Sequence[int]) -> list[str]:
        pinned = []
        for index, part in enumerate(PORTS):
            pinned += [f"-{part}.port={ports[2 * index]}", f"-{part}.port.grpc={ports[2 * index + 1]}"]
        return [
            f"-dir={self.data}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            *pinned,
            f"-s3.config={self._run / 's3.identities.json'}",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-webdav=false",
            "-admin.ui=false",
            "-master.telemetry=false",  # by default it reports statistics to its makers
            "-master.resumeState=false",  # resumed, it takes 5 % of a core at rest; volumes tell it all that counts
            "-volume.preStopSeconds=0",
            "-master.volumeSizeLimitMB=1024",
        ]

    def _identities(self) -> dict[str, object]:
        key = {"accessKey": ACCESS_KEY, "secretKey": self._secret_key}
        return {"identities": [{"name": ACCESS_KEY, "credentials": [key], "actions": ["Admin"]}]}
