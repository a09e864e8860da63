"""Files that jobs upload by presigned links: what may be announced, and whether what arrived is what was announced."""

import asyncio
import hashlib
import re
from datetime import timedelta
from typing import Protocol

import structlog

from kernel.errors import DomainError, NotFound, Rejected
from kernel.objects import ObjectStore

LINK_LIFE = timedelta(hours=1)
LARGEST_BYTES = 5 * 2**30  # what S3 takes in one PUT
READ_BYTES = 64 * 2**20
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
DIGEST = re.compile(r"[0-9a-f]{64}")
logger = structlog.get_logger()


class Upload(Protocol):
    """A file as announced; the contracts' `Upload` messages are such."""

    name: str
    bytes: int
    sha256: str


def check_upload(upload: Upload) -> None:
    """Raises Rejected for a name, a size or a digest that no upload may have."""
    if not NAME.fullmatch(upload.name):
        sentence = "use 1 to 100 letters, digits, '.', '_' and '-', beginning with a letter or digit"
        raise Rejected(f"{upload.name[:80]!r} is no name for a file; {sentence}", field="uploads.name")
    if not 1 <= upload.bytes <= LARGEST_BYTES:
        sentence = f"{upload.name} is announced with {upload.bytes} bytes; a file has 1 to {LARGEST_BYTES}"
        raise Rejected(sentence, field="uploads.bytes")
    if not DIGEST.fullmatch(upload.sha256):
        sentence = f"the sha256 of {upload.name} must be 64 lower-case hexadecimal digits"
        raise Rejected(sentence, field="uploads.sha256")


async def verify_upload(objects: ObjectStore, key: str, upload: Upload) -> None:
    """Raises Rejected unless the object has the announced size and, up to READ_BYTES, the announced SHA-256."""
    try:
        stored = await objects.stat(key)
    except NotFound as error:
        raise Rejected(f"{upload.name} has not been uploaded; PUT it to its link first") from error
    if stored.size != upload.bytes:
        raise Rejected(f"{upload.name} arrived with {stored.size} bytes where {upload.bytes} were announced")
    if stored.size > READ_BYTES:
        return
    found = await asyncio.to_thread(_sha256, await objects.get(key, READ_BYTES))  # up to a tenth of a second
    if found != upload.sha256:
        raise Rejected(f"{upload.name} arrived with the SHA-256 {found[:12]}, not {upload.sha256[:12]} as announced")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def discard(objects: ObjectStore, folder: str) -> None:
    """Deletes what an attempt left behind. Nobody can reach it any more, so a fault is only worth a line in the log."""
    try:
        for stored in await objects.list(f"{folder}/"):
            await objects.delete(stored.key)
    except DomainError as error:
        logger.warning("leftover files remain", folder=folder, error=str(error))
