/** Keys of a document that mean nothing: kept where they are, and reported. */

import type { Graph } from "./document.js";
import { error, type Issue } from "./issues.js";
import { HOLDERS } from "./ports.js";
import { quoted } from "./quoting.js";

const MOST = 1000;
const MEND = "remove it, or put it under meta";

type Unknown = [owner: string, path: string | null, key: string, mend: string];

/** An issue for each unknown key of the document, its nodes and its edges; those inside Blocks are told there. */
export function unknownKeys(graph: Graph, prefix = ""): Issue[] {
  const found: Issue[] = [];
  for (const [owner, path, key, mend] of unknown(graph, prefix)) {
    if (found.length === MOST) {
      found.push(error("limit", `more than ${MOST} unknown keys`, "write the document anew"));
      break;
    }
    found.push(error("unknown_field", `${owner} has an unknown key ${quoted(key)}`, mend, path));
  }
  return found;
}

function* unknown(graph: Graph, prefix: string): Generator<Unknown> {
  const block = prefix.slice(0, -1);
  const owner = prefix ? `the graph of ${quoted(block)}` : "the document";
  for (const key of graph.extra.keys()) yield [owner, block || null, key, MEND];
  for (const node of graph.nodes) {
    const path = prefix + node.id;
    for (const key of node.extra.keys()) yield [`node ${quoted(path)}`, path, key, MEND];
    if (node.graph !== null && !HOLDERS.includes(node.type)) {
      yield [`node ${quoted(path)}`, path, "graph", `remove it, or make the node a ${HOLDERS.join(" or ")}`];
    }
  }
  for (const edge of graph.edges) {
    if (edge.extra.size === 0) continue;
    const line = `the edge from ${quoted(prefix + edge.source)} to ${quoted(prefix + edge.target)}`;
    for (const key of edge.extra.keys()) yield [line, null, key, MEND];
  }
}
