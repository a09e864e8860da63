"""What each process of a split platform is told: its own database, its own keys, its neighbours, no more."""

import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import kernel
from cli import folder as ground
from kernel.embedded import Addresses
from kernel.keys import GRANT_KEY, KeyRing
from kernel.processes import Command
from kernel.settings import CONTEXTS

CODE = Path(kernel.__file__).resolve().parents[1]
GATEWAY = "gateway"
OF_EVERYBODY = ("NF_LOG_LEVEL", "NF_TLS_", "NF_KURRENTDB_", "OTEL_")
OF_PART = {
    "workspace": ("NF_SMTP_", "NF_MAIL_", "NF_OAUTH_", "NF_PUBLIC_"),
    GATEWAY: ("NF_PUBLIC_", "NF_SIGN_INS_", "NF_REQUESTS_", "NF_TRUSTED_", "NF_STUDIO"),
}


class Plan:
    """What each process is told."""

    def __init__(
        self,
        folder: Path,
        keys: KeyRing,
        servers: Addresses,
        addresses: Mapping[str, Sequence[str]],
        listener: socket.socket,
        *,
        launcher: str,
        development: bool,
        environment: Mapping[str, str],
    ) -> None:
        self._folder = folder
        self._settings = environment
        self._ring = keys
        self._addresses = addresses
        self._listener = listener
        s3, pairs = servers.s3, [f"{context}={one}" for context, all in addresses.items() for one in all]
        self._database = servers.postgres
        self._everybody = {
            "PYTHONPATH": str(CODE),
            "PYTHONUNBUFFERED": "1",
            "NF_NATS_URL": servers.nats,
            "NF_S3_URL": f"http://{s3.endpoint}",
            "NF_NEIGHBOURS": ",".join(pairs),
        }
        host, port = listener.getsockname()[:2]
        self._services = {
            "NF_DATA_DIR": str(folder),
            "NF_LAUNCHER": launcher,
            "NF_HTTP_HOST": host,
            "NF_HTTP_PORT": str(port),
            "NF_S3_ACCESS_KEY": s3.access_key,
            "NF_S3_SECRET_KEY": s3.secret_key,
        }
        self._development = {"NF_DEVELOPMENT": "1"} if development else {}

    async def commands(self, replicas: Mapping[str, int]) -> Mapping[str, Command]:
        """The commands of all parts by name, such as `graph-2`: services first, then gateways."""
        databases = await ground.databases(self._folder, self._database)
        self._hand_keys()
        found = {
            f"{context}-{number}": self._service(context, address, databases[context])
            for context, all in self._addresses.items()
            for number, address in enumerate(all, start=1)
        }
        return found | {f"{GATEWAY}-{number}": self._gateway() for number in range(1, replicas[GATEWAY] + 1)}

    def _hand_keys(self) -> None:
        """Each context gets its own key; `workspace`, which knows everybody, also those that are no context's."""
        others = [name for name in self._ring.names() if name not in CONTEXTS]
        for context in CONTEXTS:
            of_workspace = context == "workspace"
            self._ring.hand(
                self._keys(context),
                private=[context, *others] if of_workspace else [context],
                public=CONTEXTS if of_workspace else [GRANT_KEY],
            )
        self._ring.hand(self._keys(GATEWAY), private=[], public=[GRANT_KEY])

    def _keys(self, part: str) -> Path:
        return self._folder / "run" / "keys" / part

    def _told(self, part: str) -> dict[str, str]:
        """What everybody is told, and those of the operator's settings that concern the part."""
        prefixes = (*OF_EVERYBODY, *OF_PART.get(part, ()))
        own = {name: value for name, value in self._settings.items() if value and name.startswith(prefixes)}
        return self._everybody | own

    def _service(self, context: str, address: str, database: str) -> Command:
        environment = {
            "NF_DATABASE_URL": database,
            "NF_KEYS": str(self._keys(context)),
            "NF_GRPC_PORT": address.rpartition(":")[2],
        }
        return _python(f"services.{context}", self._told(context) | self._services | environment)

    def _gateway(self) -> Command:
        inherited = self._listener.fileno()
        own = {"NF_KEYS": str(self._keys(GATEWAY)), "NF_HTTP_FD": str(inherited)}
        environment = self._told(GATEWAY) | self._development | own
        return _python("gateway", environment, descriptors=(inherited,))


def _python(module: str, environment: Mapping[str, str], descriptors: Sequence[int] = ()) -> Command:
    return Command((sys.executable, "-m", module), f"-m {module}", environment, descriptors=descriptors)
