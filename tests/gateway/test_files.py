"""Files through the gateway: presigned links work on its own origin, and nothing else gets to the object store."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from gateway.links import Links
from kernel.errors import NotFound
from kernel.objects import ObjectStore
from tests.gateway.web import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")
HOUR = timedelta(hours=1)
DATA = bytes(range(256)) * 4096


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def objects(passer_by: Visitor) -> AsyncIterator[ObjectStore]:
    found = passer_by.platform.settings().objects
    store = ObjectStore(found.endpoint, found.access_key, found.secret_key, bucket=found.bucket)
    await store.put("tenant/files/a model.onnx", DATA)
    yield store
    store.close()


@pytest.fixture(scope="module")
def links(passer_by: Visitor) -> Links:
    return Links(passer_by.platform.addresses.s3.endpoint, False, "neuralforge")


async def test_a_link_leads_through_the_gateway(passer_by: Visitor, objects: ObjectStore, links: Links) -> None:
    url = links.public(objects.presign_get("tenant/files/a model.onnx", HOUR, "my model (1).onnx"))
    assert url.startswith("/files/neuralforge/tenant/")
    answer = await passer_by.http.get(url)
    assert answer.content == DATA
    assert answer.headers["content-disposition"] == 'attachment; filename="my model _1_.onnx"'
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    part = await passer_by.http.get(url, headers={"range": "bytes=1-3"})
    assert (part.status_code, part.content) == (206, b"\x01\x02\x03")


async def test_links_to_elsewhere_stay_as_they_are(links: Links) -> None:
    for url in ("https://example.com/neuralforge/key", f"http://{links.endpoint}/other/key"):
        assert links.public(url) == url


async def test_an_upload_goes_through_the_gateway(passer_by: Visitor, objects: ObjectStore, links: Links) -> None:
    url = links.public(objects.presign_put("tenant/files/new", HOUR))
    assert (await passer_by.http.put(url, content=DATA)).status_code == 200
    assert await objects.get("tenant/files/new", len(DATA)) == DATA


async def test_an_upload_says_its_size_and_keeps_within_the_limit(
    passer_by: Visitor, objects: ObjectStore, links: Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = links.public(objects.presign_put("tenant/files/big", HOUR))

    async def unknown() -> AsyncIterator[bytes]:
        yield b"x"

    assert (await passer_by.http.put(url, content=unknown())).status_code == 411
    monkeypatch.setattr("gateway.files.MOST_UPLOAD_BYTES", 10)
    answer = await passer_by.http.put(url, content=b"x" * 11)
    assert answer.status_code == 413
    assert "at most 10 bytes" in answer.json()["error"]["message"]


async def test_a_signature_is_good_for_its_own_object_only(
    passer_by: Visitor, objects: ObjectStore, links: Links
) -> None:
    await objects.put("tenant/files/other", b"secret")
    url = links.public(objects.presign_get("tenant/files/a model.onnx", HOUR))
    forged = await passer_by.http.get(url.replace("a%20model.onnx", "other"))
    assert forged.status_code == 403
    assert forged.json()["error"]["message"] == "this link is not valid or has expired; ask for a new one"
    assert (await passer_by.http.put(url, content=b"x")).status_code == 403
    gone = links.public(objects.presign_get("tenant/files/gone", HOUR))
    assert (await passer_by.http.get(gone)).status_code == 404


async def test_a_form_goes_through_the_gateway(passer_by: Visitor, objects: ObjectStore, links: Links) -> None:
    form = objects.presign_post("tenant/files/form", len(DATA), HOUR, len(DATA))
    assert links.public(form.url) == "/files/neuralforge"
    answer = await passer_by.http.post("/files/neuralforge", data=form.fields, files={"file": ("x" * 200, DATA)})
    assert (answer.status_code, answer.content) == (204, b"")
    assert await objects.get("tenant/files/form", len(DATA)) == DATA


async def test_a_form_is_held_to_its_policy_while_it_passes(passer_by: Visitor, objects: ObjectStore) -> None:
    form = objects.presign_post("tenant/files/exact", 10, HOUR, 10)
    bucket = "/files/neuralforge"

    async def refusal(data: bytes, status: int, path: str = bucket, **fields: str) -> str:
        answer = await passer_by.http.post(path, data=form.fields | fields, files={"file": data})
        assert answer.status_code == status
        return str(answer.json()["error"]["message"])

    assert "at most 10 bytes" in await refusal(b"x" * 11, 413)
    assert "at most 10 bytes" in await refusal(b"x" * 5_000_000, 413)
    assert "9 bytes where at least 10" in await refusal(b"x" * 9, 400)
    assert "field 'acl'" in await refusal(b"x" * 10, 403, acl="public-read")
    assert "sets no size" in await refusal(b"x" * 10, 403, policy="e30=")
    assert "not valid or has expired" in await refusal(b"x" * 10, 403, key="tenant/files/other")
    assert "posted to the address" in await refusal(b"x" * 10, 404, path=f"{bucket}/tenant/files/exact")
    assert "posted to the address" in await refusal(b"x" * 10, 404, path="/files/other")
    with pytest.raises(NotFound):
        await objects.stat("tenant/files/exact")


async def test_a_form_that_is_no_presigned_one_is_refused(passer_by: Visitor, objects: ObjectStore) -> None:
    fields = objects.presign_post("tenant/files/form", 10, HOUR).fields
    bucket = "/files/neuralforge"
    lacking = {name: value for name, value in fields.items() if name != "policy"}
    answer = await passer_by.http.post(bucket, data=lacking, files={"file": b"x"})
    assert "lacks the field 'policy'" in answer.json()["error"]["message"]
    answer = await passer_by.http.post(bucket, files=[("file", b"x"), ("file", b"x")])
    assert answer.status_code == 403
    for headers, status in (
        ({"content-type": "application/json"}, 415),
        ({"content-type": "multipart/form-data; boundary=b"}, 400),
    ):
        answer = await passer_by.http.post(bucket, content=b"{}", headers=headers)
        assert answer.status_code == status
        assert answer.json()["error"]["message"]


REFUSED = {
    "unsigned": ("/files/neuralforge/tenant/files/a%20model.onnx", 403),
    "another bucket": ("/files/other/key?{signed}", 404),
    "the bucket": ("/files/neuralforge/?{signed}", 404),
    "the bucket itself": ("/files/neuralforge?{signed}", 404),
    "a parent": ("/files/neuralforge/a/%2e%2e/b?{signed}", 404),
    "an empty part": ("/files/neuralforge/a//b?{signed}", 404),
    "a listing": ("/files/neuralforge/a?{signed}&list-type=2", 403),
    "an access list": ("/files/neuralforge/a?{signed}&acl", 403),
    "a control character": ("/files/neuralforge/a%00?{signed}", 400),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_nothing_but_one_signed_object_is_reached(
    passer_by: Visitor, objects: ObjectStore, links: Links, name: str
) -> None:
    signed = links.public(objects.presign_get("tenant/files/a model.onnx", HOUR)).partition("?")[2]
    path, status = REFUSED[name]
    answer = await passer_by.http.get(path.format(signed=signed))
    assert answer.status_code == status
    assert answer.json()["error"]["message"]
