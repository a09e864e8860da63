"""`/`: the studio where it has been built, else a page that says how to go on."""

import os
from collections.abc import Mapping
from mimetypes import guess_type
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import NotModifiedResponse, PathLike, StaticFiles
from starlette.types import Scope

HASHED = "assets"  # the folder of files whose names change with their content
FOREVER = "public, max-age=31536000, immutable"
ASK_FIRST = "no-cache"
ENCODINGS = {"br": ".br", "gzip": ".gz"}
TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
NOT_BUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>NeuralForge</title>
<h1>NeuralForge is running</h1>
<p>The studio is not part of this version yet.</p>
<p>The API works without it: sign in at <code>POST /auth/register</code> or <code>/auth/login</code>, then send GraphQL
to <code>POST /graphql</code> with the headers <code>authorization: Bearer &lt;access_token&gt;</code> and
<code>x-nf-client: &lt;your client's name&gt;</code>.</p>
</html>
"""


class Studio(StaticFiles):
    """Built files; any other address is a page of the studio, which routes by itself."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            return await whole(await super().get_response(path, scope), scope)
        except HTTPException as error:
            if error.status_code != 404 or path.split("/")[0] == HASHED or "." in path.rsplit("/", 1)[-1]:
                raise
            return await whole(await super().get_response("index.html", scope), scope)

    def file_response(
        self, full_path: PathLike, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """The file, or what the build has compressed of it; parts are always of the file itself."""
        path, asked = Path(full_path), Headers(scope=scope)
        headers = {"cache-control": FOREVER if self._hashed(path) else ASK_FIRST}
        compressed, sent = compressed_forms(path), path
        if compressed:
            headers["vary"] = "accept-encoding"
        taken = [name for name in compressed if accepts(asked.get("accept-encoding", ""), name)]
        if taken and "range" not in asked:
            headers["content-encoding"], sent = taken[0], compressed[taken[0]]
            stat_result = sent.stat()
        response = FileResponse(sent, status_code, headers, media_type=media_type(path), stat_result=stat_result)
        known = self.is_not_modified(response.headers, asked)
        return NotModifiedResponse(response.headers) if known else response

    def _hashed(self, path: Path) -> bool:
        assert self.directory is not None
        return path.is_relative_to(Path(self.directory).resolve() / HASHED)


async def whole(response: Response, scope: Scope) -> Response:
    """The answer with its file read before its length is told: a build that replaces files breaks none off.

    Raises HTTPException where the file went away since it was found. Parts, and heads, stay as they are.
    """
    if not isinstance(response, FileResponse) or scope["method"] != "GET" or "range" in Headers(scope=scope):
        return response
    try:
        body, found = await run_in_threadpool(_read, str(response.path))
    except FileNotFoundError as error:
        raise HTTPException(404) from error
    for name in ("content-length", "etag", "last-modified"):
        del response.headers[name]
    response.set_stat_headers(found)
    response.headers["content-length"] = str(len(body))
    return Response(body, response.status_code, dict(response.headers))


def _read(path: str) -> tuple[bytes, os.stat_result]:
    with open(path, "rb") as file:
        return file.read(), os.fstat(file.fileno())


def compressed_forms(path: Path) -> Mapping[str, Path]:
    """The file in encodings, the better first."""
    forms = {name: path.with_name(path.name + suffix) for name, suffix in ENCODINGS.items()}
    return {name: form for name, form in forms.items() if form.is_file()}


def accepts(header: str, encoding: str) -> bool:
    """Whether an `accept-encoding` names the encoding, and not to refuse it."""
    for part in header.lower().split(","):
        name, _, weight = part.replace(" ", "").partition(";q=")
        if name == encoding:
            return weight.strip("0.") != "" or not weight
    return False


def media_type(path: Path) -> str:
    """Of the file as it was before it was compressed; the tables of machines differ, so ours comes first."""
    return TYPES.get(path.suffix) or guess_type(path.name)[0] or "application/octet-stream"


def studio_route(folder: Path) -> BaseRoute:
    """What answers at `/`."""
    if (folder / "index.html").is_file():
        return Mount("/", Studio(directory=folder, html=True))
    return Route("/", _not_built)


async def _not_built(request: object) -> Response:
    return HTMLResponse(NOT_BUILT)
