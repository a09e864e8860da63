/** A running order kept up to date edge by edge (Pearce and Kelly 2006), so that an edit does not sort all nodes. */

type Neighbours = (id: string) => Iterable<string>;

/** Every node's rank is above those of the nodes that feed it. */
export class Ranks {
  readonly rank = new Map<string, number>();
  private next = 0;

  constructor(
    order: Iterable<string>,
    private readonly sources: Neighbours,
    private readonly targets: Neighbours,
  ) {
    for (const id of order) this.add(id);
  }

  /** The rank of a node. */
  of(id: string): number {
    return this.rank.get(id) as number;
  }

  /** A new node runs last, until an edge says otherwise. */
  add(id: string): void {
    this.rank.set(id, this.next++);
  }

  /** Forget a node that is gone. */
  remove(id: string): void {
    this.rank.delete(id);
  }

  /** Make room for an edge that is drawn already; false where it closes a circle, which no order survives. */
  connect(source: string, target: string): boolean {
    const [low, high] = [this.of(target), this.of(source)];
    if (low > high) return true;
    const after = this.reach(target, this.targets, (rank) => rank <= high);
    if (after.has(source)) return false;
    const before = this.reach(source, this.sources, (rank) => rank >= low);
    const moved = [...this.inOrder(before), ...this.inOrder(after)];
    const places = moved.map((id) => this.of(id)).sort((a, b) => a - b);
    moved.forEach((id, n) => {
      this.rank.set(id, places[n] as number);
    });
    return true;
  }

  private inOrder(ids: ReadonlySet<string>): string[] {
    return [...ids].sort((a, b) => this.of(a) - this.of(b));
  }

  private reach(start: string, neighbours: Neighbours, near: (rank: number) => boolean): Set<string> {
    const found = new Set([start]);
    for (const id of found) for (const next of neighbours(id)) if (near(this.of(next))) found.add(next);
    return found;
  }
}
