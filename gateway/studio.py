"""`/`: the studio where it has been built, else a page that says how to go on."""

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

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
            return await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or "." in path.rsplit("/", 1)[-1]:
                raise
            return await super().get_response("index.html", scope)


def studio_route(folder: Path) -> BaseRoute:
    """What answers at `/`."""
    if (folder / "index.html").is_file():
        return Mount("/", Studio(directory=folder, html=True))
    return Route("/", _not_built)


async def _not_built(request: object) -> Response:
    return HTMLResponse(NOT_BUILT)
