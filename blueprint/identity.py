"""Which node of one network is which of another: what was grouped, dissolved or renamed on the way.

Ids tell, where they stayed. A node that is gone and a new one are the same where all but the id is
equal (type, settings, and what it is connected to), or all but id and settings, or where they are the
only ones of their type and settings at one of their connections.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from blueprint.canonical import node_content
from blueprint.codec import encode
from blueprint.document import Edge, Graph, Node
from blueprint.draft import Draft, closed, draft_of, ends, opened
from blueprint.editing import perform
from blueprint.edits import Edit, EditError, Group, RenameNode, Ungroup, Within
from blueprint.outside import SIDES
from blueprint.ungrouping import dissolvable

ROUNDS = 8

Numbers: TypeAlias = dict[Hashable, int]


def follow(old: Draft, new: Draft) -> list[Edit]:
    """The edits, made on `old` too, after which the nodes of both are the same where their paths are."""
    told = align(old, new)
    for id in sorted(old.nodes.keys() & new.nodes.keys()):
        inner, wanted = opened(old, id), opened(new, id)
        if inner and wanted and (edits := follow(inner, wanted)):
            told.append(Within(id, tuple(edits)))
            perform(old, told[-1:])
    return told


def align(old: Draft, new: Draft) -> list[Edit]:
    """The same for the outermost level alone."""
    regrouped = regroupings(old, new)
    perform(old, regrouped)
    renamed = [RenameNode(id, name) for id, name in renames(old, new).items()]
    perform(old, renamed)
    return [*regrouped, *renamed]


def regroupings(old: Draft, new: Draft) -> list[Edit]:
    """Blocks that hold just the nodes that are gone, and nodes that are just those of Blocks that are gone."""
    edits: list[Edit] = [*_groups(old, new), *_ungroups(old, new)]
    return edits if possible(old, edits) else []


def renames(old: Draft, new: Draft) -> dict[str, str]:
    """New ids by the old ones."""
    pairs: dict[str, str] = {}
    for settings in (True, False):
        pairs |= _paired(old, new, pairs, settings)
    pairs |= _alone(old, new, pairs)
    return {id: pairs[id] for id in sorted(pairs)}


def possible(draft: Draft, edits: Sequence[Edit]) -> bool:
    """Whether the edits can be made; the draft stays as it is."""
    try:
        if edits:
            perform(draft_of(closed(draft, Graph()), draft.depth), edits)
    except EditError:
        return False
    return True


def _groups(old: Draft, new: Draft) -> Iterator[Edit]:
    gone = old.nodes.keys() - new.nodes.keys()
    for id in sorted(new.nodes.keys() - old.nodes.keys()):
        members = _members(new.nodes[id])
        if new.nodes[id].type == "Block" and members and _are(members, old.nodes, gone):
            gone -= members.keys()
            yield Group(tuple(sorted(members)), id)


def _ungroups(old: Draft, new: Draft) -> Iterator[Edit]:
    fresh = new.nodes.keys() - old.nodes.keys()
    for id in sorted(old.nodes.keys() - new.nodes.keys()):
        members = _members(old.nodes[id])
        if dissolvable(old.nodes[id]) and members and _are(members, new.nodes, fresh):
            fresh -= members.keys()
            yield Ungroup(id)


def _members(block: Node) -> Mapping[str, str]:
    """What a node holds but for its ports: types by id."""
    nodes = block.graph.nodes if block.graph else ()
    return {node.id: node.type for node in nodes if node.type not in SIDES}


def _are(members: Mapping[str, str], nodes: Mapping[str, Node], ids: Iterable[str]) -> bool:
    """Whether all members are among these nodes, of the same types."""
    return members.keys() <= set(ids) and all(nodes[id].type == type for id, type in members.items())


def _paired(old: Draft, new: Draft, pairs: Mapping[str, str], settings: bool) -> dict[str, str]:
    """Nodes that are gone, each with a new one of the same nature; of several, those first by id."""
    before, after = _natures(old, new, pairs, settings)
    for _ in range(ROUNDS):
        if not (before.refined() | after.refined()):
            break
    fresh: dict[int, list[str]] = defaultdict(list)
    for id in sorted(after.numbers, reverse=True):
        fresh[after.numbers[id]].append(id)
    same = {id: fresh[before.numbers[id]] for id in sorted(before.numbers)}
    return {id: ids.pop() for id, ids in same.items() if ids}


def _alone(old: Draft, new: Draft, pairs: Mapping[str, str]) -> dict[str, str]:
    """Nodes that are gone, each with the one new one that is the same but for some of its connections."""
    before, after = (natures.by_place() for natures in _natures(old, new, pairs, True))
    found: dict[str, str] = {}
    taken: set[str] = set()
    for place, ids in before.items():
        names = after.get(place, [])
        if len(ids) == len(names) == 1 and ids[0] not in found and names[0] not in taken:
            found[ids[0]] = names[0]
            taken.add(names[0])
    return found


def _natures(old: Draft, new: Draft, pairs: Mapping[str, str], settings: bool) -> tuple["_Natures", "_Natures"]:
    known = {id: id for id in old.nodes.keys() & new.nodes.keys()} | dict(pairs)
    numbers: Numbers = {}
    before = _Natures(old, known, settings, numbers)
    return before, _Natures(new, {id: id for id in known.values()}, settings, numbers)


class _Natures:
    """What the nodes that only one of two drafts has are like: equal numbers for what cannot be told apart.

    Each round of refining tells them apart by one neighbour farther, until it tells no more (Weisfeiler
    and Leman 1968).
    """

    def __init__(self, draft: Draft, known: Mapping[str, str], settings: bool, numbers: Numbers) -> None:
        self._draft, self._all = draft, numbers
        self._known = {id: self._number(("node", shared)) for id, shared in known.items()}
        nodes = (node for id, node in draft.nodes.items() if id not in known)
        if settings:
            self.numbers = {node.id: self._number(encode({**node_content(node), "id": None})) for node in nodes}
        else:
            self.numbers = {node.id: self._number(node.type) for node in nodes if draft.edges_at(node.id)}

    def refined(self) -> bool:
        """Tell the nodes apart by their neighbours; whether that told more apart than before."""
        kinds = len(set(self.numbers.values()))
        self.numbers = {id: self._number((number, self._places(id))) for id, number in self.numbers.items()}
        return len(set(self.numbers.values())) > kinds

    def by_place(self) -> dict[Hashable, list[str]]:
        """Ids by what a node is like and one connection with a node that both drafts have."""
        found: dict[Hashable, list[str]] = defaultdict(list)
        for id in sorted(self.numbers):
            edges = sorted(self._draft.edges_at(id), key=ends)
            for edge in [edge for edge in edges if edge.source in self._known or edge.target in self._known]:
                found[self.numbers[id], self._place(id, edge)].append(id)
        return found

    def _places(self, id: str) -> tuple[Hashable, ...]:
        return tuple(sorted(self._place(id, edge) for edge in self._draft.edges_at(id)))

    def _place(self, id: str, edge: Edge) -> tuple[bool, str, str, int, bytes]:
        handles = (edge.source_handle or "", edge.target_handle or "")
        enters = edge.target == id
        return enters, *handles, self._of(edge.source if enters else edge.target), encode(edge.extra)

    def _of(self, id: str) -> int:
        if id in self._known:
            return self._known[id]
        return self.numbers[id] if id in self.numbers else self._number(("nowhere", id))

    def _number(self, nature: Hashable) -> int:
        return self._all.setdefault(nature, len(self._all))
