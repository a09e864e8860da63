"""Changes to a network as values: what a person can do to it, one by one or in batches.

Edits speak of the graph with handles written, so `Disconnect(Edge("a", "b"))` finds the edge into b's
first port however the document spelt it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from blueprint.codec import JSON
from blueprint.document import Edge, Node, Position


class EditError(ValueError):
    """An edit cannot be read or applied; `index` tells which of the batch, None where it is the batch itself."""

    def __init__(self, index: int | None, message: str) -> None:
        super().__init__(message if index is None else f"edits[{index}]: {message}")
        self.index = index
        self.message = message


@dataclass(frozen=True, slots=True)
class AddNode:
    """Put a new node on the canvas."""

    node: Node


@dataclass(frozen=True, slots=True)
class RemoveNode:
    """Take a node away, and every edge at it."""

    id: str


@dataclass(frozen=True, slots=True)
class Replace:
    """Put another node in a node's place, under the same id; edges whose ports it has too stay."""

    id: str
    node: Node


@dataclass(frozen=True, slots=True)
class Configure:
    """Set some settings of a node and take others back to their defaults."""

    id: str
    set: Mapping[str, JSON] = field(default_factory=dict)
    unset: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RenameNode:
    """Give a node another id; its edges follow, and at a Block's Input or Output the edges outside too."""

    id: str
    new_id: str


@dataclass(frozen=True, slots=True)
class Connect:
    """Draw an edge."""

    edge: Edge


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Take the edge between these ends away."""

    edge: Edge


@dataclass(frozen=True, slots=True)
class MoveNode:
    """Draw a node elsewhere, or wherever there is room."""

    id: str
    position: Position | None


@dataclass(frozen=True, slots=True)
class Group:
    """Put nodes into a new Block `id`.

    What fed them from outside now feeds an Input of the Block, named after the first port it feeds
    inside (`in`, `query`, `in2`); what left them now leaves an Output, named after the port it leaves.
    """

    ids: tuple[str, ...]
    id: str


@dataclass(frozen=True, slots=True)
class Ungroup:
    """Dissolve a Block that is not repeated; `prefix` goes before the ids of the nodes that come out of it."""

    id: str
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Within:
    """Edit the graph that a node holds. Edges at a port of the node follow where the port is renamed."""

    id: str
    edits: tuple["Edit", ...]


Edit: TypeAlias = (
    AddNode | RemoveNode | Replace | Configure | RenameNode | Connect | Disconnect | MoveNode | Group | Ungroup | Within
)
