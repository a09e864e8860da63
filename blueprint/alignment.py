"""Giving the same node the same id in a network and its two descendants, so that they can be merged by id.

What one person regrouped or renamed is done to the other two as well, as far as names are free there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from blueprint.conflicts import Conflict, name_taken_by_ours, name_taken_by_theirs, renamed_differently
from blueprint.draft import Draft, opened
from blueprint.editing import perform
from blueprint.edits import Edit, RenameNode, Within
from blueprint.identity import possible, regroupings, renames
from blueprint.three import Three

Names = Mapping[str, str]


@dataclass(slots=True)
class Found:
    """What could not be settled, and the paths of the nodes that one of the two renamed."""

    conflicts: list[Conflict] = field(default_factory=list)
    renamed: set[str] = field(default_factory=set)


def align_three(drafts: Three[Draft], path: str, found: Found) -> Three[list[Edit]]:
    """The edits, made on the drafts too, after which the nodes of all three are the same where their paths are."""
    alignment = _Alignment(drafts, path, found)
    alignment.regroup()
    alignment.rename()
    for id in sorted(drafts.base.nodes.keys() & drafts.ours.nodes.keys() & drafts.theirs.nodes.keys()):
        alignment.descend(id)
    return alignment.done


@dataclass(slots=True)
class _Alignment:
    drafts: Three[Draft]
    path: str
    found: Found
    done: Three[list[Edit]] = field(default_factory=lambda: Three([], [], []))

    def regroup(self) -> None:
        """What only one of the two regrouped is regrouped for the other."""
        base, ours, theirs = self.drafts
        by_us, by_them = regroupings(base, ours), regroupings(base, theirs)
        if by_us == by_them:
            self._do(base=by_us)
        elif not by_them and possible(theirs, by_us):
            self._do(base=by_us, theirs=by_us)
        elif not by_us and possible(ours, by_them):
            self._do(base=by_them, ours=by_them)

    def rename(self) -> None:
        """What one of the two renamed is called so in all; where both did, as in ours."""
        by_us, by_them = (renames(self.drafts.base, draft) for draft in (self.drafts.ours, self.drafts.theirs))
        self._compare(by_us, by_them)
        by_them = self._given_up(by_us, by_them)
        self._set_aside(by_us, by_them)
        known_as = {**by_them, **by_us}
        now = {by_them.get(id, id): name for id, name in by_us.items()}
        self.found.renamed |= {self.path + name for name in known_as.values()}
        self._do(
            base=_renaming(known_as, self.drafts.base),
            ours=_renaming(by_them, self.drafts.ours),
            theirs=_renaming(now, self.drafts.theirs),
        )

    def descend(self, id: str) -> None:
        """The same inside a node."""
        base, ours, theirs = self.drafts.each(lambda draft: opened(draft, id))
        if base and ours and theirs:
            inner = align_three(Three(base, ours, theirs), f"{self.path}{id}/", self.found)
            self._do(*inner.each(lambda edits: [Within(id, tuple(edits))] if edits else []))

    def _compare(self, by_us: Names, by_them: Names) -> None:
        for id in sorted(by_us.keys() & by_them.keys()):
            if by_us[id] != by_them[id]:
                self.found.conflicts.append(renamed_differently(self.path, Three(id, by_us[id], by_them[id])))

    def _given_up(self, by_us: Names, by_them: Names) -> dict[str, str]:
        """Theirs takes back the names that ours has given another node; the other names are left."""
        taken = {id: name for id, name in by_them.items() if name in self.drafts.ours.nodes and by_us.get(id) != name}
        for id, name in taken.items():
            if id not in by_us:
                self.found.conflicts.append(name_taken_by_ours(self.path, id, name, id in self.drafts.ours.nodes))
        self._do(theirs=[RenameNode(name, id) for id, name in taken.items()])
        return {id: name for id, name in by_them.items() if id not in taken}

    def _set_aside(self, by_us: Names, by_them: Names) -> None:
        """New nodes of theirs get other names than what ours calls a renamed node."""
        for id, name in by_us.items():
            if name in self.drafts.theirs.nodes and by_them.get(id) != name:
                aside = self._free(name)
                there = id in self.drafts.theirs.nodes
                self.found.conflicts.append(name_taken_by_theirs(self.path, id, name, there, aside))
                self._do(theirs=[RenameNode(name, aside)])

    def _free(self, name: str) -> str:
        numbers = count(2)
        return next(free for n in numbers if not any((free := f"{name}{n}") in draft.nodes for draft in self.drafts))

    def _do(self, base: Sequence[Edit] = (), ours: Sequence[Edit] = (), theirs: Sequence[Edit] = ()) -> None:
        for draft, done, edits in zip(self.drafts, self.done, (base, ours, theirs), strict=True):
            perform(draft, edits)
            done += edits


def _renaming(names: Names, draft: Draft) -> list[Edit]:
    return [RenameNode(id, name) for id, name in names.items() if id in draft.nodes and id != name]
