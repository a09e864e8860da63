/** Graphs with one thing wrong, written shortly. */

import { parse } from "../blueprint/index.js";

/** A node by its id, its type, its settings, and whatever else. */
export type Row = [id: string, type: string, config?: object, rest?: object];

/** A graph of nodes and of edges written "a > b", "a:out.1 > b:in.0". */
export function drawn(nodes: readonly Row[], edges: string, rest: object = {}) {
  return parse({ schema: "neuralforge.blueprint/1", name: "broken", ...inner(nodes, edges), ...rest });
}

export function inner(nodes: readonly Row[], edges: string): { nodes: object[]; edges: object[] } {
  const ends = edges.split(/\s*,\s*/).filter(Boolean);
  return {
    nodes: nodes.map(([id, type, config = {}, more = {}]) => ({ id, type, config, ...more })),
    edges: ends.map((written) => {
      const [from = "", to = ""] = written.split(/\s*>\s*/);
      const [source, out] = from.split(":");
      const [target, into] = to.split(":");
      return { source, target, ...(out && { source_handle: out }), ...(into && { target_handle: into }) };
    }),
  };
}

export const image: Row = ["in", "Input", { shape: ["B", 3, 8, 8] }];
export const vector: Row = ["in", "Input", { shape: ["B", 30] }];
export const tokens: Row = ["in", "Input", { shape: ["B", 16, 30] }];
export const out: Row = ["out", "Output"];
export const chain = (...nodes: Row[]) =>
  drawn(
    nodes,
    nodes
      .slice(1)
      .map(([id], at) => `${nodes[at]?.[0]} > ${id}`)
      .join(","),
  );
export const conv = (more: object): Row => ["c", "Conv2d", { out_channels: 8, kernel_size: 3, ...more }];

/** What is wrong, the graph, the code of the issue, and the fix that comes first. */
export type Case = readonly [name: string, graph: ReturnType<typeof parse>, code: string, first: string];
