"""What a process is told from outside: read once from the environment, frozen, passed down."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from kernel.tls import Tls, read_job_tls, read_tls

CONTEXTS = ("workspace", "graph", "dataset", "training", "export", "billing")


@dataclass(frozen=True, slots=True)
class ObjectStoreSettings:
    """Where files are kept. `endpoint` is host:port."""

    endpoint: str
    access_key: str
    secret_key: str = field(repr=False)
    bucket: str = "neuralforge"
    secure: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """A host of one or more services. `databases` and `addresses` go by context; port 0 picks a free one.

    An address is host:port, or one per replica: host:port,host:port. `launcher` is where jobs are launched by a process
    that outlives this one; empty for this process itself. With a `kurrentdb_uri` the event logs are there.
    """

    databases: Mapping[str, str] = field(repr=False)
    nats_url: str = field(repr=False)
    objects: ObjectStoreSettings
    keys: Path
    folder: Path
    addresses: Mapping[str, str] = field(default_factory=dict)
    grpc_host: str = "127.0.0.1"
    grpc_port: int = 50051
    tls: Tls | None = None
    job_tls: Tls | None = None
    launcher: str = ""
    kurrentdb_uri: str = field(default="", repr=False)


def read_settings(environment: Mapping[str, str], context: str) -> Settings:
    """The settings of a process that runs the one service `context`; raises SystemExit naming what is wrong."""
    required = ("NF_DATABASE_URL", "NF_NATS_URL", "NF_S3_URL", "NF_S3_ACCESS_KEY", "NF_S3_SECRET_KEY", "NF_KEYS")
    missing = [name for name in required if not environment.get(name)]
    if missing:
        raise SystemExit(f"{context} needs the environment variable {', '.join(missing)}; see the service's README")
    s3 = _s3(environment["NF_S3_URL"])
    return Settings(
        databases={context: environment["NF_DATABASE_URL"]},
        nats_url=environment["NF_NATS_URL"],
        objects=ObjectStoreSettings(
            endpoint=s3.netloc,
            access_key=environment["NF_S3_ACCESS_KEY"],
            secret_key=environment["NF_S3_SECRET_KEY"],
            bucket=environment.get("NF_S3_BUCKET", "neuralforge"),
            secure=s3.scheme == "https",
        ),
        keys=Path(environment["NF_KEYS"]),
        folder=data_folder(environment),
        addresses=neighbours(environment.get("NF_NEIGHBOURS", "")),
        grpc_host=environment.get("NF_GRPC_HOST", "127.0.0.1"),
        grpc_port=port(environment, "NF_GRPC_PORT", 50051),
        tls=read_tls(environment),
        job_tls=read_job_tls(environment),
        launcher=environment.get("NF_LAUNCHER", ""),
        kurrentdb_uri=environment.get("NF_KURRENTDB_URI", ""),
    )


def _s3(url: str) -> SplitResult:
    found = urlsplit(url)
    if found.scheme not in ("http", "https") or not found.netloc:
        raise SystemExit(f"NF_S3_URL must look like https://host:port, not {url[:80]!r}")
    return found


def neighbours(text: str) -> dict[str, str]:
    """The addresses in NF_NEIGHBOURS by context; a context named again has one replica more. Raises SystemExit."""
    addresses: dict[str, str] = {}
    for pair in filter(None, text.split(",")):
        context, _, address = pair.partition("=")
        if context not in CONTEXTS or not address:
            known = ", ".join(CONTEXTS)
            raise SystemExit(f"NF_NEIGHBOURS holds pairs such as workspace=host:port for {known}, not {pair[:80]!r}")
        addresses[context] = f"{addresses[context]},{address}" if context in addresses else address
    return addresses


def data_folder(environment: Mapping[str, str]) -> Path:
    """NF_DATA_DIR, by default `.neuralforge` in the present folder."""
    return Path(environment.get("NF_DATA_DIR") or ".neuralforge").resolve()


def port(environment: Mapping[str, str], name: str, default: int) -> int:
    """A port number from the environment; raises SystemExit saying what would do."""
    text = environment.get(name) or str(default)
    if not text.isdecimal() or int(text) > 65535:
        raise SystemExit(f"{name} must be a port number from 0 (any free one) to 65535, not {text[:40]!r}")
    return int(text)
