"""An order in which every node comes after those that feed it, and the cycles that forbid one."""

from collections.abc import Collection, Iterator, Mapping
from heapq import heapify, heappop, heappush


def order(predecessors: Mapping[str, Collection[str]]) -> tuple[list[str], list[list[str]]]:
    """A topological order, smallest id first, and the cycles that had to be cut open for it (Kahn 1962).

    Each cycle is given in the direction of its edges, from its smallest id. Linear in nodes and edges
    but for the heap: where nothing is ready, a walk against the edges must run into a cycle, and
    goes on after the cut from where it was.
    """
    waiting = {id: len(sources) for id, sources in predecessors.items()}
    successors: dict[str, list[str]] = {id: [] for id in predecessors}
    for id, sources in predecessors.items():
        for source in sources:
            successors[source].append(id)
    ready = [id for id, count in waiting.items() if count == 0]
    heapify(ready)
    done: dict[str, None] = {}
    cycles: list[list[str]] = []
    walk = _Walk(predecessors, done)
    while len(done) < len(waiting):
        if ready:
            released = [heappop(ready)]
        else:
            cycles.append(walk.next_cycle())
            released = cycles[-1]
        for id in released:
            done[id] = None
        for node in released:
            for id in successors[node]:
                waiting[id] -= 1
                if waiting[id] == 0 and id not in done:
                    heappush(ready, id)
    return list(done), cycles


class _Walk:
    """Walks from node to predecessor through what is not done yet, and finds the cycles on its way."""

    def __init__(self, predecessors: Mapping[str, Collection[str]], done: Mapping[str, None]) -> None:
        self.predecessors = predecessors
        self.starts: Iterator[str] | None = None
        self.sources: dict[str, Iterator[str]] = {}
        self.done = done
        self.path: dict[str, None] = {}

    def next_cycle(self) -> list[str]:
        """Some cycle among the nodes not done."""
        self.starts = self.starts or iter(sorted(self.predecessors))
        while self.path and next(reversed(self.path)) in self.done:
            self.path.popitem()
        node = self.path.popitem()[0] if self.path else self._undone(self.starts)
        while node not in self.path:
            self.path[node] = None
            node = self._undone(self._sources(node))
        cycle = []
        while node in self.path:
            cycle.append(self.path.popitem()[0])
        smallest = cycle.index(min(cycle))
        return cycle[smallest:] + cycle[:smallest]

    def _sources(self, node: str) -> Iterator[str]:
        if node not in self.sources:
            self.sources[node] = iter(sorted(self.predecessors[node]))
        return self.sources[node]

    def _undone(self, candidates: Iterator[str]) -> str:
        return next(id for id in candidates if id not in self.done)
