/**
 * A graph opened for editing: tables that find nodes and edges at once, and keep ids and edges unique.
 *
 * Every draft of one batch, that of the whole network and those of the Blocks opened in it, shares one tally, so that
 * neither the network nor the work of a batch grows past its limits.
 */

import { withHandles } from "./canonical.js";
import { type Edge, type Graph, MAX_EDGES, MAX_NESTING, MAX_NODES, type Node, sizeOf } from "./document.js";
import { DocumentError } from "./errors.js";
import { Ports } from "./ports.js";
import { quoted } from "./quoting.js";

const MAX_MOVES = 1_000_000;

/** What tells an edge from others, in the order of its parts; no name holds a NUL. */
export type Ends = string;

/** Why an edit cannot be applied, in one sentence. */
export class Refused extends Error {}

/** Where an edge starts and where it ends. */
export function ends(edge: Edge): Ends {
  return `${edge.source}\0${edge.sourceHandle ?? ""}\0${edge.target}\0${edge.targetHandle ?? ""}`;
}

/** An edge for people. */
export function described(edge: Edge): string {
  const handle = edge.targetHandle ? ` at ${quoted(edge.targetHandle)}` : "";
  return `the edge from ${quoted(edge.source)} to ${quoted(edge.target)}${handle}`;
}

/** How many nodes and edges the whole network has, and how many nodes, edges and settings a batch has moved. */
export class Tally {
  moves = 0;

  constructor(
    private nodes = 0,
    private edges = 0,
  ) {}

  /** Note that the network grows, or shrinks. */
  count(nodes: number, edges: number): void {
    this.nodes += nodes;
    this.edges += edges;
  }

  /** Refuse a network that has grown too large. */
  check(): void {
    for (const [size, limit, kind] of [
      [this.nodes, MAX_NODES, "nodes"] as const,
      [this.edges, MAX_EDGES, "edges"] as const,
    ]) {
      if (size <= limit) continue;
      const what = `the network would have ${size} ${kind}, all blocks together`;
      throw new Refused(`${what}; at most ${limit} are allowed, remove some first`);
    }
  }

  /** Note work done: a batch may move only so much, or renaming a hub again and again would not end. */
  spend(moves: number): void {
    this.moves += moves;
    if (this.moves <= MAX_MOVES) return;
    throw new Refused(`this batch moves nodes, edges and settings more than ${MAX_MOVES} times; split it`);
  }
}

/** Nodes by id, edges by their ends, the edges at each node and between each two; `depth` Blocks deep. */
export class Draft {
  nodes = new Map<string, Node>();
  edges = new Map<Ends, Edge>();
  private readonly ports = new Ports();
  private readonly touching = new Map<string, Set<Ends>>();
  private readonly between = new Map<string, Set<Ends>>();

  constructor(
    readonly tally = new Tally(),
    readonly depth = 0,
  ) {}

  /** The node of an id. */
  node(id: string): Node {
    const node = this.nodes.get(id);
    if (node) return node;
    throw new Refused(`there is no node ${quoted(id)}; use the id of a node that exists`);
  }

  /** All edges that start or end at a node. */
  edgesAt(id: string): Edge[] {
    return [...(this.touching.get(id) ?? [])].map((key) => this.edges.get(key) as Edge);
  }

  /** Whether both nodes of an edge exist, so that it could be drawn again. */
  joins(edge: Edge): boolean {
    return this.nodes.has(edge.source) && this.nodes.has(edge.target);
  }

  /** Place a node whose id is free. */
  enter(node: Node): void {
    if (this.depth + heightOf(node) > MAX_NESTING) {
      const what = `blocks inside ${quoted(node.id)} are nested deeper than ${MAX_NESTING} levels`;
      throw new Refused(`${what}; draw it flatter`);
    }
    const [nodes, edges] = sizeOfNode(node);
    this.tally.spend(nodes);
    this.tally.count(nodes, edges);
    this.nodes.set(node.id, node);
  }

  /** Take away a node that has no edges any more. */
  leave(node: Node): void {
    const [nodes, edges] = sizeOfNode(node);
    this.tally.spend(nodes);
    this.tally.count(-nodes, -edges);
    this.nodes.delete(node.id);
  }

  /** Draw an edge whose ends are free. */
  put(edge: Edge): void {
    this.tally.spend(1);
    this.tally.count(0, 1);
    this.enlist(edge);
  }

