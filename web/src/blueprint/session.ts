/**
 * A network under the hands of a person: after each edit, only what depends on it is examined again.
 *
 * A node is examined anew when it changed, when an edge at its inputs did, or when a node before it gives something
 * else than it did; where a node gives the same as before, the change goes no further. Blocks are examined as a whole.
 */

import {
  type Analysis,
  analysisOf,
  exchanged,
  figuresOf,
  type NodeFigures,
  type Sums,
  sumsOf,
  type Totals,
  type Training,
  totalsOf,
  trainingOf,
} from "./analysis.js";
import { type Dim, neg, total } from "./dimensions.js";
import type { Edge, Graph } from "./document.js";
import { closed, type Draft, type Ends, ends } from "./draft.js";
import { perform } from "./editing.js";
import { type Edit, EditError } from "./edits.js";
import { Examination } from "./examination.js";
import type { Issue } from "./issues.js";
import { activationBytes } from "./memory.js";
import { Heap } from "./ordering.js";
import { HOLDERS } from "./ports.js";
import { Ranks } from "./ranks.js";
import { givesTheSame, madeBy, type Record } from "./record.js";
import { unknownKeys } from "./unknownKeys.js";
import { take, watchedDraft } from "./watched.js";
import { putInOrder } from "./wiring.js";

const LONGEST_JOURNAL = 1000;

/** What an edit changed: figures by node id (null: gone or failed), the new totals, and the edits that undo it. */
export interface Change {
  readonly nodes: ReadonlyMap<string, NodeFigures | null>;
  readonly totals: Totals;
  readonly undo: readonly Edit[];
}

/**
 * A graph, its examination and its totals, kept in step with edits.
 *
 * Throws DocumentError where ids or edges are repeated, ValueError for settings of training that do not exist.
 */
export class Session {
  private readonly training: Training;
  private base: Graph;
  private journal: Edit[] = [];
  private draft: Draft;
  private found!: Examination;
  private ranks!: Ranks;
  private readonly nodeFigures = new Map<string, NodeFigures>();
  private readonly kept = new Map<string, Dim>();
  private sums!: Sums;
  private activations!: Dim;
  private sorted = true;

  constructor(graph: Graph, training: Partial<Training> = {}) {
    this.training = trainingOf(training);
    this.base = graph;
    this.draft = watchedDraft(graph);
    this.examine();
  }

  /** The network as it is now. */
  get graph(): Graph {
    return closed(this.draft, this.base);
  }

  /** What the whole network costs. */
  get totals(): Totals {
    return totalsOf(this.sums, this.activations, this.training);
  }

  /** What is known of one node; null where it failed. */
  figures(id: string): NodeFigures | null {
    return this.nodeFigures.get(id) ?? null;
  }

  /** The whole answer, as `analyze` gives it for the graph. */
  analysis(): Analysis {
    this.sort();
    return analysisOf(this.found, this.training);
  }

  /** All issues, causes before consequences. */
  issues(): Issue[] {
    this.sort();
    return this.found.issues();
  }

  /** Apply a batch of edits. Throws EditError; nothing has changed then. */
  apply(edits: Iterable<Edit>): Change {
    const batch = [...edits];
    const undo = this.perform(batch);
    this.note(batch);
    const [nodes, edges] = [take(this.draft.nodes), take(this.draft.edges)];
    const { cyclic, cut } = this.found.wiring;
    if (cyclic.size > 0 || cut.size > 0 || !this.rewire(nodes, edges)) {
      const before = [...this.nodeFigures.keys()];
      this.examine();
      return this.change([...before, ...this.nodeFigures.keys()], undo);
    }
    this.reviewKeys(nodes, edges);
    return this.change(this.refresh(nodes, edges), undo);
  }

  private change(ids: Iterable<string>, undo: readonly Edit[]): Change {
    const nodes = new Map<string, NodeFigures | null>();
    for (const id of ids) nodes.set(id, this.figures(id));
    return { nodes, totals: this.totals, undo };
  }

  private perform(batch: readonly Edit[]): Edit[] {
    try {
      return perform(this.draft, batch);
    } catch (error) {
      if (!(error instanceof EditError)) throw error;
      this.draft = watchedDraft(this.base);
      perform(this.draft, this.journal);
      take(this.draft.nodes);
      take(this.draft.edges);
      throw error;
    }
  }

  /** Remember how the draft came to be; now and then it is the base of what follows. */
  private note(batch: readonly Edit[]): void {
    for (const edit of batch) this.journal.push(edit);
    if (this.journal.length <= LONGEST_JOURNAL) return;
    this.base = this.graph;
    this.journal = [];
  }

  /** Examine everything. */
  private examine(): void {
    this.found = new Examination(this.graph);
    const { order, incoming, outgoing } = this.found.wiring;
    this.ranks = new Ranks(
      order,
      (id) => (incoming.get(id) as Edge[]).map((edge) => edge.source),
      (id) => (outgoing.get(id) as Edge[]).map((edge) => edge.target),
    );
    this.sorted = true;
    this.nodeFigures.clear();
    this.kept.clear();
    for (const [id, record] of this.found.records) if (record.facts) this.recall(id, record);
    this.sums = sumsOf([...this.nodeFigures.values()]);
    this.activations = total([...this.kept.values()]);
    take(this.draft.nodes);
    take(this.draft.edges);
  }

  private recall(id: string, record: Record): void {
    const { precision } = this.training;
    const bytes = activationBytes(record, this.found.kept);
    this.nodeFigures.set(id, figuresOf(record, this.found, bytes));
    this.kept.set(id, precision === "float32" ? bytes : activationBytes(record, this.found.kept, precision));
  }

