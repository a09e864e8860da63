"""Files to download: presigned links on the gateway's own origin."""

from typing import Protocol

import strawberry

from gateway.links import Links
from gateway.scalars import BigInt


class FileMessage(Protocol):
    """The File message of any context."""

    name: str
    url: str
    bytes: int
    sha256: str


@strawberry.type
class File:
    name: str
    url: str = strawberry.field(description="Relative to this origin; good for one hour.")
    bytes: BigInt
    sha256: str


def file(message: FileMessage, links: Links) -> File:
    """A contract's File; its link goes through the gateway."""
    return File(name=message.name, url=links.public(message.url), bytes=BigInt(message.bytes), sha256=message.sha256)
