"""Presigned links of the object store, rewritten to the gateway's own `/files/`, so that a client needs one port."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Links:
    """`endpoint` (host:port) is what links are signed for."""

    endpoint: str
    secure: bool
    bucket: str

    @property
    def origin(self) -> str:
        return f"{'https' if self.secure else 'http'}://{self.endpoint}"

    def public(self, url: str) -> str:
        """`http://host:port/bucket/key?...` as `/files/bucket/key?...`, the bucket too; links to elsewhere stay."""
        prefix = f"{self.origin}/"
        ours = url.startswith(f"{prefix}{self.bucket}/") or url == f"{prefix}{self.bucket}"
        return f"/files/{url.removeprefix(prefix)}" if ours else url
