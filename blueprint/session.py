"""A network under the hands of a person: after each edit, only what depends on it is examined again.

A node is examined anew when it changed, when an edge at its inputs did, or when a node before it gives
something else than it did; where a node gives the same as before, the change goes no further. Blocks are
examined as a whole.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import TypeVar

from blueprint.analysis import Analysis, NodeFigures, Totals, analysis_of, counted, sums_of, totals_of
from blueprint.dimensions import Dim, total
from blueprint.document import Graph
from blueprint.draft import Draft, Ends, closed, draft_of, ends
from blueprint.editing import perform
from blueprint.edits import Edit, EditError
from blueprint.examination import Examination
from blueprint.issues import Issue
from blueprint.memory import check_training
from blueprint.ports import HOLDERS, outputs_of
from blueprint.ranks import Ranks
from blueprint.record import Record
from blueprint.unknown_keys import unknown_keys

LONGEST_JOURNAL = 1000

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Watched(dict[Key, Value]):
    """A dict that notes which of its keys were written or deleted."""

    def __init__(self, values: dict[Key, Value]) -> None:
        super().__init__(values)
        self.changed: set[Key] = set()

    def __setitem__(self, key: Key, value: Value) -> None:
        self.changed.add(key)
        super().__setitem__(key, value)

    def __delitem__(self, key: Key) -> None:
        self.changed.add(key)
        super().__delitem__(key)


@dataclass(frozen=True, slots=True)
class Change:
    """What an edit changed: figures by node id (None: gone or failed), the new totals, and the edits that undo it."""

    nodes: dict[str, NodeFigures | None]
    totals: Totals
    undo: tuple[Edit, ...]


class Session:
    """A graph, its examination and its totals, kept in step with edits.

    Raises DocumentError where ids or edges are repeated, ValueError for settings of training that do not exist.
    """

    def __init__(self, graph: Graph, *, batch: int = 1, precision: str = "float32", optimizer: str = "adam") -> None:
        check_training(batch, precision, optimizer)
        self._training = (batch, precision, optimizer)
        self._base = graph
        self._journal: list[Edit] = []
        self._draft = _watched_draft(graph)
        self._examine()

    @property
    def graph(self) -> Graph:
        """The network as it is now."""
        return closed(self._draft, self._base)

    @property
    def totals(self) -> Totals:
        """What the whole network costs."""
        batch, _, optimizer = self._training
        return totals_of(self._sums, self._activations, batch, optimizer)

    def figures(self, id: str) -> NodeFigures | None:
        """What is known of one node; None where it failed."""
        return self._figures.get(id)

    def analysis(self) -> Analysis:
        """The whole answer, as `analyze` gives it for the graph."""
        self._sort()
        return analysis_of(self._found, *self._training)

    def issues(self) -> list[Issue]:
        """All issues, causes before consequences."""
        self._sort()
        return self._found.issues()

    def apply(self, edits: Iterable[Edit]) -> Change:
        """Apply a batch of edits. Raises EditError; nothing has changed then."""
        batch = tuple(edits)
        try:
            undo = perform(self._draft, batch)
        except EditError:
            self._draft = _watched_draft(self._base)
            perform(self._draft, self._journal)
            _take(self._draft.nodes)
            _take(self._draft.edges)
            raise
        self._note(batch)
        nodes, edges = _take(self._draft.nodes), _take(self._draft.edges)
        if self._found.wiring.cyclic or self._found.wiring.cut or not self._rewire(nodes, edges):
            before = self._figures
            self._examine()
            return Change({id: self._figures.get(id) for id in {**before, **self._figures}}, self.totals, undo)
        self._review_keys(nodes, edges)
        figures = self._refresh({*nodes, *(key[2] for key in edges)}, {key[0] for key in edges})
        return Change(figures, self.totals, undo)

    def _note(self, batch: tuple[Edit, ...]) -> None:
        """Remember how the draft came to be; now and then it is the base of what follows."""
        self._journal += batch
        if len(self._journal) > LONGEST_JOURNAL:
            self._base, self._journal = self.graph, []

    def _examine(self) -> None:
        """Examine everything."""
        found = self._found = Examination(self.graph)
        wiring = found.wiring
        self._ranks = Ranks(
            wiring.order,
            lambda id: [edge.source for edge in wiring.incoming[id]],
            lambda id: [edge.target for edge in wiring.outgoing[id]],
        )
        self._sorted = True
        self._figures: dict[str, NodeFigures] = {}
        self._kept: dict[str, Dim] = {}
        for id, record in found.records.items():
            if record.facts:
                self._figures[id], self._kept[id] = counted(record, found, self._training[1])
        self._sums = sums_of(self._figures.values())
        self._activations = total(self._kept.values())
        _take(self._draft.nodes)
        _take(self._draft.edges)

    def _rewire(self, nodes: set[str], edges: set[Ends]) -> bool:
        """Bring wiring and ranks in step with the draft; False where a circle or a loose end came about."""
        wiring, draft = self._found.wiring, self._draft
        for id in nodes:
            self._place(id)
        self._sorted = (
            self._sorted and not edges and all(id in self._found.records and id in draft.nodes for id in nodes)
        )
        drawn = {key for key in edges if key in draft.edges}
        if any(key[0] not in draft.nodes or key[2] not in draft.nodes for key in drawn):
            return False
        met = {end for key in edges for end in (key[0], key[2]) if end in draft.nodes}
        for id in met:
            self._attach(id, leave_out=drawn)
        for key in drawn:
            wiring.incoming[key[2]].append(draft.edges[key])
            wiring.outgoing[key[0]].append(draft.edges[key])
            if not self._ranks.connect(key[0], key[2]):
                return False
        for id in met:
            self._attach(id, leave_out=set())
        return True

    def _attach(self, id: str, leave_out: set[Ends]) -> None:
        """The edges at a node, in the draft's order."""
        touching = [edge for edge in self._draft.edges_at(id) if ends(edge) not in leave_out]
        self._found.wiring.incoming[id] = [edge for edge in touching if edge.target == id]
        self._found.wiring.outgoing[id] = [edge for edge in touching if edge.source == id]

    def _place(self, id: str) -> None:
        """A node that was added, changed, or is gone."""
        wiring, node = self._found.wiring, self._draft.nodes.get(id)
        if node is None:
            for table in (wiring.nodes, wiring.incoming, wiring.outgoing):
                table.pop(id, None)
            if id in self._ranks.rank:
                self._ranks.remove(id)
            return
        wiring.nodes[id] = node
        if id not in self._ranks.rank:
            wiring.incoming[id], wiring.outgoing[id] = [], []
            self._ranks.add(id)

    def _refresh(self, dirty: set[str], sources: set[str]) -> dict[str, NodeFigures | None]:
        """Examine the dirty nodes in running order, and those that their change reaches; `sources` only count anew."""
        found, ranks = self._found, self._ranks.rank
        gone = {id for id in dirty | sources if id not in found.wiring.nodes}
        changed = set(gone) | sources
        for id in gone:
            changed |= self._forgotten(id)
        waiting = [(ranks[id], id) for id in dirty - gone]
        heapify(waiting)
        done: set[str] = set()
        while waiting:
            _, id = heappop(waiting)
            if id in done:
                continue
            done.add(id)
            before = found.records.get(id)
            after = found.examine(id)
            changed |= {id, *_makers(before), *_makers(after)}
            if before is None or not _gives_the_same(before, after):
                for edge in found.wiring.outgoing[id]:
                    heappush(waiting, (ranks[edge.target], edge.target))
        return {id: self._recount(id) for id in changed}

    def _forgotten(self, id: str) -> set[str]:
        """Forget a node that is gone; the makers of what it kept."""
        makers = _makers(self._found.records.get(id))
        self._found.forget(id)
        return makers

    def _recount(self, id: str) -> NodeFigures | None:
        """Put a node's figures, as they are now, into the sums in place of those before."""
        record = self._found.records.get(id)
        old, old_kept = self._figures.pop(id, None), self._kept.pop(id, 0)
        new, new_kept = counted(record, self._found, self._training[1]) if record and record.facts else (None, 0)
        self._sums = self._sums.exchanged(old, new)
        self._activations = total((self._activations, -old_kept, new_kept))
        if new is not None:
            self._figures[id], self._kept[id] = new, new_kept
        return new

    def _review_keys(self, nodes: set[str], edges: set[Ends]) -> None:
        """Tell of unknown keys anew where there were some or an edit brought some."""
        draft = self._draft
        brought = [draft.nodes[id] for id in nodes if id in draft.nodes]
        strange = any(node.extra or (node.graph and node.type not in HOLDERS) for node in brought)
        if strange or self._found.document_issues or any(draft.edges[key].extra for key in edges if key in draft.edges):
            self._found.document_issues = unknown_keys(self.graph)

    def _sort(self) -> None:
        """Put the nodes in the one order that a whole examination has."""
        if not self._sorted:
            self._found.wiring.put_in_order()
            self._sorted = True


def _watched_draft(graph: Graph) -> Draft:
    draft = draft_of(graph)
    draft.nodes, draft.edges = Watched(draft.nodes), Watched(draft.edges)
    return draft


def _take(table: dict[Key, Value]) -> set[Key]:
    """The keys changed since the last time."""
    assert isinstance(table, Watched)
    changed, table.changed = table.changed, set()
    return changed


def _makers(record: Record | None) -> set[str]:
    """The nodes whose tensors a node keeps for the backward pass."""
    return {maker for maker, _ in record.kept} if record else set()


def _gives_the_same(before: Record, after: Record) -> bool:
    return (
        before.outputs == after.outputs
        and before.failed == after.failed
        and before.learns == after.learns
        and before.makers == after.makers
        and (after.facts is not None or outputs_of(before.node) == outputs_of(after.node))
    )
