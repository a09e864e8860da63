/** Ids for new nodes: short, told from all others of their graph. */

import type { Graph } from "../blueprint/index.js";

/** The id itself where it is free, else the first free one of `a2`, `a3`, ... */
export function freshId(graph: Graph, wanted: string, taken: Iterable<string> = []): string {
  const known = new Set([...graph.nodes.map(({ id }) => id), ...taken]);
  if (!known.has(wanted)) return wanted;
  const stem = wanted.replace(/\d+$/, "") || "n";
  for (let number = 2; ; number++) if (!known.has(`${stem}${number}`)) return `${stem}${number}`;
}
