"""A document and the edits on it, drawn and analysed when first looked at.

Folding a history only gathers the batches, so that no network, however large, holds up the event loop. The work is
done by whoever looks, in a thread, and remembered; threads that look at the same time come to the same result.
"""

import json
from dataclasses import replace
from typing import Any

import blueprint
from blueprint import Analysis, Graph
from blueprint.codec import encode
from blueprint.document import position_to_json
from kernel.errors import Rejected

# With the largest document it still fits into one message.
MOST_ANALYSIS_BYTES = 16 * 2**20


class Drawing:
    """A graph that does not change: a document (JSON) or a graph, and the batches of edits that follow, JSON each.

    `name` is what it is called where that is no longer the document's own name.
    """

    def __init__(self, start: bytes | Graph, batches: tuple[bytes, ...] = (), name: str = "") -> None:
        self._source = (start, batches)
        self._name = name
        self._analysis: Analysis | None = None

    def edited(self, batch: bytes) -> "Drawing":
        """The drawing after a further batch."""
        start, batches = self._source
        return Drawing(start, (*batches, batch), self._name)

    def renamed(self, name: str) -> "Drawing":
        """The drawing under another name."""
        start, batches = self._source
        return Drawing(start, batches, name)

    @property
    def graph(self) -> Graph:
        start, batches = self._source
        graph = start if isinstance(start, Graph) else blueprint.parse(start)
        for batch in batches:
            graph = blueprint.apply(graph, blueprint.edits_from_json(json.loads(batch)))
        if self._name:
            graph = replace(graph, name=self._name)
        self._source = (graph, ())
        return graph

    @property
    def document(self) -> bytes:
        """The whole document, JSON."""
        return encode(blueprint.to_document(self.graph))

    @property
    def analysis(self) -> Analysis:
        if self._analysis is None:
            self._analysis = blueprint.analyze(self.graph)
        return self._analysis

    @property
    def analysis_json(self) -> bytes:
        return analysis_json(self.analysis)

    @property
    def version_document(self) -> bytes:
        """The document as versions keep it: its content in canonical form, with the name and where nodes are drawn."""
        graph = self.graph
        content = json.loads(blueprint.canonical(graph)) | {"name": graph.name}
        _draw(content, graph)
        return encode(content)


def _draw(content: dict[str, Any], graph: Graph) -> None:
    """Write into the content of a graph where its nodes are drawn, inside Blocks too."""
    nodes = {node.id: node for node in graph.nodes}
    for written in content["nodes"]:
        node = nodes[written["id"]]
        if node.position:
            written["position"] = position_to_json(node.position)
        if node.graph:
            _draw(written["graph"], node.graph)


def analysis_json(analysis: Analysis) -> bytes:
    """An analysis as JSON; raises Rejected where it is too large to send, as with countless issues."""
    data = encode(analysis.to_json())
    if len(data) > MOST_ANALYSIS_BYTES:
        raise Rejected(
            f"the analysis has {len(analysis.issues)} issues and {len(data) >> 20} MiB, more than can be sent; "
            "correct the document or make it smaller",
            field="document",
        )
    return data
