"""TLS between processes: everybody shows a certificate of one authority, servers and callers alike.

A server's certificate names its context (`DNS:graph`), and callers make sure of it, wherever the server runs.
Who may do what stays a matter of grants.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import grpc

CERTIFICATE, KEY, AUTHORITY = "NF_TLS_CERT", "NF_TLS_KEY", "NF_TLS_CA"
JOB_CERTIFICATE, JOB_KEY = "NF_TLS_JOB_CERT", "NF_TLS_JOB_KEY"
VARIABLES = (CERTIFICATE, KEY, AUTHORITY, JOB_CERTIFICATE, JOB_KEY)


@dataclass(frozen=True, slots=True)
class Tls:
    """PEM files: this process's certificate and key, and the authority that signed everybody's."""

    certificate: Path
    key: Path
    authority: Path

    def server(self) -> grpc.ServerCredentials:
        """Takes calls only from those who show a certificate of the authority."""
        return grpc.ssl_server_credentials([self._pair()], self.authority.read_bytes(), require_client_auth=True)

    def caller(self) -> grpc.ChannelCredentials:
        """Trusts servers with a certificate of the authority, and shows its own."""
        key, certificate = self._pair()
        return grpc.ssl_channel_credentials(self.authority.read_bytes(), key, certificate)

    def _pair(self) -> tuple[bytes, bytes]:
        return self.key.read_bytes(), self.certificate.read_bytes()

    def environment(self) -> dict[str, str]:
        """What tells another process of these files."""
        return {CERTIFICATE: str(self.certificate), KEY: str(self.key), AUTHORITY: str(self.authority)}


def read_tls(environment: Mapping[str, str]) -> Tls | None:
    """The files named in the environment, None where none is; raises SystemExit naming what is missing."""
    given = {name: environment.get(name, "") for name in (CERTIFICATE, KEY, AUTHORITY)}
    if not any(given.values()):
        return None
    if missing := [name for name, value in given.items() if not value]:
        raise SystemExit(f"TLS needs {', '.join(given)} together; {', '.join(missing)} is missing")
    for name, value in given.items():
        try:
            Path(value).read_bytes()
        except OSError as error:
            raise SystemExit(f"{name} names {value}, which cannot be read: {error.strerror}") from None
    return Tls(*(Path(value).resolve() for value in given.values()))


def read_job_tls(environment: Mapping[str, str]) -> Tls | None:
    """What this process's jobs show: a certificate of their own where there is one, else that of the process."""
    if not environment.get(JOB_CERTIFICATE):
        return read_tls(environment)
    own = {CERTIFICATE: environment[JOB_CERTIFICATE], KEY: environment.get(JOB_KEY, "")}
    return read_tls({**environment, **own})
