"""/files/*: the object store behind the gateway's own origin, for presigned links only.

The signature in the link is the authority and is checked by the store; the gateway adds that nothing else gets through:
one bucket, one object, reading or writing, bounded sizes. A form of fields and a file is posted to the bucket itself.
"""

import contextlib
import re
from collections.abc import AsyncIterator, Mapping
from urllib.parse import parse_qsl

import httpx
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from gateway.errors import Problem
from gateway.forms import FRAME_BYTES, Form
from gateway.links import Links

MOST_UPLOAD_BYTES = 2 * 1024**3
TIMEOUT = httpx.Timeout(10, read=60, write=60)
FORM_TIMEOUT = httpx.Timeout(10, read=300, write=60)  # the store looks at a form when it has the whole of it
SIGNED = {f"X-Amz-{name}" for name in ("Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature")}
ALLOWED = SIGNED | {"response-content-disposition", "response-content-type"}
PASSED_ON = ("range", "if-range", "if-none-match", "if-modified-since", "content-type", "content-length")
PASSED_BACK = ("content-type", "content-length", "content-range", "content-disposition", "accept-ranges", "etag")
SENTENCES = {
    400: "the object store does not take this request; ask for a new link",
    403: "this link is not valid or has expired; ask for a new one",
    404: "there is no such file",
    412: "the file has changed",
    416: "the file has no such range",
}
KEY = re.compile(rb"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2}|/)+")
PARENTS = re.compile(r"(?:^|/)(?:\.|%2e){0,2}(?:/|$)", re.IGNORECASE)


class Files:
    """The proxy; `close` when done."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._client = httpx.AsyncClient(
            timeout=TIMEOUT, limits=httpx.Limits(max_connections=64), trust_env=False, follow_redirects=False
        )

    async def serve(self, request: Request) -> Response:
        """Raises Problem for anything but one presigned GET or PUT of one object, or one presigned form."""
        if request.method == "POST":
            return await self._post(request)
        path = _object_path(request, self._links.bucket)
        _check_query(request.url.query)
        body = _upload(request) if request.method == "PUT" else None
        url = httpx.URL(f"{self._links.origin}/{path}?{request.url.query}")
        headers = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
        headers["accept-encoding"] = "identity"
        try:
            message = self._client.build_request(request.method, url, headers=headers, content=body)
            answer = await self._client.send(message, stream=True)
        except httpx.HTTPError as error:
            raise Problem(503, "UNAVAILABLE", "the object store does not answer now; try again in a moment") from error
        if answer.status_code >= 400:
            await answer.aclose()
            raise _refused(answer.status_code)
        return StreamingResponse(_content(answer), answer.status_code, _headers(answer.headers))

    async def _post(self, request: Request) -> Response:
        if request.path_params["path"] != self._links.bucket or request.url.query:
            raise Problem(404, "NOT_FOUND", "forms are posted to the address the API gave for them")
        content_type = request.headers.get("content-type", "")
        form, length = Form(content_type, MOST_UPLOAD_BYTES), _length(request, MOST_UPLOAD_BYTES + FRAME_BYTES)
        message = self._client.build_request(
            "POST",
            f"{self._links.origin}/{self._links.bucket}",
            headers={"content-type": content_type, "content-length": length, "accept-encoding": "identity"},
            content=_followed(request, form),
            timeout=FORM_TIMEOUT,
        )
        try:
            answer = await self._client.send(message)
        except httpx.HTTPError as error:
            raise Problem(503, "UNAVAILABLE", "the object store does not answer now; try again in a moment") from error
        if answer.status_code >= 400:
            raise _refused(answer.status_code)
        return Response(status_code=204)

    async def close(self) -> None:
        await self._client.aclose()


def _object_path(request: Request, bucket: str) -> str:
    raw: bytes = request.scope["raw_path"]
    path = raw.partition(b"/files/")[2]
    text = path.decode("ascii", "replace")
    key = text.removeprefix(f"{bucket}/")
    if key == text or not key or not KEY.fullmatch(path) or PARENTS.search(key):
        raise Problem(404, "NOT_FOUND", "there is no such file")
    return text


def _check_query(query: str) -> None:
    names = {name for name, _ in parse_qsl(query, keep_blank_values=True)}
    if not names >= SIGNED or not names <= ALLOWED:
        raise Problem(403, "UNSIGNED", "files are reached by presigned links only; ask the API for one")


async def _content(answer: httpx.Response) -> AsyncIterator[bytes]:
    async with contextlib.aclosing(answer):
        async for chunk in answer.aiter_raw():
            yield chunk


async def _counted(request: Request) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MOST_UPLOAD_BYTES:
            raise _too_large()
        yield chunk


async def _followed(request: Request, form: Form) -> AsyncIterator[bytes]:
    async for chunk in request.stream():
        form.feed(chunk)
        yield chunk
    form.finish()


def _upload(request: Request) -> AsyncIterator[bytes]:
    _length(request, MOST_UPLOAD_BYTES)
    return _counted(request)


def _length(request: Request, most: int) -> str:
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        raise Problem(411, "LENGTH_REQUIRED", "say how large the file is with `content-length`")
    if int(length) > most:
        raise _too_large()
    return length


def _too_large() -> Problem:
    return Problem(413, "TOO_LARGE", f"a file may have at most {MOST_UPLOAD_BYTES} bytes; send a smaller one")


def _refused(status: int) -> Problem:
    if status >= 500:
        return Problem(503, "UNAVAILABLE", "the object store does not answer now; try again in a moment")
    return Problem(status, "FILE_REFUSED", SENTENCES.get(status, SENTENCES[400]))


def _headers(given: Mapping[str, str]) -> dict[str, str]:
    """What a browser may know; whatever the file holds, it is no page of ours."""
    headers = {name: given[name] for name in PASSED_BACK if name in given}
    return {"content-disposition": "attachment"} | headers | {"content-security-policy": "sandbox; default-src 'none'"}
