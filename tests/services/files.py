"""Files as tests see them: by presigned link, and as they lie in the store."""

import asyncio

import urllib3

from kernel.objects import ObjectStore
from tests.services.platform import Platform


async def fetch(url: str) -> bytes:
    """What a presigned link leads to."""
    response = await asyncio.to_thread(urllib3.request, "GET", url)
    assert response.status == 200, response.data
    return response.data


async def put(url: str, data: bytes) -> None:
    """Uploads to a presigned link."""
    response = await asyncio.to_thread(urllib3.request, "PUT", url, body=data)
    assert response.status == 200, response.data


async def stored(platform: Platform, prefix: str) -> list[str]:
    """The keys that exist under a prefix."""
    found = platform.settings().objects
    objects = ObjectStore(found.endpoint, found.access_key, found.secret_key, bucket=found.bucket)
    try:
        return [item.key for item in await objects.list(prefix)]
    finally:
        objects.close()
