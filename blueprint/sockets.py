"""The edges into one node sorted by its ports, and what is wrong there."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from blueprint.catalogue.layer import Port
from blueprint.document import Edge
from blueprint.issues import Issue, error, titled
from blueprint.quoting import quoted

Source = tuple[str, str, str]


class Sockets(NamedTuple):
    """What enters a node, as (port, source id, source port) in port order, and what is wrong there."""

    sources: tuple[Source, ...]
    issues: Sequence[Issue] = ()
    incomplete: bool = False


def sockets(type: str, path: str, ports: Sequence[Port], edges: Sequence[Edge]) -> Sockets:
    """Sort the edges into a node by its ports, and report those that fit none, or one already taken."""
    if len(edges) == 1 and len(ports) == 1 and edges[0].target_handle == ports[0].name and not ports[0].variadic:
        edge = edges[0]
        return Sockets(((ports[0].name, edge.source, edge.source_handle or ""),))
    taken: dict[str, Edge] = {}
    issues: list[Issue] = []
    for edge in edges:
        handle = edge.target_handle or ""
        if not any(port.accepts(handle) for port in ports):
            issues.append(_no_such_input(type, path, ports, edge))
        elif handle in taken:
            issues.append(_second_input(type, path, edge, taken[handle]))
        else:
            taken[handle] = edge
    sources: list[Source] = []
    incomplete = False
    for port in ports:
        if port.stand_in in taken:
            taken.setdefault(port.name, taken[port.stand_in])
        handles = _handles(port, taken)
        sources += [(handle, taken[handle].source, taken[handle].source_handle or "") for handle in handles]
        if missing := _missing(port, handles):
            incomplete = True
            issues.append(_missing_input(type, path, port, missing, len(handles)))
    return Sockets(tuple(sources), issues, incomplete)


def _handles(port: Port, taken: Iterable[str]) -> list[str]:
    mine = [handle for handle in taken if port.accepts(handle)]
    return sorted(mine, key=lambda handle: port.index(handle) or 0)


def _missing(port: Port, handles: list[str]) -> str | None:
    """The first port that should be connected and is not."""
    if not port.variadic:
        return None if handles or port.optional else port.name
    gap = next((n for n, handle in enumerate(handles) if port.index(handle) != n), len(handles))
    return f"{port.name}.{gap}" if gap < max(port.minimum, len(handles)) else None


def _no_such_input(type: str, path: str, ports: Sequence[Port], edge: Edge) -> Issue:
    names = [f"{port.name}.0, {port.name}.1, ..." if port.variadic else quoted(port.name) for port in ports]
    mend = f"connect it to {', '.join(names)}" if names else "it takes none, remove the edge"
    handle = quoted(edge.target_handle or "in")
    what = f"{titled(type, path)}: has no input {handle} for the edge from {quoted(edge.source)}"
    return error("unknown_port", what, mend, path, edge.target_handle)


def _second_input(type: str, path: str, edge: Edge, first: Edge) -> Issue:
    handle = edge.target_handle or ""
    what = f"{titled(type, path)}: both {quoted(first.source)} and {quoted(edge.source)} feed {quoted(handle)}"
    return error("too_many_inputs", what, "keep one of the edges, or join the two by Add or Concat", path, handle)


def _missing_input(type: str, path: str, port: Port, missing: str, connected: int) -> Issue:
    if port.variadic:
        what = f"{titled(type, path)}: {connected} of at least {max(port.minimum, connected + 1)} inputs are connected"
    else:
        what = f"{titled(type, path)}: nothing is connected to {quoted(missing)}"
    return error("missing_input", what, f"connect a layer to {quoted(missing)}", path, missing)
