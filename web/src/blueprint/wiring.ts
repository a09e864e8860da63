/** How nodes hang together: who feeds whom, in which order, and where the lines are wrong. */

import type { Edge, Graph, Node } from "./document.js";
import { error, type Issue } from "./issues.js";
import { order } from "./ordering.js";
import { quoted } from "./quoting.js";

const MAX_PATH = 12;

/**
 * Nodes by id (the first of equals), the edges into and out of each, and an order that feeds each before it runs.
 *
 * `cyclic` nodes stand on a cycle; `cut` nodes lost an edge that hangs on nothing.
 */
export interface Wiring {
  readonly nodes: Map<string, Node>;
  readonly incoming: Map<string, Edge[]>;
  readonly outgoing: Map<string, Edge[]>;
  order: string[];
  cyclic: ReadonlySet<string>;
  readonly cut: Set<string>;
  readonly issues: Issue[];
}

/** The wiring of a graph whose handles are written; `prefix` leads to it through the Blocks that hold it. */
export function wire(graph: Graph, prefix = ""): Wiring {
  const wiring = unconnected(graph);
  const { nodes, incoming, outgoing, issues } = wiring;
  if (nodes.size < graph.nodes.length) for (const issue of duplicates(graph, prefix)) issues.push(issue);
  for (const edge of graph.edges) {
    const [into, from] = [incoming.get(edge.target), outgoing.get(edge.source)];
    if (into && from) {
      into.push(edge);
      from.push(edge);
    } else {
      issues.push(dangling(edge, nodes, prefix));
      wiring.cut.add(edge.target);
    }
  }
  for (const cycle of putInOrder(wiring)) issues.push(circle(cycle, prefix));
  return wiring;
}

/** Find the order anew; gives the cycles. */
export function putInOrder(wiring: Wiring): string[][] {
  const predecessors = new Map<string, readonly string[]>();
  for (const [id, edges] of wiring.incoming) predecessors.set(id, sources(edges));
  const [sorted, cycles] = order(predecessors);
  wiring.order = sorted;
  wiring.cyclic = new Set(cycles.flat());
  return cycles;
}

/** Where edges come from, each node once. */
function sources(edges: readonly Edge[]): readonly string[] {
  const ids = edges.map((edge) => edge.source);
  return ids.length > 1 ? [...new Set(ids)] : ids;
}

/** All nodes from which some target can be reached, targets included. */
export function leadingTo(targets: Iterable<string>, wiring: Wiring): Set<string> {
  const found = new Set(targets);
  for (const id of found) for (const edge of wiring.incoming.get(id) ?? []) found.add(edge.source);
  return found;
}

function unconnected(graph: Graph): Wiring {
  const nodes = new Map<string, Node>();
  const incoming = new Map<string, Edge[]>();
  const outgoing = new Map<string, Edge[]>();
  for (const node of graph.nodes) {
    if (nodes.has(node.id)) continue;
    nodes.set(node.id, node);
    incoming.set(node.id, []);
    outgoing.set(node.id, []);
  }
  return { nodes, incoming, outgoing, order: [], cyclic: new Set(), cut: new Set(), issues: [] };
}

function duplicates(graph: Graph, prefix: string): Issue[] {
  const counts = new Map<string, number>();
  for (const { id } of graph.nodes) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > 1)
    .map(([id, count]) => {
      const what = `${count} nodes share the id ${quoted(prefix + id)}`;
      return error("duplicate_id", what, "give each an id of its own", prefix + id);
    });
}

function dangling(edge: Edge, nodes: ReadonlyMap<string, Node>, prefix: string): Issue {
  const ends = [edge.target, edge.source];
  const missing = ends.find((id) => !nodes.has(id)) as string;
  const present = ends.find((id) => nodes.has(id));
  const line = `the edge from ${quoted(prefix + edge.source)} to ${quoted(prefix + edge.target)}`;
  const what = `there is no node ${quoted(prefix + missing)} for ${line}`;
  return error(
    "dangling_edge",
    what,
    "remove the edge or add the node",
    present === undefined ? null : prefix + present,
  );
}

function circle(cycle: readonly string[], prefix: string): Issue {
  const shown = cycle.slice(0, MAX_PATH).map((id) => quoted(prefix + id));
  if (cycle.length > MAX_PATH) shown.push(`(${cycle.length - MAX_PATH} more)`);
  const path = [...shown, quoted(prefix + cycle[0])].join(" -> ");
  return error("cycle", `the network runs in a circle: ${path}`, "remove one of these edges", prefix + cycle[0]);
}
