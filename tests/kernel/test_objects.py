"""Objects in real S3, and links that a plain HTTP client uses without credentials."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from kernel.errors import NotFound, Rejected, Unavailable
from kernel.objects import ObjectStore
from tests.conftest import RunningServers

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def store(servers: RunningServers) -> AsyncIterator[ObjectStore]:
    s3 = servers.addresses.s3
    store = ObjectStore(s3.endpoint, s3.access_key, s3.secret_key)
    await store.ensure_bucket()
    yield store
    store.close()


@pytest.fixture
def folder() -> str:
    return f"tests/{uuid4()}"


async def test_what_is_put_is_got_listed_and_deleted(store: ObjectStore, folder: str) -> None:
    await store.ensure_bucket()
    for name in ("b", "a", "größe 1.bin"):
        await store.put(f"{folder}/{name}", name.encode(), "image/png")
    assert [item.key for item in await store.list(f"{folder}/")] == [
        f"{folder}/a",
        f"{folder}/b",
        f"{folder}/größe 1.bin",
    ]
    assert await store.get(f"{folder}/größe 1.bin", 100) == "größe 1.bin".encode()
    found = await store.stat(f"{folder}/a")
    assert (found.size, found.content_type) == (1, "image/png")
    await store.delete(f"{folder}/a")
    await store.delete(f"{folder}/a")
    with pytest.raises(NotFound, match=f"no object {folder}/a "):
        await store.stat(f"{folder}/a")
    with pytest.raises(NotFound):
        await store.get(f"{folder}/a", 1)


async def test_an_object_of_several_parts_comes_back_whole(store: ObjectStore, folder: str) -> None:
    data = bytes(range(256)) * 50_000  # 12.8 MB: the client sends it in parts
    await store.put(f"{folder}/large", data)
    assert await store.get(f"{folder}/large", len(data)) == data


async def test_an_object_larger_than_allowed_is_refused(store: ObjectStore, folder: str) -> None:
    await store.put(f"{folder}/ten", b"0123456789")
    assert await store.get(f"{folder}/ten", 10) == b"0123456789"
    with pytest.raises(Rejected, match="larger than the 9 bytes"):
        await store.get(f"{folder}/ten", 9)


@pytest.mark.parametrize("key", ["", "/a", "a/", "a//b", "../a", "a/../b", "a/./b", "a\\b", "a\nb", "a\0", "a" * 513])
async def test_a_key_that_could_be_read_as_another_is_refused(store: ObjectStore, key: str) -> None:
    with pytest.raises(Rejected, match="no object key"):
        await store.put(key, b"")
    with pytest.raises(Rejected, match="no object key"):
        store.presign_put(key, MINUTE)


async def test_links_read_and_write_one_object(store: ObjectStore, folder: str) -> None:
    async with httpx.AsyncClient() as client:
        put = store.presign_put(f"{folder}/link", MINUTE)
        assert (await client.put(put, content=b"hello")).status_code == 200
        assert (await client.get(put)).status_code == 403
        assert (await client.put(put.replace("/link?", "/other?"), content=b"x")).status_code == 403
        answer = await client.get(store.presign_get(f"{folder}/link", MINUTE, filename='mo"del\r\n.onnx'))
        assert answer.content == b"hello"
        assert answer.headers["content-disposition"] == 'attachment; filename="mo_del__.onnx"'


async def test_an_expired_link_is_refused(store: ObjectStore, folder: str) -> None:
    await store.put(f"{folder}/late", b"hello")
    link = store.presign_get(f"{folder}/late", timedelta(seconds=1))
    status, deadline = 200, time.monotonic() + 10
    async with httpx.AsyncClient() as client:
        while status == 200 and time.monotonic() < deadline:
            status = (await client.get(link)).status_code
    assert status == 403


async def test_an_upload_form_limits_size_and_key(store: ObjectStore, folder: str) -> None:
    form = store.presign_post(f"{folder}/form", 10, MINUTE)
    async with httpx.AsyncClient() as client:

        async def send(data: bytes, **fields: str) -> int:
            answer = await client.post(form.url, data=form.fields | fields, files={"file": data})
            return answer.status_code

        assert await send(b"0123456789a") == 400
        with pytest.raises(NotFound):
            await store.stat(f"{folder}/form")
        assert await send(b"0", key=f"{folder}/elsewhere") == 403
        assert await send(b"0123456789") == 204
    assert await store.get(f"{folder}/form", 10) == b"0123456789"


async def test_a_server_that_does_not_answer_is_unavailable(servers: RunningServers, store: ObjectStore) -> None:
    await servers.kill("s3")
    try:
        with pytest.raises(Unavailable, match="does not answer"):
            await store.put("anything", b"")
    finally:
        await servers.restart("s3")
    await store.put("anything", b"")


async def test_a_store_that_fails_inside_is_one_that_does_not_answer_now() -> None:
    """As a store with a full disk is; its answer is played."""
    body = b"<Error><Code>InternalError</Code><Message>no space left on device</Message></Error>"
    head = b"HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/xml\r\nConnection: close\r\n"

    async def fail(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        writer.close()

    server = await asyncio.start_server(fail, "127.0.0.1", 0)
    store = ObjectStore(f"127.0.0.1:{server.sockets[0].getsockname()[1]}", "key", "secret")
    with pytest.raises(Unavailable, match=r"failed inside \(InternalError\); try again"):
        await store.put("a/b", b"data")
    store.close()
    server.close()
