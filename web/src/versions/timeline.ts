/**
 * Every state a drawing ever had, near at hand: documents are fetched every so often along the log, and the states
 * between are drawn by replaying the log's edits, so that a slider can run through them without waiting.
 */

import { createStore, type StoreApi } from "zustand";
import { apply, EditError, type Graph } from "../blueprint/index.js";
import { editsOf, graphOf } from "../canvas/wire.js";
import type { Plain } from "../gateway/graphql.js";

/** A batch of edits as the log has it; the first revision is what the drawing began with. */
export interface Moment {
  readonly revision: number;
  readonly at: string;
  readonly author: string;
  readonly summary: string;
  readonly edits: Plain;
  readonly saved: { readonly number: number; readonly message: string } | null;
}

/** Where moments and documents come from. Both throw Refusal. */
export interface Archive {
  /** A page of moments, newest first, and what to ask for the next one with; null on the last. */
  moments(after: string): Promise<{ readonly moments: readonly Moment[]; readonly next: string | null }>;
  document(revision: number): Promise<Plain>;
}

interface Known {
  readonly moments: ReadonlyMap<number, Moment>;
  /** Why moments could not be read. */
  readonly trouble: unknown;
}

const STRIDE = 64;
const MOST_KEPT = 200;

export class Timeline {
  readonly state: StoreApi<Known> = createStore<Known>(() => ({ moments: new Map(), trouble: null }));
  private readonly graphs = new Map<number, Graph>();
  private readonly asked = new Map<number, Promise<Graph>>();
  private oldest = Number.POSITIVE_INFINITY;
  private newest = 0;
  private next: string | null = "";
  private reading: Promise<void> = Promise.resolve();

  constructor(private readonly archive: Archive) {}

  /** Read the log from its head down to a revision, as far as it is not known; one reading after another. */
  reach(head: number, revision: number): Promise<void> {
    this.reading = this.reading.then(async () => {
      try {
        if (head > this.newest) await this.readHead();
        while (this.oldest > revision && this.next !== null) await this.readOlder();
        this.state.setState({ trouble: null });
      } catch (trouble) {
        this.state.setState({ trouble });
      }
    });
    return this.reading;
  }

  /** The state at a revision, null where it has to be fetched first. */
  at(revision: number): Graph | null {
    const kept = this.graphs.get(revision);
    if (kept) return kept;
    const from = this.before(revision);
    if (from === null) return null;
    try {
      return this.keep(revision, this.replayed(from, revision));
    } catch (error) {
      if (error instanceof EditError) return null;
      throw error;
    }
  }

  /** The state at a revision. Throws Refusal. */
  fetch(revision: number): Promise<Graph> {
    const known = this.at(revision);
    if (known) return Promise.resolve(known);
    return this.load(startOf(revision), revision);
  }

  /** A state known from elsewhere. */
  learn(revision: number, graph: Graph): void {
    if (!this.graphs.has(revision)) this.keep(revision, graph);
  }

  /** Fetches what the states around a revision are replayed from, as far as it can. */
  async prepare(revision: number): Promise<void> {
    const { moments } = this.state.getState();
    const start = startOf(revision);
    for (const from of [start, start - STRIDE]) {
      if (from >= 1 && moments.has(from + 1) && !this.graphs.has(from)) await this.loadOne(from).catch(() => {});
    }
  }

  private async load(start: number, revision: number): Promise<Graph> {
    const { moments } = this.state.getState();
    if (!moments.has(start + 1)) return this.loadOne(revision);
    await this.loadOne(start);
    return this.at(revision) ?? this.loadOne(revision);
  }

  private loadOne(revision: number): Promise<Graph> {
    const asked = this.asked.get(revision) ?? this.archive.document(revision).then(graphOf);
    this.asked.set(revision, asked);
    return asked.then((graph) => this.keep(revision, graph)).finally(() => this.asked.delete(revision));
  }

  /** The nearest state kept from which edits lead to a revision. */
  private before(revision: number): number | null {
    const { moments } = this.state.getState();
    for (let from = revision; from > revision - 2 * STRIDE && from >= 1; from--) {
      if (this.graphs.has(from)) return from;
      if (!moments.has(from)) return null;
    }
    return null;
  }

  private replayed(from: number, to: number): Graph {
    const { moments } = this.state.getState();
    const batches = Array.from({ length: to - from }, (_, step) => moments.get(from + step + 1) as Moment);
    return apply(
      this.graphs.get(from) as Graph,
      batches.flatMap(({ edits }) => editsOf(edits)),
    );
  }

  /** Keeps a state; the one kept longest makes room for it. */
  private keep(revision: number, graph: Graph): Graph {
    this.graphs.set(revision, graph);
    if (this.graphs.size > MOST_KEPT) this.graphs.delete(this.graphs.keys().next().value as number);
    return graph;
  }

  /** What came since the log was last read; the rest is known already. */
  private async readHead(): Promise<void> {
    const before = this.newest;
    const pages: Moment[] = [];
    let after: string | null = "";
    while (after !== null && (pages.at(-1)?.revision ?? Number.POSITIVE_INFINITY) > before + 1) {
      const { moments, next }: Awaited<ReturnType<Archive["moments"]>> = await this.archive.moments(after);
      pages.push(...moments);
      after = next;
      if (before === 0) break;
    }
    if (before === 0) this.next = after;
    this.take(pages);
  }

  private async readOlder(): Promise<void> {
    const { moments, next } = await this.archive.moments(this.next ?? "");
    this.next = next;
    this.take(moments);
  }

  private take(found: readonly Moment[]): void {
    const moments = new Map(this.state.getState().moments);
    for (const moment of found) moments.set(moment.revision, moment);
    this.newest = Math.max(this.newest, ...found.map(({ revision }) => revision));
    this.oldest = Math.min(this.oldest, ...found.map(({ revision }) => revision));
    this.state.setState({ moments });
  }
}

/** The fetched state that a revision is replayed from: 1, 65, 129, ... */
function startOf(revision: number): number {
  return revision - ((revision - 1) % STRIDE);
}
