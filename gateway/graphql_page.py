"""What a browser is shown at `/graphql` in development: GraphiQL, or else how to ask, and the schema.

GraphiQL is built beside the studio; nothing is loaded from elsewhere.
"""

from functools import cache
from html import escape
from pathlib import Path

from starlette.responses import FileResponse, HTMLResponse, Response

from gateway.schema import SCHEMA
from gateway.security import policy

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>NeuralForge: GraphQL</title>
<h1>GraphQL is here</h1>
<p>GraphiQL would be on this page, but it is built together with the studio, which is not here: <code>make studio</code>
builds both. Introspection is on in development mode, so any GraphQL client of yours can open this address;
let it send the header
<code>x-nf-client</code> with any name, and <code>authorization: Bearer &lt;access_token&gt;</code> from
<code>POST /auth/login</code>. For example:</p>
<pre>curl {address} -H 'content-type: application/json' -H 'x-nf-client: curl' \\
  -H "authorization: Bearer $TOKEN" -d '{{"query": "{{ me {{ user {{ name }} }} }}"}}'</pre>
<h2>Schema</h2>
<pre>{schema}</pre>
</html>
"""


def graphql_page(studio: Path, address: str, host: str) -> Response:
    """The page for who reached it at `address`; `studio` is the folder of what was built."""
    graphiql = studio / "graphiql" / "graphiql.html"
    if not graphiql.is_file():
        return HTMLResponse(PAGE.format(address=escape(address), schema=_schema()))
    fonts_in_styles = policy(host).replace("font-src 'self'", "font-src 'self' data:")
    headers = {"content-security-policy": fonts_in_styles, "cache-control": "no-cache"}
    return FileResponse(graphiql, headers=headers, media_type="text/html")


@cache
def _schema() -> str:
    return escape(f"{SCHEMA}")
