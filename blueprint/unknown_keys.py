"""Keys of a document that mean nothing: kept where they are, and reported."""

from collections.abc import Iterator
from itertools import islice

from blueprint.document import Graph
from blueprint.issues import Issue, error
from blueprint.ports import HOLDERS
from blueprint.quoting import quoted

MOST = 1000


def unknown_keys(graph: Graph, prefix: str = "") -> list[Issue]:
    """An issue for each unknown key of the document, its nodes and its edges; those inside Blocks are told there."""
    found = [
        error("unknown_field", f"{owner} has an unknown key {quoted(key)}", mend, path)
        for owner, path, key, mend in islice(_unknown(graph, prefix), MOST + 1)
    ]
    if len(found) > MOST:
        found[MOST:] = [error("limit", f"more than {MOST} unknown keys", "write the document anew")]
    return found


def _unknown(graph: Graph, prefix: str) -> Iterator[tuple[str, str | None, str, str]]:
    mend = "remove it, or put it under meta"
    owner = f"the graph of {quoted(prefix[:-1])}" if prefix else "the document"
    yield from ((owner, prefix[:-1] or None, key, mend) for key in graph.extra)
    for node in graph.nodes:
        path = prefix + node.id
        for key in node.extra:
            yield f"node {quoted(path)}", path, key, mend
        if node.graph is not None and node.type not in HOLDERS:
            yield f"node {quoted(path)}", path, "graph", f"remove it, or make the node a {' or '.join(HOLDERS)}"
    for edge in graph.edges:
        for key in edge.extra:
            yield f"the edge from {quoted(prefix + edge.source)} to {quoted(prefix + edge.target)}", None, key, mend
