/**
 * A drawing as this tab has it: what the server confirmed, and on top of it what was drawn here since.
 *
 * Batches go to the server one by one, each on the revision before it. When somebody else was faster, their edits go
 * underneath ours: ours are played again on top, and those that speak of the same thing, or no longer make sense, are
 * given back with the reason. No I/O happens here.
 */

import type { Training } from "../blueprint/analysis.js";
import { apply, type Change, diff, type Edit, EditError, type Graph, Session } from "../blueprint/index.js";
import { contradiction, nodeOf, touched } from "./touched.js";

/** A drawing at a revision of the server. */
export interface Confirmed {
  readonly revision: number;
  readonly graph: Graph;
}

/** Edits drawn together, not confirmed yet; `base` is the revision they were last sent on. */
export interface Batch {
  readonly key: string;
  readonly label: string;
  readonly edits: readonly Edit[];
  readonly base: number | null;
}

/** A batch that could not be kept, and why. */
export interface Refused {
  readonly batch: Batch;
  readonly reason: string;
}

export class Replica {
  private session: Session;

  /** Throws DocumentError where ids or edges of the graph are repeated. */
  constructor(
    private base: Confirmed,
    private waiting: readonly Batch[] = [],
    private training: Partial<Training> = {},
  ) {
    this.session = new Session(base.graph, training);
  }

  get confirmed(): Confirmed {
    return this.base;
  }

  /** What the server has not confirmed, oldest first. */
  get pending(): readonly Batch[] {
    return this.waiting;
  }

  /** Whether a batch was sent and nobody knows what became of it; until then no revision can be taken in. */
  get inDoubt(): boolean {
    return this.waiting.some(({ base }) => base !== null);
  }

  get graph(): Graph {
    return this.session.graph;
  }

  get analysis(): ReturnType<Session["analysis"]> {
    return this.session.analysis();
  }

  /** Count memory for another batch, precision or optimizer. Throws ValueError for one that does not exist. */
  retrain(training: Partial<Training>): void {
    this.session = new Session(this.graph, training);
    this.training = training;
  }

  /** Draw. Throws EditError; nothing has changed then. */
  edit(batch: Batch): Change {
    const change = this.session.apply(batch.edits);
    this.waiting = [...this.waiting, batch];
    return change;
  }

  /** Take up batches that an earlier page left; those that cannot be kept are given back. */
  adopt(batches: readonly Batch[]): Refused[] {
    const known = new Set(this.waiting.map(({ key }) => key));
    return this.replay([...this.waiting, ...batches.filter(({ key }) => !known.has(key))], new Set());
  }

  /** Note that the oldest batch is being sent, and on which revision; sent before, it keeps that one. */
  sending(key: string): Batch {
    const batch = this.waiting.find((each) => each.key === key) as Batch;
    const sent = { ...batch, base: batch.base ?? this.base.revision };
    this.exchange(key, sent);
    return sent;
  }

  /** The server took a batch, which led to a revision. */
  acknowledge(key: string, revision: number): void {
    const batch = this.waiting.find((each) => each.key === key);
    if (!batch) return;
    this.waiting = this.waiting.filter((each) => each !== batch);
    if (revision <= this.base.revision) return;
    const graph = this.waiting.length === 0 ? this.graph : apply(this.base.graph, batch.edits);
    this.base = { revision, graph };
  }

  /** The server moved on before a batch arrived: it may be sent again on a later revision, under another key. */
  unsent(key: string, newKey: string): void {
    const batch = this.waiting.find((each) => each.key === key);
    if (batch) this.exchange(key, { ...batch, key: newKey, base: null });
  }

  /** The server will never take a batch: it is taken back, and what was built on it. */
  reject(key: string, reason: string): Refused[] {
    const batch = this.waiting.find((each) => each.key === key);
    if (!batch) return [];
    const rest = this.waiting.filter((each) => each !== batch);
    return [{ batch, reason }, ...this.replay(rest, new Set())];
  }

  /** Somebody else's edits, which led from our revision to the next. Gives back batches that contradict them. */
  receive(revision: number, edits: readonly Edit[]): Refused[] {
    const graph = apply(this.base.graph, edits);
    this.base = { revision, graph };
    if (this.waiting.length > 0) return this.replay(this.waiting, touched(edits));
    this.session.apply(edits);
    return [];
  }

  /** A later revision as a whole. Gives back batches that contradict what has changed. */
  replace(confirmed: Confirmed): Refused[] {
    const theirs = touched(diff(comparable(this.base.graph), comparable(confirmed.graph)));
    this.base = confirmed;
    return this.replay(this.waiting, theirs);
  }

  private replay(batches: readonly Batch[], theirs: ReadonlySet<string>): Refused[] {
    this.session = new Session(this.base.graph, this.training);
    this.waiting = [];
    const refused: Refused[] = [];
    for (const batch of batches) {
      const reason = this.objection(batch, theirs);
      if (reason === null) this.waiting = [...this.waiting, batch];
      else refused.push({ batch, reason });
    }
    return refused;
  }

  /** Draws a batch again; why that cannot be, or null where it is done. */
  private objection(batch: Batch, theirs: ReadonlySet<string>): string | null {
    const thing = contradiction(touched(batch.edits), theirs);
    if (thing !== null) return `\`${nodeOf(thing)}\` was changed elsewhere meanwhile`;
    try {
      this.session.apply(batch.edits);
      return null;
    } catch (error) {
      if (error instanceof EditError) return error.reason;
      throw error;
    }
  }

  private exchange(key: string, batch: Batch): void {
    this.waiting = this.waiting.map((each) => (each.key === key ? batch : each));
  }
}

/** The graph without what no edits lead to: edges to nowhere and unknown keys. */
function comparable(graph: Graph): Graph {
  const ids = new Set(graph.nodes.map(({ id }) => id));
  const edges = graph.edges.filter(({ source, target }) => ids.has(source) && ids.has(target));
  return { ...graph, edges, extra: new Map() };
}
