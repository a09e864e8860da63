"""Asking for issues in tests, and the two ends most networks have."""

from blueprint import Graph, Issue, analyze
from tests.blueprint.examples import Layer

INPUT: Layer = ("in", "Input", {"shape": ["B", 3, 8, 8]})
OUTPUT: Layer = ("out", "Output", {})


def found(graph: Graph) -> list[tuple[str, str | None]]:
    return [(issue.code, issue.node) for issue in analyze(graph).issues]


def only(graph: Graph, code: str, node: str = "layer") -> Issue:
    """The one issue with a code at a node."""
    (issue,) = [issue for issue in analyze(graph).issues if (issue.code, issue.node) == (code, node)]
    return issue


def complaint(graph: Graph, node: str = "layer") -> str:
    """The message of a node's one issue."""
    (issue,) = [issue for issue in analyze(graph).issues if issue.node == node]
    return issue.message
