"""What the gateway is told from outside."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kernel.settings import neighbours
from kernel.tls import Tls, read_tls

STUDIO = Path(__file__).parents[1] / "web" / "dist"


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """`addresses`: context to host:port. `s3_endpoint`: host:port, the host that links to files are signed for.

    `development` switches introspection, field suggestions and GraphiQL on. `sign_ins_per_minute` counts
    attempts to register or log in from one client address, `requests_per_minute` GraphQL operations of one person; 0
    is no limit.
    `keys` holds the public key of grants, else `workspace` is asked for it.
    `public_url` is where people reach the studio; where it is empty, each request's own address.
    `trusted_hops` proxies of our own stand in front and say in X-Forwarded-For whom they speak for.
    """

    addresses: Mapping[str, str]
    nats_url: str = field(repr=False)
    s3_endpoint: str
    s3_secure: bool = False
    bucket: str = "neuralforge"
    development: bool = False
    studio: Path = STUDIO
    keys: Path | None = None
    tls: Tls | None = None
    sign_ins_per_minute: int = 60
    requests_per_minute: int = 12_000
    trusted_hops: int = 0
    public_url: str = ""


def read_settings(environment: Mapping[str, str]) -> GatewaySettings:
    """The settings of a gateway that runs alone; raises SystemExit naming what is missing."""
    required = ("NF_NEIGHBOURS", "NF_NATS_URL", "NF_S3_URL")
    missing = [name for name in required if not environment.get(name)]
    if missing:
        raise SystemExit(f"gateway needs the environment variable {', '.join(missing)}; see gateway/README.md")
    s3 = urlsplit(environment["NF_S3_URL"])
    return GatewaySettings(
        addresses=neighbours(environment["NF_NEIGHBOURS"]),
        nats_url=environment["NF_NATS_URL"],
        s3_endpoint=s3.netloc,
        s3_secure=s3.scheme == "https",
        bucket=environment.get("NF_S3_BUCKET", "neuralforge"),
        development=environment.get("NF_DEVELOPMENT", "") == "1",
        studio=Path(environment.get("NF_STUDIO") or STUDIO),
        keys=Path(environment["NF_KEYS"]) if environment.get("NF_KEYS") else None,
        tls=read_tls(environment),
        **limits(environment),
    )


def limits(environment: Mapping[str, str]) -> dict[str, Any]:
    """What the environment says of rates, proxies and the public address; raises SystemExit for what is no number."""
    names = {
        "sign_ins_per_minute": "NF_SIGN_INS_PER_MINUTE",
        "requests_per_minute": "NF_REQUESTS_PER_MINUTE",
        "trusted_hops": "NF_TRUSTED_HOPS",
    }
    given = {field: name for field, name in names.items() if environment.get(name)}
    for name in given.values():
        if not environment[name].isdecimal() or len(environment[name]) > 9:
            raise SystemExit(f"{name} must be a whole number such as 60, not {environment[name][:40]!r}")
    public = environment.get("NF_PUBLIC_URL", "").rstrip("/")
    return {field: int(environment[name]) for field, name in given.items()} | {"public_url": public}
