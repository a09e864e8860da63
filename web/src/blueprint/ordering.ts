/** An order in which every node comes after those that feed it, and the cycles that forbid one. */

import { compareText } from "./text.js";

/**
 * A topological order, smallest id first, and the cycles that had to be cut open for it (Kahn 1962).
 *
 * Each cycle is given in the direction of its edges, from its smallest id. Linear in nodes and edges but for the
 * heap: where nothing is ready, a walk against the edges must run into a cycle, and goes on after the cut from where
 * it was.
 */
export function order(predecessors: ReadonlyMap<string, readonly string[]>): [string[], string[][]] {
  const waiting = new Map<string, number>();
  const successors = new Map<string, string[]>();
  for (const [id, sources] of predecessors) {
    waiting.set(id, sources.length);
    successors.set(id, []);
  }
  for (const [id, sources] of predecessors) for (const source of sources) successors.get(source)?.push(id);
  const ready = new Heap<string>(compareText);
  for (const [id, count] of waiting) if (count === 0) ready.push(id);
  const done = new Set<string>();
  const cycles: string[][] = [];
  const walk = new Walk(predecessors, done);
  while (done.size < waiting.size) {
    const next = ready.pop();
    const released = next === undefined ? walk.nextCycle() : [next];
    if (next === undefined) cycles.push(released);
    for (const id of released) done.add(id);
    for (const node of released) {
      for (const id of successors.get(node) ?? []) {
        const left = (waiting.get(id) ?? 0) - 1;
        waiting.set(id, left);
        if (left === 0 && !done.has(id)) ready.push(id);
      }
    }
  }
  return [[...done], cycles];
}

/** A binary heap: the smallest comes first. */
export class Heap<Item> {
  private readonly items: Item[] = [];

  constructor(private readonly compare: (a: Item, b: Item) => number) {}

  push(item: Item): void {
    const { items, compare } = this;
    let at = items.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (compare(items[above] as Item, item) <= 0) break;
      items[at] = items[above] as Item;
      at = above;
    }
    items[at] = item;
  }

  pop(): Item | undefined {
    const { items } = this;
    const first = items[0];
    const last = items.pop();
    if (items.length > 0) this.sink(last as Item);
    return first;
  }

  /** Let an item fall from the top to its place. */
  private sink(item: Item): void {
    const { items, compare } = this;
    let at = 0;
    for (let below = 1; below < items.length; below = 2 * at + 1) {
      if (below + 1 < items.length && compare(items[below + 1] as Item, items[below] as Item) < 0) below++;
      if (compare(item, items[below] as Item) <= 0) break;
      items[at] = items[below] as Item;
      at = below;
    }
    items[at] = item;
  }
}

/** Walks from node to predecessor through what is not done yet, and finds the cycles on its way. */
class Walk {
  private starts: Iterator<string> | null = null;
  private readonly sources = new Map<string, Iterator<string>>();
  private readonly path: string[] = [];
  private readonly onPath = new Set<string>();

  constructor(
    private readonly predecessors: ReadonlyMap<string, readonly string[]>,
    private readonly done: ReadonlySet<string>,
  ) {}

  /** Some cycle among the nodes not done. */
  nextCycle(): string[] {
    this.starts ??= sorted(this.predecessors.keys());
    while (this.path.length > 0 && this.done.has(this.path.at(-1) as string)) this.pop();
    let node = this.path.length > 0 ? this.pop() : this.undone(this.starts);
    while (!this.onPath.has(node)) {
      this.path.push(node);
      this.onPath.add(node);
      node = this.undone(this.sourcesOf(node));
    }
    const cycle: string[] = [];
    while (this.onPath.has(node)) cycle.push(this.pop());
    const smallest = cycle.reduce((least, id, at) => (compareText(id, cycle[least] as string) < 0 ? at : least), 0);
    return [...cycle.slice(smallest), ...cycle.slice(0, smallest)];
  }

  private pop(): string {
    const node = this.path.pop() as string;
    this.onPath.delete(node);
    return node;
  }

  private sourcesOf(node: string): Iterator<string> {
    const sources = this.sources.get(node) ?? sorted(this.predecessors.get(node) ?? []);
    this.sources.set(node, sources);
    return sources;
  }

  private undone(candidates: Iterator<string>): string {
    for (let next = candidates.next(); ; next = candidates.next()) if (!this.done.has(next.value)) return next.value;
  }
}

function sorted(ids: Iterable<string>): Iterator<string> {
  return [...ids].sort(compareText).values();
}
