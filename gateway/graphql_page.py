"""What a browser is shown at `/graphql` in development: how to ask, and the schema. It loads nothing from anywhere."""

from functools import cache
from html import escape

from gateway.schema import SCHEMA

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>NeuralForge: GraphQL</title>
<h1>GraphQL is here</h1>
<p>There is no explorer on this page: it would have to be loaded from elsewhere, and this works without a network.
Introspection is on in development mode, so any GraphQL client of yours can open this address; let it send the header
<code>x-nf-client</code> with any name, and <code>authorization: Bearer &lt;access_token&gt;</code> from
<code>POST /auth/login</code>. For example:</p>
<pre>curl {address} -H 'content-type: application/json' -H 'x-nf-client: curl' \\
  -H "authorization: Bearer $TOKEN" -d '{{"query": "{{ me {{ user {{ name }} }} }}"}}'</pre>
<h2>Schema</h2>
<pre>{schema}</pre>
</html>
"""


@cache
def _schema() -> str:
    return escape(f"{SCHEMA}")


def page(address: str) -> str:
    """The page for who reached it at `address`."""
    return PAGE.format(address=escape(address), schema=_schema())
