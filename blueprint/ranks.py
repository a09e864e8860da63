"""A running order kept up to date edge by edge (Pearce and Kelly 2006), so that an edit does not sort all nodes."""

from collections.abc import Callable, Iterable

Neighbours = Callable[[str], Iterable[str]]


class Ranks:
    """Every node's rank is above those of the nodes that feed it."""

    def __init__(self, order: Iterable[str], sources: Neighbours, targets: Neighbours) -> None:
        self.rank = {id: rank for rank, id in enumerate(order)}
        self._next = len(self.rank)
        self._sources = sources
        self._targets = targets

    def add(self, id: str) -> None:
        """A new node runs last, until an edge says otherwise."""
        self.rank[id] = self._next
        self._next += 1

    def remove(self, id: str) -> None:
        """Forget a node that is gone."""
        del self.rank[id]

    def connect(self, source: str, target: str) -> bool:
        """Make room for an edge that is drawn already; False where it closes a circle, which no order survives."""
        low, high = self.rank[target], self.rank[source]
        if low > high:
            return True
        after = self._reach(target, self._targets, lambda rank: rank <= high)
        if source in after:
            return False
        before = self._reach(source, self._sources, lambda rank: rank >= low)
        moved = sorted(before, key=self.rank.__getitem__) + sorted(after, key=self.rank.__getitem__)
        places = sorted(self.rank[id] for id in moved)
        self.rank.update(zip(moved, places, strict=True))
        return True

    def _reach(self, start: str, neighbours: Neighbours, near: Callable[[int], bool]) -> set[str]:
        found = {start}
        waiting = [start]
        while waiting:
            for id in neighbours(waiting.pop()):
                if id not in found and near(self.rank[id]):
                    found.add(id)
                    waiting.append(id)
        return found
