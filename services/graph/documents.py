"""What callers send, as blueprints and edits: the one place where blueprint's refusals become this service's."""

from dataclasses import replace

import blueprint
from blueprint import DocumentError, Edit, EditError, Graph
from blueprint.codec import MAX_BYTES, decode, encode
from kernel.errors import NotFound, Rejected
from kernel.names import clean_name

MOST_DRAWN = 5_000


def read_document(data: bytes) -> Graph:
    """A document as it came; raises Rejected."""
    try:
        return blueprint.parse(data)
    except DocumentError as error:
        raise Rejected(str(error), field="document") from error


def first_drawing(data: bytes) -> Graph:
    """A document that can be edited, which one with repeated ids cannot, and drawn; raises Rejected."""
    try:
        return _drawn(blueprint.apply(read_document(data), ()))
    except DocumentError as error:
        raise Rejected(str(error), field="document") from error


def from_template(name: str, parameters: bytes) -> Graph:
    """A template's graph; raises NotFound for the template and Rejected for a parameter."""
    names = [template.name for template in blueprint.templates()]
    if name not in names:
        raise NotFound(f"there is no template {name[:40]!r}; choose one of {', '.join(names)}")
    try:
        values = decode(parameters) if parameters else {}
        if not isinstance(values, dict):
            raise DocumentError('the parameters must be a JSON object such as {"classes": 10}')
        return _drawn(blueprint.apply(blueprint.instantiate(name, values), ()))
    except DocumentError as error:
        raise Rejected(f"template parameters: {error}", field="template.parameters") from error


def _drawn(graph: Graph) -> Graph:
    """The graph with a position for every node; one so large that nobody looks at all of it stays as it is."""
    return blueprint.layout(graph) if graph.size[0] <= MOST_DRAWN else graph


def named(graph: Graph, name: str) -> Graph:
    """The graph under `name`, or under its own where that is empty; raises Rejected."""
    return replace(graph, name=clean_name(name or graph.name, "an architecture", "name" if name else "document"))


def stored(graph: Graph, field: str) -> bytes:
    """The document to keep, sure to be readable again; raises Rejected where the network has grown beyond that."""
    data = encode(blueprint.to_document(graph))
    try:
        blueprint.parse(data)
    except DocumentError as error:
        raise Rejected(f"the network grows too large: {error}; make it smaller or split it", field=field) from error
    return data


def read_edits(data: bytes) -> tuple[Edit, ...]:
    """A batch of edits; raises Rejected naming the edit that is wrong."""
    if len(data) > MAX_BYTES:
        raise Rejected(f"the edits are larger than {MAX_BYTES // 2**20} MiB; send them in batches", field="edits")
    try:
        return blueprint.edits_from_json(decode(data))
    except DocumentError as error:
        raise Rejected(f"the edits cannot be read: {error}", field="edits") from error
    except EditError as error:
        raise Rejected(str(error), field="edits") from error


def edit(graph: Graph, edits: tuple[Edit, ...]) -> Graph:
    """The graph after all edits; raises Rejected naming the one that does not apply."""
    try:
        return blueprint.apply(graph, edits)
    except (EditError, DocumentError) as error:
        raise Rejected(str(error), field="edits") from error
