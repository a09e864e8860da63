"""What it costs to go from one network to another: the edits, and every figure before and after."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from blueprint.analysis import Totals, analyze
from blueprint.codec import JSON
from blueprint.diff import diff
from blueprint.document import Graph, Node
from blueprint.draft import closed, draft_of
from blueprint.edit_json import edits_to_json
from blueprint.edits import Edit
from blueprint.identity import follow

FIGURES = ("params", "trainable_params", "macs", "activation_bytes")


@dataclass(frozen=True, slots=True)
class Change:
    """A figure as the analysis spells it, a decimal string or an expression; None where it has none."""

    before: str | None
    after: str | None

    def to_json(self) -> dict[str, JSON]:
        """before and after."""
        return {"before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True)
class NodeChange:
    """A node's figures: its path now and as it was, None where it is gone, or new."""

    node: str | None
    was: str | None
    figures: Mapping[str, Change]

    @property
    def matters(self) -> bool:
        """Whether the node came, went, or costs something else."""
        same = all(change.before == change.after for change in self.figures.values())
        return self.node is None or self.was is None or not same

    def to_json(self) -> dict[str, JSON]:
        """node, was, and each figure by its name."""
        figures = {name: change.to_json() for name, change in self.figures.items()}
        return {"node": self.node, "was": self.was, **figures}


@dataclass(frozen=True, slots=True)
class Comparison:
    """The edits from one network to another, the nodes whose figures changed, and all totals."""

    edits: tuple[Edit, ...]
    nodes: tuple[NodeChange, ...]
    totals: Mapping[str, Change]

    def to_json(self) -> dict[str, JSON]:
        """The comparison as JSON."""
        return {
            "edits": edits_to_json(self.edits),
            "nodes": [node.to_json() for node in self.nodes],
            "totals": {name: change.to_json() for name, change in self.totals.items()},
        }


def compare(a: Graph, b: Graph) -> Comparison:
    """Compare two networks. Raises DocumentError where no edits lead from one to the other."""
    return compare_analysed(a, b, analyze(a).to_json(), analyze(b).to_json())


def compare_analysed(a: Graph, b: Graph, before: Mapping[str, Any], after: Mapping[str, Any]) -> Comparison:
    """The same of networks whose analyses, in their JSON form, are known."""
    totals = {name: Change(before["totals"][name], after["totals"][name]) for name in Totals.__slots__}
    changes = (_change(node, was, before["nodes"], after["nodes"]) for node, was in pairs(a, b))
    return Comparison(diff(a, b), tuple(change for change in changes if change.matters), totals)


def pairs(a: Graph, b: Graph) -> list[tuple[str | None, str | None]]:
    """Paths in `b` and in `a` of the same nodes, whatever they are called and wherever they are; None for none."""
    old, new = draft_of(_marked(a, "")), draft_of(b)
    follow(old, new)
    origins = {path: str((node.meta or {})["was"]) for path, node in _paths(closed(old, a), "") if node.meta}
    now: list[tuple[str | None, str | None]] = [(path, origins.get(path)) for path, _ in _paths(closed(new, b), "")]
    known = {was for _, was in now}
    return [*now, *((None, path) for path, _ in _paths(a, "") if path not in known)]


def _change(node: str | None, was: str | None, before: Mapping[str, Any], after: Mapping[str, Any]) -> NodeChange:
    old, new = before.get(was or "", {}), after.get(node or "", {})
    return NodeChange(node, was, {name: Change(old.get(name), new.get(name)) for name in FIGURES})


def _marked(graph: Graph, path: str) -> Graph:
    """The graph with each node's path in its dress, where edits carry it along."""
    return replace(graph, nodes=tuple(_marked_node(node, path) for node in graph.nodes))


def _marked_node(node: Node, path: str) -> Node:
    inner = None if node.graph is None else _marked(node.graph, f"{path}{node.id}/")
    return replace(node, meta={"was": path + node.id}, graph=inner)


def _paths(graph: Graph, path: str) -> Iterator[tuple[str, Node]]:
    for node in graph.nodes:
        yield path + node.id, node
        yield from _paths(node.graph or Graph(), f"{path}{node.id}/")
