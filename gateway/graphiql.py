"""GraphiQL for development, taught to send the header that every client must send."""

from strawberry.http.ides import get_graphql_ide_html

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' https://unpkg.com; "
    "style-src 'self' 'unsafe-inline' https://unpkg.com; font-src 'self' data: https://unpkg.com; "
    "img-src 'self' data:; "
    "worker-src 'self' blob:; frame-ancestors 'none'"
)


def page() -> str:
    """The page; its scripts come from a public CDN, with their hashes."""
    html = get_graphql_ide_html(graphql_ide="graphiql")
    return html.replace("const defaultHeaders = {};", 'const defaultHeaders = { "x-nf-client": "graphiql" };')
