"""The built studio over HTTP: found, cached, compressed, in parts; and the policy its pages run under."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from gateway.security import policy
from gateway.studio import accepts
from tests.gateway.conftest import Opened
from tests.gateway.web import Visitor

SCRIPT = b"export const studio = 1;\n" * 50
FOREVER = "public, max-age=31536000, immutable"
IDENTITY = {"accept-encoding": "identity"}


@pytest.fixture
async def visitor(opened: Opened, tmp_path: Path) -> AsyncIterator[Visitor]:
    """At a studio with one script in three encodings and one style sheet in one; the `.br` is not real Brotli."""
    studio = tmp_path / "dist"
    (studio / "assets").mkdir(parents=True)
    (studio / "index.html").write_text("<title>studio</title>")
    (studio / "index.html.gz").write_bytes(gzip.compress(b"<title>studio</title>"))
    (studio / "sw.js").write_text("self.skipWaiting();")
    (studio / "manifest.webmanifest").write_text("{}")
    (studio / "assets" / "main-1a2b.js").write_bytes(SCRIPT)
    (studio / "assets" / "main-1a2b.js.gz").write_bytes(gzip.compress(SCRIPT))
    (studio / "assets" / "main-1a2b.js.br").write_bytes(b"brotli")
    (studio / "assets" / "main-3c4d.css").write_text("body{}")
    (studio / "assets" / "inter.woff2").write_bytes(b"font")
    async with opened(studio=studio) as visitor:
        yield visitor


async def get(visitor: Visitor, path: str, **headers: str) -> httpx.Response:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return await visitor.http.get(path, headers=IDENTITY | sent)


async def raw(visitor: Visitor, path: str, encodings: str) -> tuple[httpx.Headers, bytes]:
    """(headers, body as it was sent)."""
    async with visitor.http.stream("GET", path, headers={"accept-encoding": encodings}) as answer:
        return answer.headers, b"".join([part async for part in answer.aiter_raw()])


async def test_pages_are_found_and_missing_files_are_not(visitor: Visitor) -> None:
    for page in ("/", "/index.html", "/projects/abc", "/projects/abc/runs", "/assetsandmore"):
        answer = await get(visitor, page)
        assert (answer.status_code, answer.text) == (200, "<title>studio</title>"), page
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
    for gone in ("/assets/gone.js", "/assets/gone", "/assets/", "/gone.js", "/assets/../../secret.txt"):
        assert (await get(visitor, gone)).status_code == 404, gone
    assert (await get(visitor, "/healthz")).json() == {"healthy": True}


async def test_hashed_names_are_kept_for_ever_and_others_asked_for_again(visitor: Visitor) -> None:
    for path in ("/assets/main-1a2b.js", "/assets/main-3c4d.css", "/assets/inter.woff2"):
        assert (await get(visitor, path)).headers["cache-control"] == FOREVER
    for path in ("/", "/projects/abc", "/sw.js", "/manifest.webmanifest"):
        assert (await get(visitor, path)).headers["cache-control"] == "no-cache"
    assert "immutable" not in (await get(visitor, "/assets/gone.js")).headers.get("cache-control", "")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/assets/main-1a2b.js", "text/javascript; charset=utf-8"),
        ("/sw.js", "text/javascript; charset=utf-8"),
        ("/assets/main-3c4d.css", "text/css; charset=utf-8"),
        ("/assets/inter.woff2", "font/woff2"),
        ("/manifest.webmanifest", "application/manifest+json"),
    ],
)
async def test_types_are_those_browsers_insist_on(visitor: Visitor, path: str, kind: str) -> None:
    assert (await get(visitor, path)).headers["content-type"] == kind


async def test_what_the_build_has_compressed_is_sent_so(visitor: Visitor) -> None:
    path = "/assets/main-1a2b.js"
    seen = set()
    for encodings, encoding, body in (
        ("gzip, deflate, br", "br", b"brotli"),
        ("gzip", "gzip", gzip.compress(SCRIPT)),
        ("br;q=0, gzip;q=0.5", "gzip", gzip.compress(SCRIPT)),
        ("identity", None, SCRIPT),
        ("deflate", None, SCRIPT),
    ):
        headers, sent = await raw(visitor, path, encodings)
        assert headers.get("content-encoding") == encoding
        assert gzip.decompress(sent) == SCRIPT if encoding == "gzip" else sent == body
        assert headers["content-length"] == str(len(sent))
        assert headers["content-type"] == "text/javascript; charset=utf-8"
        assert (headers["vary"], headers["cache-control"]) == ("accept-encoding", FOREVER)
        seen.add(headers["etag"])
    assert len(seen) == 3, "each form has a tag of its own"
    page, sent = await raw(visitor, "/projects/abc", "gzip")
    assert (page["content-encoding"], gzip.decompress(sent)) == ("gzip", b"<title>studio</title>")
    assert "vary" not in (await raw(visitor, "/sw.js", "gzip"))[0]


async def test_what_is_known_is_not_sent_again(visitor: Visitor) -> None:
    for encodings in ("identity", "br"):
        known = (await raw(visitor, "/assets/main-1a2b.js", encodings))[0]["etag"]
        again = await get(visitor, "/assets/main-1a2b.js", accept_encoding=encodings, if_none_match=known)
        assert (again.status_code, again.content) == (304, b"")
        assert (again.headers["vary"], again.headers["cache-control"]) == ("accept-encoding", FOREVER)
        other = await get(visitor, "/assets/main-1a2b.js", accept_encoding="gzip", if_none_match=known)
        assert other.status_code == 200


async def test_parts_are_of_the_file_itself(visitor: Visitor) -> None:
    whole = await get(visitor, "/assets/main-1a2b.js")
    part = await get(visitor, "/assets/main-1a2b.js", accept_encoding="br, gzip", range="bytes=7-11")
    assert (part.status_code, part.content) == (206, SCRIPT[7:12])
    assert part.headers["content-range"] == f"bytes 7-11/{len(SCRIPT)}"
    assert "content-encoding" not in part.headers
    assert part.headers["etag"] == whole.headers["etag"]
    compressed = (await raw(visitor, "/assets/main-1a2b.js", "br"))[0]["etag"]
    moved_on = await get(visitor, "/assets/main-1a2b.js", range="bytes=7-11", if_range=compressed)
    assert (moved_on.status_code, moved_on.content) == (200, SCRIPT)


async def test_heads_say_what_would_be_sent(visitor: Visitor) -> None:
    for path in ("/assets/main-1a2b.js", "/projects/abc", "/sw.js"):
        for encodings in ("identity", "br, gzip"):
            headers, _ = await raw(visitor, path, encodings)
            head = await visitor.http.head(path, headers={"accept-encoding": encodings})
            assert (head.status_code, head.content) == (200, b"")
            for name in ("content-length", "content-type", "content-encoding", "etag", "cache-control", "vary"):
                assert head.headers.get(name) == headers.get(name), (path, encodings, name)
    assert (await visitor.http.post("/sw.js")).status_code == 405


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("br", True),
        ("gzip, deflate, br, zstd", True),
        ("GZIP, BR;q=1.0", True),
        ("br; q=0.001", True),
        ("", False),
        ("brotli", False),
        ("br;q=0", False),
        ("br;q=0.000", False),
        ("*", False),
    ],
)
def test_only_encodings_that_are_named_are_sent(header: str, taken: bool) -> None:
    assert accepts(header, "br") == taken


async def test_pages_run_under_a_strict_policy(visitor: Visitor) -> None:
    for path in ("/", "/projects/abc", "/sw.js", "/assets/main-1a2b.js"):
        answer = await get(visitor, path)
        found = dict(rule.split(" ", 1) for rule in answer.headers["content-security-policy"].split("; "))
        host = f"{visitor.http.base_url.host}:{visitor.http.base_url.port}"
        assert found["connect-src"] == f"'self' ws://{host} wss://{host}"
        for source in ("default-src", "script-src", "style-src", "font-src", "manifest-src", "worker-src"):
            assert found[source] == "'self'"
        assert (found["object-src"], found["base-uri"], found["frame-ancestors"]) == ("'none'",) * 3
        assert "unsafe" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize("host", ["", "a b", "evil.example; script-src *", "x'", "a:b", "[::1]:8080", "*"])
def test_a_host_that_could_say_more_is_left_out(host: str) -> None:
    assert "connect-src 'self';" in policy(host)


async def test_a_build_that_replaces_files_breaks_no_answer_off(visitor: Visitor, tmp_path: Path) -> None:
    asset = tmp_path / "dist" / "assets" / "main-5e6f.js"
    builds = [b"a" * 300_000, b"b" * 100_000]
    asset.write_bytes(builds[0])
    answers: list[httpx.Response] = []

    async def read() -> None:
        answers.extend([await get(visitor, "/assets/main-5e6f.js") for _ in range(100)])

    async def build() -> None:
        while len(answers) < 400:
            for content in builds:
                fresh = asset.with_suffix(".new")
                fresh.write_bytes(content)
                fresh.rename(asset)
                await asyncio.sleep(0)
            asset.unlink()
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        for each in (read, read, read, read, build):
            group.create_task(each())
    for answer in answers:
        assert answer.status_code == 404 or answer.content in builds
    assert answers
