"""Files that jobs upload, judged as they lie in real S3."""

import hashlib
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from kernel import uploads
from kernel.errors import Rejected
from kernel.objects import ObjectStore
from kernel.uploads import check_upload, discard, verify_upload
from tests.conftest import RunningServers


@dataclass
class Announced:
    name: str = "a.bin"
    bytes: int = 3
    sha256: str = hashlib.sha256(b"abc").hexdigest()


@pytest.fixture
async def store(servers: RunningServers) -> AsyncIterator[ObjectStore]:
    s3 = servers.addresses.s3
    store = ObjectStore(s3.endpoint, s3.access_key, s3.secret_key)
    await store.ensure_bucket()
    yield store
    store.close()


async def test_only_what_was_announced_passes(store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    key = f"tests/{uuid4()}/a.bin"
    with pytest.raises(Rejected, match="has not been uploaded"):
        await verify_upload(store, key, Announced())
    await store.put(key, b"abcd")
    with pytest.raises(Rejected, match="arrived with 4 bytes where 3 were announced"):
        await verify_upload(store, key, Announced())
    await store.put(key, b"abd")
    with pytest.raises(Rejected, match="arrived with the SHA-256"):
        await verify_upload(store, key, Announced())
    monkeypatch.setattr(uploads, "READ_BYTES", 2)
    await verify_upload(store, key, Announced())  # too large to be read: judged by its size
    monkeypatch.undo()
    await store.put(key, b"abc")
    await verify_upload(store, key, Announced())


async def test_files_are_hashed_beside_the_event_loop(store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []
    digest = hashlib.sha256

    def sha256(*data: bytes) -> Any:
        if data == (b"abc",):
            threads.append(threading.current_thread())
        return digest(*data)

    key = f"tests/{uuid4()}/a.bin"
    await store.put(key, b"abc")
    monkeypatch.setattr(hashlib, "sha256", sha256)
    await verify_upload(store, key, Announced())
    assert threads
    assert threading.current_thread() not in threads


async def test_discarded_folder_is_gone_and_its_neighbour_is_not(store: ObjectStore) -> None:
    folder = f"tests/{uuid4()}"
    for name in ("1/a", "1/b", "10/a"):
        await store.put(f"{folder}/{name}", b"x")
    await discard(store, f"{folder}/1")
    assert [item.key for item in await store.list(f"{folder}/")] == [f"{folder}/10/a"]


async def test_discarding_with_the_store_away_is_no_fault() -> None:
    away = ObjectStore("127.0.0.1:9", "key", "secret")
    await discard(away, "tests/none")
    away.close()


@pytest.mark.parametrize(
    ("upload", "field"),
    [
        (Announced(name=""), "name"),
        (Announced(name="../a"), "name"),
        (Announced(name=".hidden"), "name"),
        (Announced(name="a" * 101), "name"),
        (Announced(name="a\n"), "name"),
        (Announced(bytes=0), "bytes"),
        (Announced(bytes=uploads.LARGEST_BYTES + 1), "bytes"),
        (Announced(sha256="ABC"), "sha256"),
    ],
)
def test_rejected_announcements_name_the_field(upload: Announced, field: str) -> None:
    check_upload(Announced())
    with pytest.raises(Rejected) as error:
        check_upload(upload)
    assert error.value.field == f"uploads.{field}"