  /** Bring wiring and ranks in step with the draft; false where a circle or a loose end came about. */
  private rewire(nodes: ReadonlySet<string>, edges: ReadonlySet<Ends>): boolean {
    const { draft, found } = this;
    for (const id of nodes) this.place(id);
    this.sorted &&= edges.size === 0 && [...nodes].every((id) => found.records.has(id) && draft.nodes.has(id));
    const drawn = [...edges].flatMap((key) => draft.edges.get(key) ?? []);
    if (drawn.some((edge) => !draft.nodes.has(edge.source) || !draft.nodes.has(edge.target))) return false;
    const met = [...new Set([...edges].flatMap(nodesOf))].filter((id) => draft.nodes.has(id));
    for (const id of met) this.attach(id, edges);
    for (const edge of drawn) if (!this.draw(edge)) return false;
    for (const id of met) this.attach(id);
    return true;
  }

  /** Draw an edge, and let its target run after its source; false where it closes a circle. */
  private draw(edge: Edge): boolean {
    this.found.wiring.incoming.get(edge.target)?.push(edge);
    this.found.wiring.outgoing.get(edge.source)?.push(edge);
    return this.ranks.connect(edge.source, edge.target);
  }

  /** The edges at a node, in the draft's order. */
  private attach(id: string, leaveOut: ReadonlySet<Ends> = new Set()): void {
    const { incoming, outgoing } = this.found.wiring;
    const touching = this.draft.edgesAt(id).filter((edge) => leaveOut.size === 0 || !leaveOut.has(ends(edge)));
    incoming.set(
      id,
      touching.filter((edge) => edge.target === id),
    );
    outgoing.set(
      id,
      touching.filter((edge) => edge.source === id),
    );
  }

  /** A node that was added, changed, or is gone. */
  private place(id: string): void {
    const { nodes, incoming, outgoing } = this.found.wiring;
    const node = this.draft.nodes.get(id);
    if (!node) {
      for (const table of [nodes, incoming, outgoing, this.ranks.rank]) table.delete(id);
      return;
    }
    nodes.set(id, node);
    if (this.ranks.rank.has(id)) return;
    incoming.set(id, []);
    outgoing.set(id, []);
    this.ranks.add(id);
  }

  /**
   * Examine in running order the nodes that changed or have changed edges at their inputs, and those that the change
   * reaches; where edges start only counts anew. Gives the ids of all nodes whose figures may have changed.
   */
  private refresh(nodes: ReadonlySet<string>, edges: ReadonlySet<Ends>): Set<string> {
    const { found, ranks } = this;
    const pairs = [...edges].map(nodesOf);
    const sources = pairs.map(([source]) => source);
    const dirty = new Set([...nodes, ...pairs.map(([, target]) => target)]);
    const changed = new Set(sources);
    for (const id of [...dirty, ...sources]) if (!found.wiring.nodes.has(id)) this.forget(id, changed);
    const waiting = new Heap<string>((a, b) => ranks.of(a) - ranks.of(b));
    for (const id of dirty) if (found.wiring.nodes.has(id)) waiting.push(id);
    const done = new Set<string>();
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      if (done.has(id)) continue;
      done.add(id);
      if (!this.reexamine(id, changed)) continue;
      for (const edge of found.wiring.outgoing.get(id) ?? []) waiting.push(edge.target);
    }
    for (const id of changed) this.recount(id);
    return changed;
  }

  /** Examine a node anew, and note whose figures that changes; whether it gives something else than before. */
  private reexamine(id: string, changed: Set<string>): boolean {
    const before = this.found.records.get(id);
    const after = this.found.examine(id);
    changed.add(id);
    for (const maker of [...(before?.kept ?? []), ...after.kept]) changed.add(madeBy(maker)[0]);
    return !before || !givesTheSame(before, after);
  }

  /** Forget a node that is gone; what it kept is to be counted anew. */
  private forget(id: string, changed: Set<string>): void {
    changed.add(id);
    for (const maker of this.found.records.get(id)?.kept ?? []) changed.add(madeBy(maker)[0]);
    this.found.forget(id);
  }

  /** Put a node's figures, as they are now, into the sums in place of those before. */
  private recount(id: string): void {
    const [figures, kept] = [this.nodeFigures.get(id), this.kept.get(id) ?? 0];
    const record = this.found.records.get(id);
    if (record?.facts) this.recall(id, record);
    else for (const table of [this.nodeFigures, this.kept]) table.delete(id);
    this.sums = exchanged(this.sums, figures, this.nodeFigures.get(id));
    this.activations = total([this.activations, neg(kept), this.kept.get(id) ?? 0]);
  }

  /** Tell of unknown keys anew where there were some or an edit brought some. */
  private reviewKeys(nodes: ReadonlySet<string>, edges: ReadonlySet<Ends>): void {
    const { draft, found } = this;
    const strange = [...nodes].some((id) => {
      const node = draft.nodes.get(id);
      return node && (node.extra.size > 0 || (node.graph && !HOLDERS.includes(node.type)));
    });
    const odd = [...edges].some((key) => (draft.edges.get(key)?.extra.size ?? 0) > 0);
    if (strange || odd || found.documentIssues.length > 0) found.documentIssues = unknownKeys(this.graph);
  }

  /** Put the nodes in the one order that a whole examination has. */
  private sort(): void {
    if (!this.sorted) putInOrder(this.found.wiring);
    this.sorted = true;
  }
}

/** Where an edge starts and ends. */
function nodesOf(key: Ends): [source: string, target: string] {
  const [source, , target] = key.split("\0");
  return [source as string, target as string];
}