  /** Enter an edge that is counted already into the tables. */
  enlist(edge: Edge): void {
    const key = ends(edge);
    this.edges.set(key, edge);
    this.ports.enter(edge);
    for (const id of [edge.source, edge.target]) keysAt(this.touching, id).add(key);
    keysAt(this.between, pairOf(edge)).add(key);
  }

  /** Take an edge away. */
  drop(edge: Edge): void {
    this.tally.spend(1);
    this.tally.count(0, -1);
    const key = ends(edge);
    this.edges.delete(key);
    this.ports.leave(edge);
    for (const id of [edge.source, edge.target]) this.touching.get(id)?.delete(key);
    this.between.get(pairOf(edge))?.delete(key);
  }

  /** A new edge between existing nodes, with its handles written. */
  complete(edge: Edge): Edge {
    return this.ports.completed(edge, new Map([edge.source, edge.target].map((id) => [id, this.node(id)])));
  }

  /** The edge meant; a handle may be omitted where only one edge runs between the two nodes. */
  find(edge: Edge): Edge {
    const exact = this.edges.get(ends(edge));
    if (exact) return exact;
    const keys = [...(this.between.get(pairOf(edge)) ?? [])];
    if (keys.length > 1 && edge.targetHandle === null) {
      throw new Refused(`${described(edge)} could be any of ${keys.length}; name its target_handle`);
    }
    const found = keys.map((key) => this.edges.get(key) as Edge).find((drawn) => matches(edge, drawn));
    if (found) return found;
    throw new Refused(`${described(edge)} does not exist; leave it out`);
  }

  /** The graph that a node holds, opened. */
  inside(id: string): Draft {
    const graph = this.node(id).graph;
    if (!graph) throw new Refused(`node ${quoted(id)} holds no graph; name a Block that does`);
    this.tally.spend(1 + graph.nodes.length + graph.edges.length);
    try {
      return filled(new Draft(this.tally, this.depth + 1), graph);
    } catch (error) {
      if (error instanceof DocumentError) throw new Refused(`in ${quoted(id)}, ${error.message}`);
      throw error;
    }
  }
}

/** Open a graph that lies `depth` Blocks deep. Throws DocumentError where an id or an edge is repeated. */
export function draftOf(graph: Graph, depth = 0): Draft {
  return filled(new Draft(new Tally(...sizeOf(graph)), depth), withHandles(graph));
}

/** The graph opened apart from the rest; null where it repeats ids or edges, or there is none. */
export function openedGraph(graph: Graph | null | undefined, depth = 0): Draft | null {
  try {
    return graph ? draftOf(graph, depth) : null;
  } catch (error) {
    if (error instanceof DocumentError) return null;
    throw error;
  }
}

/** The graph that a node holds, opened apart from the rest; null where it cannot be. */
export function opened(draft: Draft, id: string): Draft | null {
  return openedGraph(draft.nodes.get(id)?.graph, draft.depth + 1);
}

/** The graph with the draft's nodes and edges. */
export function closed(draft: Draft, graph: Graph): Graph {
  return { ...graph, nodes: [...draft.nodes.values()], edges: [...draft.edges.values()] };
}

function filled(draft: Draft, graph: Graph): Draft {
  for (const node of graph.nodes) {
    if (draft.nodes.has(node.id)) {
      throw new DocumentError(`two nodes share the id ${quoted(node.id)}; give each an id of its own first`);
    }
    draft.nodes.set(node.id, node);
  }
  for (const edge of graph.edges) {
    if (draft.edges.has(ends(edge))) {
      throw new DocumentError(`${described(edge)} is drawn twice; remove one of the two first`);
    }
    draft.enlist(edge);
  }
  return draft;
}

function sizeOfNode(node: Node): readonly [nodes: number, edges: number] {
  const [nodes, edges] = node.graph ? sizeOf(node.graph) : [0, 0];
  return [1 + nodes, edges];
}

/** How many levels of graphs a node holds. */
function heightOf(node: Node): number {
  return node.graph ? 1 + node.graph.nodes.reduce((height, inner) => Math.max(height, heightOf(inner)), 0) : 0;
}

function matches(wanted: Edge, edge: Edge): boolean {
  const starts = wanted.sourceHandle === null || wanted.sourceHandle === edge.sourceHandle;
  return starts && (wanted.targetHandle === null || wanted.targetHandle === edge.targetHandle);
}

function keysAt(table: Map<string, Set<Ends>>, place: string): Set<Ends> {
  let keys = table.get(place);
  if (!keys) {
    keys = new Set();
    table.set(place, keys);
  }
  return keys;
}

function pairOf(edge: Edge): string {
  return `${edge.source}\0${edge.target}`;
}
