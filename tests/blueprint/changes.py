"""Random edits of a random network: most of them fit it, some cannot be applied."""

from typing import Any

from hypothesis import strategies as st

from blueprint import (
    AddNode,
    Configure,
    Connect,
    Disconnect,
    Edge,
    Edit,
    EditError,
    Graph,
    Group,
    MoveNode,
    RemoveNode,
    RenameNode,
    Replace,
    Ungroup,
    Within,
    apply,
)
from tests.blueprint.networks import CONFIGS, HANDLES, IDS, NOTES, POSITIONS, graphs, nodes

HANDLE = st.none() | st.sampled_from(HANDLES)
KINDS = (AddNode, RemoveNode, Replace, Configure, RenameNode, Connect, Disconnect, MoveNode, Group, Ungroup, Within)


@st.composite
def edits(draw: st.DrawFn, graph: Graph = Graph(), depth: int = 2) -> Edit:  # noqa: B008
    """Any edit of the graph; nine times of ten it speaks of ids that are there."""
    known = [node.id for node in graph.nodes]
    holders = [node.id for node in graph.nodes if node.graph is not None]
    kind = draw(st.sampled_from(KINDS + (Within, Ungroup) * bool(holders)))
    fits = draw(st.integers(0, 9)) > 0
    ids = st.sampled_from((holders if holders and kind in (Within, Ungroup) else known) if fits and known else IDS)
    return draw(_edit(kind, graph, draw(ids), ids, depth))


def _edit(kind: Any, graph: Graph, id: str, ids: st.SearchStrategy[str], depth: int) -> st.SearchStrategy[Edit]:
    """An edit of a kind, of the node `id` and others."""
    several = st.lists(ids, min_size=1, max_size=3, unique=True).map(tuple)
    ends = st.builds(Edge, st.just(id), ids, HANDLE, HANDLE, meta=NOTES)
    edges = ends | st.sampled_from(graph.edges) if graph.edges else ends
    inner = next((node.graph for node in graph.nodes if node.id == id and node.graph is not None), Graph())
    kinds: dict[Any, st.SearchStrategy[Edit]] = {
        AddNode: st.builds(AddNode, st.sampled_from(IDS).flatmap(lambda id: nodes(id, depth))),
        RemoveNode: st.just(RemoveNode(id)),
        Replace: st.builds(Replace, st.just(id), nodes(id, depth)),
        Configure: st.builds(Configure, st.just(id), CONFIGS, st.just(()) | st.just(("p",))),
        RenameNode: st.builds(RenameNode, st.just(id), st.sampled_from(IDS)),
        Connect: st.builds(Connect, ends),
        Disconnect: st.builds(Disconnect, edges),
        MoveNode: st.builds(MoveNode, st.just(id), POSITIONS),
        Group: st.builds(Group, several, st.sampled_from(IDS)),
        Ungroup: st.builds(Ungroup, st.just(id), st.sampled_from(["", "b_"])),
        Within: st.builds(Within, st.just(id), batches(inner, depth - 1) if depth else st.just(())),
    }
    return kinds[kind]


@st.composite
def batches(draw: st.DrawFn, graph: Graph, depth: int = 2) -> tuple[Edit, ...]:
    """Edits that can be applied to the graph one after another."""
    done: list[Edit] = []
    for _ in range(draw(st.integers(0, 5))):
        edit = draw(edits(graph, depth))
        try:
            graph = apply(graph, [edit])
        except EditError:
            continue  # an edit drawn for this graph may still not fit: what cannot be applied is not of the batch
        done.append(edit)
    return tuple(done)


@st.composite
def edited(draw: st.DrawFn) -> tuple[Graph, tuple[Edit, ...]]:
    """A network and edits that can be applied to it."""
    graph = draw(graphs())
    return graph, draw(batches(graph))


@st.composite
def forks(draw: st.DrawFn) -> tuple[Graph, tuple[Edit, ...], tuple[Edit, ...]]:
    """A network, and what two people do to it."""
    graph = draw(graphs())
    return graph, draw(batches(graph)), draw(batches(graph))
