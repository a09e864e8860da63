"""Edits as lines that a person reads: what was done, to what, and from which value to which."""

from collections.abc import Iterable, Iterator, Mapping

from blueprint import (
    AddNode,
    Configure,
    Connect,
    Disconnect,
    Edge,
    Edit,
    Graph,
    Group,
    MoveNode,
    Node,
    RemoveNode,
    RenameNode,
    Replace,
    Ungroup,
    Within,
)
from blueprint.codec import JSON
from blueprint.draft import Draft, draft_of
from blueprint.editing import perform
from blueprint.quoting import printable, shown


def told(graph: Graph, edits: Iterable[Edit]) -> Iterator[str]:
    """A line for each edit of the graph, and one for each setting that it sets."""
    yield from _all(draft_of(graph), edits, "")


def _all(draft: Draft, edits: Iterable[Edit], path: str) -> Iterator[str]:
    for edit in edits:
        yield from _one(draft, edit, path)
        perform(draft, [edit])


def _one(draft: Draft, edit: Edit, path: str) -> Iterator[str]:
    match edit:
        case AddNode(node):
            yield f"add        {_name(path, node.id)}: {_described(node)}"
        case RemoveNode(id):
            yield f"remove     {_name(path, id)}: {_described(draft.node(id))}"
        case Replace(id, node):
            yield f"replace    {_name(path, id)}: {_described(draft.node(id))} -> {_described(node)}"
        case Configure():
            yield from _settings(draft.node(edit.id).config, edit, path)
        case RenameNode(id, new_id):
            yield f"rename     {_name(path, id)} -> {printable(new_id)}"
        case Connect(edge):
            yield f"connect    {_line(edge, path)}"
        case Disconnect(edge):
            yield f"disconnect {_line(edge, path)}"
        case Group(ids, id):
            yield f"group      {', '.join(_name(path, each) for each in ids)} -> {_name(path, id)}"
        case Ungroup(id):
            yield f"ungroup    {_name(path, id)}"
        case MoveNode(id):
            yield f"move       {_name(path, id)}"
        case Within(id, inner):
            yield from _all(draft.inside(id), inner, f"{path}{id}/")


def _settings(before: Mapping[str, JSON], edit: Configure, path: str) -> Iterator[str]:
    for key in [*edit.set, *edit.unset]:
        was = shown(before[key]) if key in before else "not set"
        now = shown(edit.set[key]) if key in edit.set else "not set"
        yield f"set        {_name(path, edit.id)}.{printable(key)}: {was} -> {now}"


def _described(node: Node) -> str:
    settings = " ".join(f"{printable(key)}={shown(value)}" for key, value in node.config.items())
    holds = f" of {len(node.graph.nodes)} nodes" if node.graph is not None else ""
    return printable(node.type) + holds + (f" {settings}" if settings else "")


def _line(edge: Edge, path: str) -> str:
    source, target = _name(path, edge.source), _name(path, edge.target)
    return f"{source}{_handle(edge.source_handle, 'out')} -> {target}{_handle(edge.target_handle, 'in')}"


def _handle(handle: str | None, usual: str) -> str:
    return "" if handle in (None, usual) else f".{printable(handle or '')}"


def _name(path: str, id: str) -> str:
    return "".join(f"{printable(part)}/" for part in path.split("/")[:-1]) + printable(id)
