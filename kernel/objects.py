"""Objects in an S3 bucket, and the presigned links by which jobs and people reach them without credentials.

The client library blocks, so calls run on a few threads of their own. A presigned PUT cannot limit the size of what is
sent; for uploads by people use `presign_post`, whose policy can.
"""

import asyncio
import io
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import urllib3
from minio import Minio
from minio.datatypes import PostPolicy
from minio.error import InvalidResponseError, S3Error, ServerError

from kernel.errors import NotFound, Rejected, Unavailable
from kernel.metrics import STORE_FAILURES

REGION = "us-east-1"  # given, so that presigning asks no server
LONGEST_KEY = 512
THREADS = 8
FAULT = 500
CONNECT_SECONDS, READ_SECONDS = 3, 60

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class StoredObject:
    key: str
    size: int
    etag: str
    content_type: str | None


@dataclass(frozen=True, slots=True)
class PresignedPost:
    """POST these fields as multipart/form-data to `url`, the file last, under the name `file`."""

    url: str
    fields: dict[str, str]


class ObjectStore:
    """One bucket. Raises NotFound for a missing object, Rejected for a bad key, Unavailable when S3 does not answer."""

    def __init__(
        self, endpoint: str, access_key: str, secret_key: str, *, secure: bool = False, bucket: str = "neuralforge"
    ) -> None:
        self._base = f"{'https' if secure else 'http'}://{endpoint}/{bucket}"
        self._bucket = bucket
        self._pool = urllib3.PoolManager(
            maxsize=THREADS,
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
            retries=urllib3.Retry(total=2, backoff_factor=0.1, status_forcelist=(502, 503, 504)),
        )
        self._client = Minio(endpoint, access_key, secret_key, secure=secure, region=REGION, http_client=self._pool)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="objects")

    async def ensure_bucket(self) -> None:
        await self._call("", self._make_bucket)

    async def put(self, key: str, data: bytes, content_type: str = "application/octet-stream") -> StoredObject:
        check_key(key)
        body = io.BytesIO(data)
        sent = await self._call(
            key, lambda: self._client.put_object(self._bucket, key, body, len(data), content_type=content_type)
        )
        return StoredObject(key, len(data), str(sent.etag), content_type)

    async def get(self, key: str, max_bytes: int) -> bytes:
        """The whole object; Rejected, before more than `max_bytes` are held, when it is larger."""
        check_key(key)
        data = await self._call(key, lambda: self._read(key, max_bytes + 1))
        if len(data) > max_bytes:
            raise Rejected(f"the object {key} is larger than the {max_bytes} bytes allowed here")
        return data

    async def stat(self, key: str) -> StoredObject:
        check_key(key)
        found = await self._call(key, lambda: self._client.stat_object(self._bucket, key))
        return StoredObject(key, found.size or 0, str(found.etag), found.content_type)

    async def delete(self, key: str) -> None:
        """Deleting what is not there is no error."""
        check_key(key)
        await self._call(key, lambda: self._client.remove_object(self._bucket, key))

    async def list(self, prefix: str) -> Sequence[StoredObject]:
        """Everything under a prefix such as "runs/1/", in the order of the keys."""
        found = await self._call(prefix, lambda: [*self._client.list_objects(self._bucket, prefix, recursive=True)])
        return [StoredObject(str(item.object_name), item.size or 0, str(item.etag), None) for item in found]

    def presign_get(
        self, key: str, expires: timedelta, filename: str | None = None, content_type: str | None = None
    ) -> str:
        """A link to read one object; `filename` makes a browser save it under that name."""
        check_key(key)
        headers: dict[str, str | list[str] | tuple[str]] = {}
        if filename:
            headers["response-content-disposition"] = f'attachment; filename="{_plain(filename)}"'
        if content_type:
            headers["response-content-type"] = content_type
        return self._client.presigned_get_object(self._bucket, key, expires=expires, response_headers=headers)

    def presign_put(self, key: str, expires: timedelta) -> str:
        """A link to write one object, for jobs: its size is not limited."""
        check_key(key)
        return self._client.presigned_put_object(self._bucket, key, expires=expires)

    def presign_post(self, key: str, max_bytes: int, expires: timedelta, min_bytes: int = 0) -> PresignedPost:
        """A form to upload one object of `min_bytes` to `max_bytes`."""
        check_key(key)
        policy = PostPolicy(self._bucket, datetime.now(UTC) + expires)
        policy.add_equals_condition("key", key)
        policy.add_content_length_range_condition(min_bytes, max_bytes)
        return PresignedPost(self._base, self._client.presigned_post_policy(policy) | {"key": key})

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._pool.clear()

    def _make_bucket(self) -> None:
        try:
            if not self._client.bucket_exists(self._bucket):
                self._client.make_bucket(self._bucket)
        except S3Error as error:
            if error.code not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:  # somebody was quicker
                raise

    def _read(self, key: str, limit: int) -> bytes:
        response = self._client.get_object(self._bucket, key)
        try:
            return bytes(response.read(limit))
        finally:
            response.close()
            response.release_conn()

    async def _call(self, key: str, work: Callable[[], Result]) -> Result:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except S3Error as error:
            if error.code in {"NoSuchKey", "NoSuchBucket", "NoSuchObject"}:
                raise NotFound(f"there is no object {key} in the bucket {self._bucket}") from error
            if error.response.status >= FAULT:
                STORE_FAILURES.inc()
                raise Unavailable(f"the object store failed inside ({error.code}); try again") from error
            raise
        except (urllib3.exceptions.HTTPError, OSError, ServerError, InvalidResponseError) as error:
            STORE_FAILURES.inc()
            raise Unavailable(f"the object store does not answer now ({type(error).__name__}); try again") from error


def check_key(key: str) -> None:
    """Keys are relative paths of printable characters, so that no proxy or file system reads them as another one."""
    tame = key.isprintable() and "\\" not in key and len(key) <= LONGEST_KEY
    if not tame or {"", ".", ".."} & set(key.split("/")):
        sentence = f"{key[:80]!r} is no object key: join plain names by '/', without '..' and empty parts"
        raise Rejected(sentence, field="key")


def _plain(filename: str) -> str:
    """Nothing that could end the quotes or the header it stands in."""
    return re.sub(r"[^A-Za-z0-9._ -]", "_", filename)
